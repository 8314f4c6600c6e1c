"""Products: what a feed says of one product in all its rows, folded into one item."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.catalogue.found import BETWEEN, FRACTIONS, SIGNS, without_thousands
from pipeline.catalogue.reading.tables import plain_name

BEST_FIRST = ("instock", "limitedavailability", "backorder", "preorder", "outofstock")
"""What feeds call availability, as `plain_name` writes it (schema.org, *ItemAvailability*)."""
PRICES = {"price": "highest_price", "sale_price": "highest_sale_price"}
"""Prices of which the lowest is the product's, and what the highest is called."""
KNOWN = {
    "title": ("title", "name", "producttitle", "productname", "productdisplayname"),
    "price": ("price", "variantprice", "regularprice", "productprice"),
    "currency": ("currency", "currencycode", "pricecurrency"),
    "url": ("url", "link", "producturl", "productlink", "permalink", "pageurl"),
    "brand": ("brand", "brands", "vendor", "manufacturer", "brandname"),
    "availability": ("availability", "instock", "stockstatus", "availabilitystatus"),
}
"""The attributes that every feed has under another name, and those names, best first."""
_BLANKS = re.compile(r"(\s)\s+")
_AMOUNT = r"-?\d[\d.,' \u00a0\u202f]*"
_PRICE = re.compile(
    rf"(?P<before>[A-Za-z]{{3}}|[^\w\s.,'-]{{1,3}}|[A-Z]{{1,2}}\$)?\s*(?P<amount>{_AMOUNT}?)\s*"
    r"(?P<after>[A-Za-z]{3}|[^\w\s.,'-]{1,3})?"
)

IN_STOCK, OUT_OF_STOCK = "in_stock", "out_of_stock"
"""Availability as Google's specification writes it, where a shop's export has only numbers."""
Row = Mapping[str, str]
"""What one row of a feed says, by column; without empty cells."""
Columns = Mapping[str, Sequence[str | None]]
"""The cells of each column of a feed."""


@dataclass(frozen=True)
class FeedLine:
    """A row of a feed, with its line in the file."""

    number: int
    row: Row


@dataclass
class Product:
    """One product of a feed.

    Attributes:
        id: Its id.
        line: Its first line.
        pictures: The addresses of its pictures, the main one first.
        attributes: What is said of it.
    """

    id: str
    line: int
    pictures: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One kind of feed.

    Attributes:
        name: What to call it, with its article.
    """

    name: str

    @property
    def names(self) -> Mapping[str, str]:
        """What its columns are called here that are known by another name."""

    @property
    def has_pictures(self) -> bool:
        """Whether it has a column of addresses of pictures."""

    def key(self, row: Row) -> str | None:
        """Which product a row is of; None where it does not say."""

    def is_variant(self, row: Row) -> bool:
        """Whether a row names the product that it is a variant of."""

    def hidden(self, lines: Sequence[FeedLine]) -> Mapping[int, str]:
        """Those of a product's rows that its shop does not show: their lines, and why."""

    def product(self, key: str, lines: Sequence[FeedLine]) -> Product:
        """A product from all its rows."""


def not_shown(column: str, cell: str) -> str:
    """Why a shop does not show a product or a variant of one."""
    return f"The shop does not show it, since its {column} is {cell}. Publish it there first"


def renamed(columns: Iterable[str]) -> dict[str, str]:
    """What columns are called here that are known by another name.

    Args:
        columns: Those that are no pictures and no id.
    """
    taken = list(columns)
    by_plain: dict[str, str] = {}
    for column in taken:
        by_plain.setdefault(plain_name(column), column)
    names = {}
    for name, others in KNOWN.items():
        found = next((by_plain[other] for other in others if other in by_plain), None)
        if found is not None and (found == name or name not in taken):
            names[found] = name
    return names


def fold(rows: Sequence[Row], own: Collection[str]) -> dict[str, str]:
    """What several rows say of one product: each value once, those of variants side by side.

    Of prices the lowest is the product's, and the highest stands beside it; it is available where
    a variant is.

    Args:
        rows: The rows, by the names of attributes.
        own: What the product has one of: that of the first row which says it.
    """
    folded: dict[str, str] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = list(dict.fromkeys(row[name] for row in rows if row.get(name)))
        if len(values) < 2 or name in own:
            folded |= dict.fromkeys([name], values[0]) if values else {}
        elif name in PRICES:
            has_fractions = {row.get("currency", "") for row in rows} <= FRACTIONS
            numbers = {value: _number(value, has_fractions) for value in values}
            # A sale price of 0 says that there is no sale.
            paid = [value for value in values if numbers[value] or name == "price"] or values
            ordered = sorted(paid, key=numbers.__getitem__)
            folded |= {name: ordered[0], PRICES[name]: ordered[-1]}
        elif name == "availability":
            folded[name] = min(values, key=_nearness)
        else:
            folded[name] = BETWEEN.join(values)
    return folded


def with_currency(row: dict[str, str]) -> dict[str, str]:
    """A row whose price is a number alone and its currency beside it, as in ``10.00 USD``."""
    found = _PRICE.fullmatch(_BLANKS.sub(r"\1", row.get("price", "").strip()))
    if found is None or not (found["before"] or found["after"]):
        return row
    sign = (found["before"] or found["after"]).strip()
    code = SIGNS.get(sign, sign.upper())
    # `1.299 €` stays a thousand and more when its sign is taken off.
    amount = without_thousands(found["amount"].strip(), code)
    return row | {"price": amount, "currency": row.get("currency", code)}


def _number(price: str, has_fractions: bool) -> float:
    """A price as a number, to tell the lowest; whichever mark comes last divides the fraction.

    Args:
        price: As it is written.
        has_fractions: Whether a dot before three digits is a mark of decimals, not of thousands.
    """
    digits = re.sub(r"[^\d.,-]", "", price)
    last = max(digits.rfind("."), digits.rfind(","))
    is_thousands = len(digits) - last - 1 == 3 and not (has_fractions and digits[last] == ".")
    is_fraction = last >= 0 and not is_thousands
    whole, part = (digits[:last], digits[last + 1 :]) if is_fraction else (digits, "")
    try:
        return float(re.sub(r"[.,]", "", whole) + "." + part)
    except ValueError:
        return float("inf")


def _nearness(availability: str) -> int:
    plain = plain_name(availability.rpartition("/")[2])  # https://schema.org/InStock
    return BEST_FIRST.index(plain) if plain in BEST_FIRST else len(BEST_FIRST)
