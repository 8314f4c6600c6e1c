"""Listed: Google Merchant feeds, and any table that names pictures by their addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.catalogue.columns import (
    GROUPS,
    Hidden,
    first_called,
    renamed,
    with_currency,
)
from pipeline.catalogue.feeds.addresses import address_columns, split_addresses
from pipeline.catalogue.feeds.availability import availability_of
from pipeline.catalogue.feeds.products import (
    Columns,
    FeedLine,
    Product,
    Row,
    listed_variants,
    product_of,
)
from pipeline.catalogue.feeds.shops import item_columns, rules_left
from pipeline.catalogue.found import BETWEEN, NO_PRODUCT
from pipeline.catalogue.reading.tables import OF_VARIANTS, id_column
from pipeline.letters import plain_name

OWN = ("title", "url", "description")
"""What a product has one of, whatever its variants are called."""
SQUARESPACE = "productid[noneditable]"
NUMBERS = ("customlabel", "itemsku")
"""What eBay and Amazon call the number that a shop gives to a product."""
WIX = ("handleid", "handle")
"""What shops call a product in whose export its variants stand below it, without a picture."""
ROW_OF_WIX = "fieldtype"
"""What says there what a row is: a product, a variant or a picture."""
SKUS = ("sku", "productcode/sku", "variantid[noneditable]")
"""What they call its variants, by which their orders name these."""
_OPTION = re.compile(r"(?:product)?option(name|value|description|type)(\d)")
_AS_IDS = (
    *("id", ".*sku", ".*handle", ".*code", "articles?|artikel", "gtin|ean|upc"),
    ".*(number|nummer|nr)|no",
)
"""The last word in the names of columns that tell items apart if their cells do, best first."""
_ROW_NUMBERS = (["no"], ["nr"])
"""The words in the names of columns that number the rows."""
_NEARLY = 0.9
"""Of the rows, at least, that a column tells apart: a cell that somebody forgot, or wrote twice,
does not change the ids of all the others."""
_OF_OTHERS = re.compile(r"categor|brand|vendor|image|picture|photo|colou?r|size|phone|zip|post")
"""In the names of columns whose codes and numbers are of something else."""


def rows_of(columns: Columns) -> Iterator[dict[str, str]]:
    """What each row of a feed says, by column; without empty cells."""
    for cells in zip(*columns.values(), strict=True):
        yield {name: cell for name, cell in zip(columns, cells, strict=True) if cell}


def with_products(columns: Columns) -> Columns:
    """A feed each of whose rows names its product.

    Squarespace names one in its first row alone: in those of further variants, below, it is blank.
    """
    product = first_called(columns, [SQUARESPACE])
    if product is None:
        return columns
    named: list[str | None] = []
    for cell in columns[product]:
        named.append(cell or (named[-1] if named else None))
    return {name: named if name == product else cells for name, cells in columns.items()}


class Listed:
    """See `Kind`. A row a product or a variant of one.

    The columns of feeds for Google Merchant Center are those of its help, *Product data
    specification*; any other table is read by what its columns are called and hold.

    Attributes:
        notes: What was decided on ids, as those of `Table`.
    """

    def __init__(self, columns: Columns) -> None:
        self._pictures = address_columns(columns)
        is_google = first_called(columns, ["imagelink"]) is not None
        self.name = "a Google Merchant feed" if is_google else "a table of addresses"
        self._type = first_called(columns, [ROW_OF_WIX])
        product = first_called(columns, (SQUARESPACE, *(WIX if self._type else ())))
        if (of_bigcommerce := item_columns(columns)) is not None:
            self.name = "a BigCommerce export"
            self._type, product = of_bigcommerce
        skus = [first_called(columns, [one]) for one in SKUS] if product else []
        self._listed = [name for name in OF_VARIANTS if name in columns]
        self._skus = [*(name for name in skus if name is not None), *self._listed]
        naming = [name for name, cells in columns.items() if any(map(_is_named, cells))]
        self._group = None if product else first_called(naming, GROUPS)
        rest = [name for name in columns if name not in self._pictures]
        self._id = product or id_column(rest) or first_called(columns, NUMBERS)
        self._shared: set[str] = set()
        self.notes = rules_left(columns)
        if self._id is None and not all(map(self.is_variant, rows_of(columns))):
            rows = [row for row in rows_of(columns) if self._address(row)]
            count = sum(1 for _ in rows_of(columns))
            others = [name for name in rest if name != self._group]
            self._id, self._shared = _telling_apart(rows, others, count)
            if self._id is not None:
                self.notes.append(
                    f"has no column 'id': '{self._id}', which tells the rows apart, is the id"
                )
        self._hidden = Hidden(columns)
        self._options = {
            name: (found[1], found[2])
            for name in rest
            if product and (found := _OPTION.fullmatch(plain_name(name)))
        }
        left = (self._id, self._group, self._type, *self._options)
        self.names = renamed(name for name in rest if name not in left)
        self._keys = self._keys_of(rows_of(columns))

    @property
    def has_pictures(self) -> bool:
        """See `Kind`."""
        return bool(self._pictures)

    def key(self, row: Row) -> str | None:
        """See `Kind`."""
        return self._named(row) or self._keys.get(tuple(row.items()))

    def is_variant(self, row: Row) -> bool:
        """See `Kind`."""
        if self._type is not None:
            return (self._own(row, self._type) or "product").casefold() != "product"
        return _is_named(self._own(row, self._group))

    def hidden(self, lines: Sequence[FeedLine]) -> Mapping[int, str]:
        """See `Kind`. A variant says it of itself alone, the product's own row of all."""
        hidden: dict[int, str] = {}
        own: list[int] = []
        for line in lines:
            if reason := self._hidden.reason(line.row):
                hidden[line.number] = reason
            if self._hidden.says(line.row) and not self.is_variant(line.row):
                own.append(line.number)
        # Variants without a column that says so are rows of one id: each is the product's own then.
        if own and hidden.keys() >= set(own):
            return dict.fromkeys((line.number for line in lines), hidden[own[0]])
        return hidden

    def product(self, key: str, lines: Sequence[FeedLine]) -> Product:
        """See `Kind`. A variant alone has its own id."""
        pictures = [
            address
            for line in lines
            for column in self._pictures
            for address in split_addresses(line.row.get(column))
        ]
        options = self._options_of([line.row for line in lines])
        said = [self._said(line.row) | own for line, own in zip(lines, options, strict=True)]
        folded = product_of(key, lines[0].number, pictures, said, OWN)
        called = [self._own(line.row, one) for one in self._skus for line in lines]
        own = [one for line in lines if (one := self._id_of(line.row))]
        folded.attributes |= listed_variants([*called, *(own if len(lines) > 1 else ())], key)
        folded.id = own[0] if len(lines) == 1 and own else key
        return folded

    def _named(self, row: Row) -> str | None:
        """What a row calls its product, or itself; None where it names neither."""
        group = self._own(row, self._group) if self.is_variant(row) else None
        return group or self._id_of(row)

    def _id_of(self, row: Row) -> str | None:
        """What a row calls itself; None where that is nothing, or what others are called too."""
        cell = self._own(row, self._id)
        return None if cell in self._shared else cell

    def _address(self, row: Row) -> str | None:
        return next((row[name] for name in self._pictures if name in row), None)

    def _keys_of(self, rows: Iterable[Row]) -> dict[tuple[tuple[str, str], ...], str]:
        """What rows are called that name no product: by the address of their picture.

        Rows of one picture are of one product only where they say the same: a shop has one picture
        for all products of which it has none.
        """
        keys: dict[tuple[tuple[str, str], ...], str] = {}
        times: Counter[str] = Counter()
        for row in rows:
            said, address = tuple(row.items()), self._address(row)
            if address and not self._named(row) and said not in keys:
                times[address] += 1
                keys[said] = f"{address}#{times[address]}" if times[address] > 1 else address
        if keys:
            rows_are = "1 row" if len(keys) == 1 else f"{len(keys):,} rows"
            self.notes.append(
                f"has {rows_are} without an id, so the address of the picture is the id: where it "
                "changes, as by a '?v=2', the item is another. Add a column 'id'"
            )
        if apart := [key for key in keys.values() if key not in times]:
            self.notes.append(
                f"names one picture in rows that say different things: each is an item of its own, "
                f"as '{apart[0]}'"
            )
        return keys

    def _own(self, row: Row, column: str | None) -> str | None:
        return row.get(column) if column is not None else None

    def _said(self, row: Row) -> dict[str, str]:
        left = {*self._pictures, *self._options, *self._listed, self._type}
        if self._id is not None and self._id_of(row):
            left.add(self._id)
        said = {self.names.get(name, name): cell for name, cell in row.items() if name not in left}
        if "availability" in said:
            said["availability"] = availability_of(said["availability"])
        return with_currency(said)

    def _options_of(self, rows: Sequence[Row]) -> list[dict[str, str]]:
        """What each row says of its product's options, whose names may stand in one row alone."""
        cells = [
            [(*self._options[name], cell) for name, cell in row.items() if name in self._options]
            for row in rows
        ]
        names = {
            number: cell for own in reversed(cells) for part, number, cell in own if part == "name"
        }
        options = [
            {
                names[number]: BETWEEN.join(cell.split(";"))
                for part, number, cell in own
                if part in ("value", "description") and number in names
            }
            for own in cells
        ]
        if self._type is not None:
            # The product itself lists there what its variants have.
            of_variants = {name for further in options[1:] for name in further}
            options[0] = {n: v for n, v in options[0].items() if n not in of_variants}
        return options


def _is_named(cell: str | None) -> bool:
    """Whether a cell names a product that its row is of."""
    return (cell or "") not in NO_PRODUCT


def _telling_apart(
    rows: Sequence[Row], names: Sequence[str], count: int
) -> tuple[str | None, set[str]]:
    """The column called as ids that tells nearly all rows apart; None if there is none.

    Args:
        rows: Those with a picture. Rows that say the very same are one.
        names: The columns.
        count: The rows of the whole feed.

    Returns:
        The column, and those of its cells that are of several rows.
    """
    different = {tuple(row.items()): row for row in rows}.values()
    for name in sorted((name for name in names if _rank(name) < len(_AS_IDS)), key=_rank):
        times = Counter(row[name] for row in different if name in row)
        shared = {cell for cell, number in times.items() if number > 1}
        is_id = len(times) - len(shared) >= _NEARLY * len(different)
        if times and is_id and not _numbers_rows(times, count):
            return name, shared
    return None, set()


def _numbers_rows(cells: Iterable[str], count: int) -> bool:
    """Whether cells count rows, from 0 or 1: a new row would give each that follows another's."""
    numbers = [int(cell) if re.fullmatch(r"[0-9]{1,9}", cell) else -1 for cell in cells]
    first = min(numbers)
    return first in (0, 1) and max(numbers) - first < count


def _rank(name: str) -> int:
    """How near the name of a column is to one of ids: the place among `_AS_IDS`, or behind them."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    if not words or words in _ROW_NUMBERS or _OF_OTHERS.search(name.casefold()):
        return len(_AS_IDS)
    matches = (place for place, one in enumerate(_AS_IDS) if re.fullmatch(one, words[-1]))
    return next(matches, len(_AS_IDS))
