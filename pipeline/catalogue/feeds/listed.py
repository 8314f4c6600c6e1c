"""Listed: Google Merchant feeds, and any table that names pictures by their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.catalogue.feeds.addresses import address_columns, split_addresses
from pipeline.catalogue.feeds.products import (
    Columns,
    FeedLine,
    Product,
    Row,
    fold,
    renamed,
    with_currency,
)
from pipeline.catalogue.found import BETWEEN, NO_PRODUCT
from pipeline.catalogue.reading.tables import id_column, plain_name

GROUPS = ("itemgroupid", "productid", "parentid", "styleid")
"""What feeds call the product that rows are variants of."""
OWN = ("title", "url", "description")
"""What a product has one of, whatever its variants are called."""


class Listed:
    """See `Kind`. A row a product or a variant of one.

    The columns of feeds for Google Merchant Center are those of its help, *Product data
    specification*; any other table is read by what its columns are called and hold.
    """

    def __init__(self, columns: Columns) -> None:
        self._pictures = address_columns(columns)
        plain = {plain_name(name): name for name in reversed(list(columns))}
        is_google = "imagelink" in plain
        self.name = "a Google Merchant feed" if is_google else "a table of addresses"
        self._group = next((plain[group] for group in GROUPS if group in plain), None)
        rest = [name for name in columns if name not in self._pictures]
        self._id = id_column(rest)
        self.names = renamed(name for name in rest if name not in (self._id, self._group))

    @property
    def has_pictures(self) -> bool:
        """See `Kind`."""
        return bool(self._pictures)

    def key(self, row: Row) -> str | None:
        """See `Kind`."""
        address = next((row[name] for name in self._pictures if name in row), None)
        group = self._own(row, self._group) if self.is_variant(row) else None
        return group or self._own(row, self._id) or address

    def is_variant(self, row: Row) -> bool:
        """See `Kind`."""
        return (self._own(row, self._group) or "") not in NO_PRODUCT

    def hidden(self, lines: Sequence[FeedLine]) -> Mapping[int, str]:
        """See `Kind`. Such feeds list what is shown."""
        return {}

    def product(self, key: str, lines: Sequence[FeedLine]) -> Product:
        """See `Kind`. A variant alone has its own id."""
        pictures = [
            address
            for line in lines
            for column in self._pictures
            for address in split_addresses(line.row.get(column))
        ]
        attributes = fold([self._said(line.row) for line in lines], OWN)
        own = [one for line in lines if (one := self._own(line.row, self._id))]
        if len(lines) > 1 and set(own) != {key}:
            attributes["variants"] = BETWEEN.join(dict.fromkeys(own))
        called = own[0] if len(lines) == 1 and own else key
        return Product(called, lines[0].number, list(dict.fromkeys(pictures)), attributes)

    def _own(self, row: Row, column: str | None) -> str | None:
        return row.get(column) if column is not None else None

    def _said(self, row: Row) -> dict[str, str]:
        left = (*self._pictures, self._id)
        said = {self.names.get(name, name): cell for name, cell in row.items() if name not in left}
        return with_currency(said)
