"""Shopify: its product CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.catalogue.columns import (
    HANDLES,
    HANDLES_PICTURES,
    OF_PRODUCT,
    is_no,
    is_yes,
    not_shown,
    renamed,
    with_currency,
)
from pipeline.catalogue.feeds.addresses import split_addresses
from pipeline.catalogue.feeds.availability import IN_STOCK, OUT_OF_STOCK, availability_of
from pipeline.catalogue.feeds.products import (
    Columns,
    FeedLine,
    Product,
    Row,
    listed_variants,
    product_of,
)
from pipeline.letters import plain_name


class Shopify:
    """See `Kind`. A row a variant or a further picture; one of a product says most.

    The columns are those of its help, *Using CSV files to import and export products*, in the form
    until 2024 and in the one since.
    """

    name = "a Shopify product CSV"
    _OF_PICTURES = ("imageposition", "imagealttext", "imageheight", "imagewidth")
    _STOCK = ("variantinventoryqty", "inventoryquantity")
    _POLICY = ("variantinventorypolicy", "continuesellingwhenoutofstock")
    _TRACKER = ("variantinventorytracker", "inventorytracker")
    _SKU, _ID = ("variantsku", "sku"), ("variantid",)
    _HIDDEN = ("draft", "archived", "unlisted")
    _OPTION = re.compile(r"option(\d)(name|value|linkedto)")

    def __init__(self, columns: Columns) -> None:
        self._plain = {name: plain_name(name) for name in columns}
        self.names = renamed(name for name in columns if self._is_said(self._plain[name]))

    @classmethod
    def wrote(cls, columns: Iterable[str]) -> bool:
        """Whether these are the columns of its export."""
        plain = set(map(plain_name, columns))
        return not plain.isdisjoint(HANDLES) and not plain.isdisjoint(HANDLES_PICTURES)

    @property
    def has_pictures(self) -> bool:
        """See `Kind`."""
        return bool(set(self._plain.values()) & set(HANDLES_PICTURES))

    def key(self, row: Row) -> str | None:
        """See `Kind`."""
        return self._cell(row, HANDLES)

    def is_variant(self, row: Row) -> bool:
        """See `Kind`. All rows of a handle are of one product, which the first names."""
        return False

    def hidden(self, lines: Sequence[FeedLine]) -> Mapping[int, str]:
        """See `Kind`. One row of a product says it for all."""
        column = "Status" if "status" in self._plain.values() else "Published"
        cells = (self._cell(line.row, (column.lower(),)) for line in lines)
        said = next(filter(None, cells), "")
        if not (said.lower() in self._HIDDEN if column == "Status" else is_no(said)):
            return {}
        return dict.fromkeys((line.number for line in lines), not_shown(column, said))

    def product(self, key: str, lines: Sequence[FeedLine]) -> Product:
        """See `Kind`."""
        rows = [line.row for line in lines]
        placed = sorted(rows, key=self._position)
        pictures = [
            address
            for column in HANDLES_PICTURES
            for row in placed
            for address in split_addresses(self._cell(row, (column,)))
        ]
        # Named in the product's first row, which need not be the first when a table was sorted.
        options = {
            number: name
            for number in "123"
            for row in reversed(rows)
            if (name := self._cell(row, (f"option{number}name",))) not in (None, "Title")
        }
        said = [self._said(row, options) for row in rows]
        product = product_of(key, lines[0].number, pictures, said, OF_PRODUCT)
        called = [self._cell(row, one) for one in (self._SKU, self._ID) for row in rows]
        product.attributes |= listed_variants(called, key)
        return product

    def _said(self, row: Row, options: Mapping[str, str]) -> dict[str, str]:
        said = {
            self.names.get(name, name): cell
            for name, cell in row.items()
            if self._is_said(self._plain[name])
        }
        for number, option in options.items():
            if value := self._cell(row, (f"option{number}value",)):
                said[option] = value
        if available := availability_of(said.get("availability", "")) or self._availability(row):
            said["availability"] = available
        return with_currency(said)

    def _availability(self, row: Row) -> str:
        """Whether a variant can be bought; empty for a row that is none, or does not say it."""
        stock, policy = self._cell(row, self._STOCK), self._cell(row, self._POLICY)
        has_tracker = not set(self._TRACKER).isdisjoint(self._plain.values())
        is_tracked = not has_tracker or self._cell(row, self._TRACKER) is not None
        if stock is None and (is_tracked or policy is None):
            return ""
        sells_on = not is_tracked or (policy or "").lower() == "continue" or is_yes(policy or "")
        return IN_STOCK if sells_on or _whole(stock, 0) > 0 else OUT_OF_STOCK

    def _is_said(self, plain: str) -> bool:
        is_picture = plain in HANDLES_PICTURES or plain in self._OF_PICTURES
        return not (is_picture or plain in HANDLES or self._OPTION.fullmatch(plain))

    def _position(self, row: Row) -> int:
        return _whole(self._cell(row, ("imageposition",)), 10_000)

    def _cell(self, row: Row, plains: Sequence[str]) -> str | None:
        for name, cell in row.items():
            if self._plain[name] in plains:
                return cell
        return None


def _whole(cell: str | None, otherwise: int) -> int:
    return int(cell) if cell is not None and re.fullmatch(r"-?[0-9]{1,9}", cell) else otherwise
