"""Products: what a feed says of one product in all its rows, folded into one item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.catalogue.columns import (
    SALE_DATES,
    fold_prices,
    fold_sales,
    in_one_currency,
)
from pipeline.catalogue.feeds.availability import best_availability
from pipeline.catalogue.found import BETWEEN

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
        currencies: Those of prices that are left out, since its first is in another.
    """

    id: str
    line: int
    pictures: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    currencies: list[str] = field(default_factory=list)


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


def product_of(
    key: str,
    line: int,
    pictures: Iterable[str],
    rows: Sequence[dict[str, str]],
    own: Collection[str],
) -> Product:
    """A product from what its rows say.

    Args:
        key: Its id.
        line: Its first line.
        pictures: The addresses of its pictures; the same one counts once.
        rows: The rows, by the names of attributes.
        own: What the product has one of: that of the first row which says it.
    """
    priced, currencies = in_one_currency(rows)
    return Product(key, line, list(dict.fromkeys(pictures)), fold(priced, own), currencies)


def currencies_left(products: Iterable[Product]) -> list[str]:
    """What is noted of products with prices in several currencies, of which one is kept."""
    several = [product for product in products if product.currencies]
    if not several:
        return []
    first = several[0]
    what = "1 product has" if len(several) == 1 else f"{len(several):,} products have"
    return [
        f"names several currencies for what is one product: {what} such prices, as '{first.id}', "
        f"whose prices in {first.attributes.get('currency')} are kept, and those in "
        f"{', '.join(first.currencies)} are not"
    ]


def listed_variants(names: Iterable[str | None], key: str) -> dict[str, str]:
    """The attribute of what the variants of a product are called, by which logs know it too.

    Args:
        names: What they are called; None for nothing. A name that would be two is left out.
        key: What the product itself is called.
    """
    named = dict.fromkeys(name for name in names if name and name != key and BETWEEN not in name)
    return {"variants": BETWEEN.join(named)} if named else {}


def fold(rows: Sequence[Row], own: Collection[str]) -> dict[str, str]:
    """What several rows say of one product: each value once, those of variants side by side.

    Of prices the lowest is the product's, and the highest stands beside it; sales that are on at
    different times stand side by side. It is available where a variant is.

    Args:
        rows: The rows, by the names of attributes.
        own: What the product has one of: that of the first row which says it.
    """
    folded: dict[str, str] = {}
    sales = fold_sales(rows)
    for name in dict.fromkeys(name for row in rows for name in row):
        values = list(dict.fromkeys(row[name] for row in rows if row.get(name)))
        if sales and name in ("sale_price", *SALE_DATES):
            folded |= sales if name == "sale_price" else {}
        elif len(values) < 2 or name in own:
            folded |= dict.fromkeys([name], values[0]) if values else {}
        elif name in ("price", "sale_price"):
            folded |= fold_prices(name, values)
        elif name == "availability":
            folded[name] = best_availability(values)
        else:
            folded[name] = BETWEEN.join(values)
    return folded
