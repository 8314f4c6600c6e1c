"""Products: what a feed says of one product in all its rows, folded into one item."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from pipeline.amounts import read_amount, split_currency
from pipeline.catalogue.found import BETWEEN
from pipeline.catalogue.reading.tables import plain_name

BEST_FIRST = ("instock", "limitedavailability", "backorder", "preorder", "outofstock")
"""What feeds call availability, as `plain_name` writes it (schema.org, *ItemAvailability*)."""
PRICES = {"price": "highest_price", "sale_price": "highest_sale_price"}
"""Prices of which the lowest is the product's, and what the highest is called."""
KNOWN = {
    "title": ("title", "name", "producttitle", "productname", "productdisplayname"),
    "price": (
        *("price", "variantprice", "regularprice", "normalprice", "productprice", "retailprice"),
        *("preis", "regulärerpreis", "normalpreis", "verkaufspreis", "prix", "prixnormal"),
        *("prixrégulier", "precio", "precionormal", "prezzo", "prijs", "cena", "preço", "pris"),
    ),
    "sale_price": (
        *("saleprice", "variantsaleprice", "specialprice", "discountprice", "discountedprice"),
        *("angebotspreis", "aktionspreis", "sonderpreis", "prixpromo", "preciorebajado"),
        *("preciooferta", "prezzoscontato", "actieprijs", "cenapromocyjna"),
    ),
    "sale_price_effective_date": ("salepriceeffectivedate",),
    "sale_starts": (
        *("salestarts", "datesalepricestarts", "salepricedatesfrom", "specialpricefrom"),
        *("specialpricefromdate", "specialfromdate"),
    ),
    "sale_ends": (
        *("saleends", "datesalepriceends", "salepricedatesto", "specialpriceto"),
        *("specialpricetodate", "specialtodate"),
    ),
    "currency": ("currency", "currencycode", "pricecurrency"),
    "url": ("url", "link", "producturl", "productlink", "permalink", "pageurl"),
    "brand": ("brand", "brands", "vendor", "manufacturer", "brandname"),
    "availability": ("availability", "instock", "stockstatus", "availabilitystatus"),
}
"""The attributes that every feed has under another name, and those names, best first, as
`plain_name` writes them."""
_PLACES = {
    plain: (name, place) for name, plains in KNOWN.items() for place, plain in enumerate(plains)
}

_DIGITS = re.compile(r"[.,]?\d[\d.,' ]*(?<=\d)")

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


@dataclass(frozen=True)
class KnownColumn:
    """What a column is, by its name.

    Attributes:
        name: The attribute, one of `KNOWN`.
        place: Its place among the names of that, the best first.
        currency: The currency that a price's column names, as ``Price (EUR)`` does; else empty.
    """

    name: str
    place: int
    currency: str = ""


@lru_cache(maxsize=4096)
def known_column(column: str) -> KnownColumn | None:
    """What a column of some name is; None for one that is not known.

    One that names its currency comes after those that name none.
    """
    if (found := _PLACES.get(_plain(column))) is not None:
        return KnownColumn(*found)
    rest, currency = split_currency(column)
    name, place = _PLACES.get(_plain(rest), ("", 0))
    return KnownColumn(name, len(KNOWN[name]) + place, currency) if name in PRICES else None


def known_columns(columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns that are known, by the attribute that they are, the best first."""
    found: dict[str, list[tuple[KnownColumn, str]]] = {}
    for column in columns:
        if (known := known_column(column)) is not None:
            found.setdefault(known.name, []).append((known, column))
    # By the first alone: of two that are as good, the earlier is taken.
    return {
        name: [column for _, column in sorted(found[name], key=lambda pair: pair[0].place)]
        for name in KNOWN
        if name in found
    }


def renamed(columns: Iterable[str]) -> dict[str, str]:
    """What columns are called here that are known by another name.

    One that names its currency is left to `with_currency`, which knows its cells.

    Args:
        columns: Those that are no pictures and no id.
    """
    taken = list(columns)
    names = {}
    for name, (found, *_) in known_columns(taken).items():
        known = known_column(found)
        has_currency = known is not None and known.currency
        if not has_currency and (found == name or name not in taken):
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
            numbers = {value: _number(value) for value in values}
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
    """A row whose price is a number alone and its currency beside it, as in ``10.00 USD``.

    Args:
        row: The row, by the names of attributes; a price whose column names its currency, as
            ``Price (EUR)``, becomes the price.
    """
    row = _priced(row)
    currency = row.get("currency", "")
    for name in PRICES:
        found = read_amount(row.get(name, ""))
        # `1.299` is less than two, and more than a thousand where another column says euros.
        told = None if found is None or found.currency else read_amount(f"{row[name]} {currency}")
        if told is not None:
            row = row | {name: told.written}
        elif found is not None and found.currency and name == "price":
            row = row | {name: found.written, "currency": currency or found.currency}
    return row


def _priced(row: dict[str, str]) -> dict[str, str]:
    """A row whose prices are called so, with the currency that the price's column names."""
    for name in PRICES:
        column = next(iter(known_columns(row).get(name, [])), name)
        known = known_column(column)
        if name in row or known is None or not known.currency:
            continue
        row = {name if other == column else other: cell for other, cell in row.items()}
        amount = read_amount(row[name])
        if "currency" not in row and (amount is None or not amount.currency):
            row["currency"] = known.currency
    return row


def _number(price: str) -> float:
    """A price as a number, or the first in a text such as ``from $30``; infinity for none."""
    found = read_amount(price)
    if found is None and (first := _DIGITS.search(price)):
        found = read_amount(first[0] if first[0][0].isdigit() else f"0{first[0]}")
    return float("inf") if found is None else found.number


def _plain(column: str) -> str:
    return plain_name(unicodedata.normalize("NFC", column))


def _nearness(availability: str) -> int:
    plain = plain_name(availability.rpartition("/")[2])  # https://schema.org/InStock
    return BEST_FIRST.index(plain) if plain in BEST_FIRST else len(BEST_FIRST)
