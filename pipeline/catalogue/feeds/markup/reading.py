"""Reading: feeds in XML, such as RSS and Atom, as the rows of a table; and texts without HTML.

`defusedxml` reads it, which refuses what XML can do to a reader: entities that unfold to gigabytes,
and those that are fetched from elsewhere.
"""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pipeline.catalogue.columns import without_markup
from pipeline.catalogue.feeds.addresses import Place, name_of, repeated
from pipeline.catalogue.feeds.markup.elements import row_of
from pipeline.catalogue.feeds.markup.mending import mended
from pipeline.catalogue.feeds.products import Product
from pipeline.catalogue.found import Record
from pipeline.catalogue.reading.tables import (
    Cell,
    Table,
    column_of,
    free_name,
    names_of,
    no_attributes,
    typed,
)
from pipeline.errors import CatalogueError

ITEMS = ("item", "entry")
"""What RSS 2.0 and Atom (RFC 4287) call one of the things that a feed lists."""
HEAD_BYTES = 1024
SAMPLE = 100_000
"""Elements in which is looked for what a feed lists, where that is neither of `ITEMS`."""
MAX_DEPTH = 100
"""Elements that may be in each other, many more than any shop's are."""
ITEM_DEPTH = 20
"""How deep in others those are looked for that a feed lists: each is compared with all above it."""
_UNREADABLE = (ParseError, ValueError, LookupError)
"""What is raised of XML that is none, or in an encoding that nobody knows."""
_Rows = list[dict[str, str]]
_Opened = Callable[[], IO[bytes]]


class _TooDeepError(Exception):
    """XML whose elements are in each other more than `MAX_DEPTH` deep."""


def is_markup(path: Path) -> bool:
    """Whether a file begins as XML does, in any encoding."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    starts = (b"<?xml", b"<rss", b"<feed", b"<!doctype rss")
    return plain.startswith((*starts, b"<") if path.suffix.lower() == ".xml" else starts)


def read_markup(path: Path) -> Table:
    """Read the items of a feed, one a row.

    An element within one that holds others is a column of its own, ``shipping_price``; several of
    one name are one cell. Where there is no ``<item>`` and no ``<entry>``, the element that repeats
    and names pictures is the item.

    Returns:
        The table; its lines are the numbers of the items. What follows a break is not in it, and
        the break is the one row that is listed.

    Raises:
        CatalogueError: If it is no feed, declares entities, or is nested too deep.
    """
    try:
        opened, rows, error, notes = _read(path)
        if not rows and (item := repeated(_elements(opened))):
            rows, error = _rows(opened, (item,), notes)
            notes.append(f"has no <item> and no <entry>, so that each <{item}> is read as one")
    except DefusedXmlException as refused:
        raise CatalogueError(
            f"The feed '{path}' declares entities, by which a small file can unfold to a vast one. "
            "No feed needs them: export it again without."
        ) from refused
    except _TooDeepError as refused:
        raise CatalogueError(
            f"The feed '{path}' has elements in each other more than {MAX_DEPTH} deep, as no "
            "shop's has: export it again."
        ) from refused
    if not rows:
        raise _no_items(path, opened, error) from error
    bad = [(len(rows) + 1, f"cannot be read, nor what follows it ({error})")] if error else []
    columns: dict[str, list[Cell]] = {
        name: [row.get(name) for row in rows] for name in names_of(path, rows)
    }
    lines = list(range(1, len(rows) + 1))
    return Table(path, columns, lines, bad=bad, notes=list(dict.fromkeys(notes)), unit="item")


def _read(path: Path) -> tuple[_Opened, _Rows, Exception | None, list[str]]:
    """The items of a feed, with its small mistakes mended where it is not well-formed.

    Returns:
        What opens it as it was read, its items, why it breaks off if it does, and what was mended.
    """

    def as_it_is() -> IO[bytes]:
        return path.open("rb")

    notes: list[str] = []
    rows, error = _rows(as_it_is, ITEMS, notes)
    whole, mistakes = mended(path.read_bytes()) if error else (b"", [])
    if not mistakes and isinstance(error, ParseError | None):  # else it is of the encoding
        return as_it_is, rows, error, notes

    def opened() -> IO[bytes]:
        return io.BytesIO(whole)

    return opened, *_rows(opened, ITEMS, mistakes), mistakes


def _rows(
    opened: _Opened, items: Sequence[str], notes: list[str]
) -> tuple[_Rows, Exception | None]:
    """The elements of these names, a row each, and why the file breaks off, if it does.

    Raises:
        DefusedXmlException: If it declares entities.
        _TooDeepError: If it is nested too deep.
    """
    rows: _Rows = []
    try:
        rows.extend(map(row_of, _items(opened, items, notes)))
    except DefusedXmlException:
        raise
    except _UNREADABLE as error:
        return rows, error
    return rows, None


def _items(opened: _Opened, items: Sequence[str], notes: list[str]) -> Iterator[Element]:
    """The elements of these names, each emptied behind its turn, so that memory stays flat.

    One within another is none, as what goes with a product. What follows the root's end is noted:
    a server's own words, mostly, with which nothing of the feed is missing.
    """
    above: list[Element] = []
    within, root = 0, ""
    try:
        with opened() as stream:
            for event, element in iterparse(stream, events=("start", "end")):
                is_item = name_of(element) in items
                within += is_item if event == "start" else -is_item
                if event == "start":
                    root = root or name_of(element)
                    above.append(element)
                    if len(above) > MAX_DEPTH:
                        raise _TooDeepError
                    continue
                above.pop()
                if is_item and not within:
                    yield element
                if is_item and (len(element) or not within):
                    element.clear()  # a mere text of that name is a cell of the item that it is in
                if above and not within:
                    del above[-1][0]  # the first, as all before it are gone
    except ParseError:
        if not root or above or root in items:
            raise
        notes.append(f"is read to the end of <{root}>; what follows is left out")


def _elements(opened: _Opened) -> Iterator[tuple[Place, Element]]:
    """The elements at the beginning of a feed, each with its name behind those that it is in."""
    above: list[str] = []
    with contextlib.suppress(*_UNREADABLE), opened() as stream:
        for event, element in islice(iterparse(stream, events=("start", "end")), 2 * SAMPLE):
            if event == "start":
                above.append(name_of(element))
                continue
            if len(above) <= ITEM_DEPTH:
                yield tuple(above), element
            above.pop()


def _no_items(path: Path, opened: _Opened, error: Exception | None) -> CatalogueError:
    if error is not None:
        return CatalogueError(f"The feed '{path}' is no XML that can be read: {error}.")
    counts = Counter(path[-1] for path, element in _elements(opened) if len(element))
    often = [one for one in counts.most_common(3) if one[1] > 1]
    found = ", ".join(f"<{name}> ({count:,} times)" for name, count in often)
    return CatalogueError(
        f"The feed '{path}' has no <item> and no <entry>, and nothing else in it names pictures; "
        f"what repeats is {found or 'nothing'}. Export it as RSS with an image_link in each item."
    )


def attributes_of(path: Path, products: Sequence[Product], record: Record) -> pa.Table:
    """The attributes of products, one row each, their texts without HTML.

    Args:
        path: Their feed.
        products: The products.
        record: Where is noted what an attribute is called instead.

    Raises:
        CatalogueError: If they have too many names.
    """
    names = names_of(path, [product.attributes for product in products])
    if not names:
        return no_attributes(len(products))
    columns = {}
    for name in names:
        said = (product.attributes.get(name) for product in products)
        cells: list[Cell] = [None if cell is None else without_markup(cell) for cell in said]
        columns[free_name(name, names, record.notes.append)] = column_of(typed(cells))
    return pa.table(columns)
