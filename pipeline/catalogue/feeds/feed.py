"""Feed: a file that names its pictures by address, as items with those pictures fetched."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.catalogue.columns import unknown
from pipeline.catalogue.feeds.addresses import is_elsewhere, is_web
from pipeline.catalogue.feeds.listed import Listed, rows_of, with_products
from pipeline.catalogue.feeds.markup import attributes_of, is_markup, read_markup
from pipeline.catalogue.feeds.products import (
    Columns,
    FeedLine,
    Kind,
    Product,
    currencies_left,
)
from pipeline.catalogue.feeds.shops import (
    Shopify,
    WooCommerce,
    with_whole_addresses,
    with_whole_products,
)
from pipeline.catalogue.fetching import NOBODY_ASKED, Fetched, fetch_pictures
from pipeline.catalogue.found import (
    Found,
    LeftOut,
    PlainPictures,
    Record,
    Why,
    is_rounded,
    not_apart,
)
from pipeline.catalogue.reading.contents import Content, content_of
from pipeline.catalogue.reading.tables import Table, read_table, texts_of
from pipeline.catalogue.reading.tables.dialect import UNCLOSED
from pipeline.catalogue.reading.walking import printable
from pipeline.errors import CatalogueError

log = logging.getLogger(__name__)


class Break(LeftOut):
    """Where a feed ends before its end: how much is missing, nobody can tell."""


@dataclass
class _Noted:
    """What is noted while a feed is read.

    Attributes:
        path: Its file.
        unit: What its rows are counted by: lines, or items where it is XML.
        record: What was noted.
    """

    path: Path
    unit: str
    record: Record = field(default_factory=Record)

    def leave(self, number: int, why: Why, reason: str) -> None:
        """Note a row that is no item, or a picture of one that cannot be had."""
        name = f"{printable(self.path.name)}, {self.unit} {number}"
        self.record.leave(name, why, reason, is_file=False)

    def end(self, number: int) -> None:
        """Note that the last row left is where the feed breaks off, after this one, or after 0."""
        last, called = self.record.left_out[-1], printable(self.path.name)
        self.record.left_out[-1] = Break(last.name, last.why, last.reason, last.is_file)
        self.record.notes.append(
            f"'{called}' breaks off: all that follows {self.unit} {number} is missing. Export it "
            "again."
        )


def read_feed(path: Path, kept: Path, allow_private: bool, asks_web: bool = True) -> Found | None:
    """Read a feed and fetch its pictures.

    Args:
        path: The file.
        kept: The folder where fetched pictures are kept.
        allow_private: Whether pictures may come from this machine and its networks.
        asks_web: Whether any is fetched; if not, those that are kept are taken as they are.

    Returns:
        Its items, their further pictures beside them; None where the file is no feed: where it
        names no addresses, or pictures that lie beside it.

    Raises:
        CatalogueError: If it is a feed without a picture that can be had, or an id comes twice.
    """
    table = _open(path)
    if table is None:
        return None
    columns = with_whole_products(with_whole_addresses(with_products(_texts(table))))
    kind = _kind_of(columns)
    if not kind.has_pictures and is_markup(path):
        raise CatalogueError(
            f"The feed '{path}' names no pictures: each item needs an image_link. Export it again."
        )
    if not kind.has_pictures or not is_elsewhere(path, columns):
        return None
    noted = _Noted(path, table.unit)
    products, folded = _products(noted, table, columns, kind)
    addresses = [address for product in products for address in product.pictures]
    try:
        fetched = fetch_pictures(addresses, kept, allow_private, None if asks_web else NOBODY_ASKED)
    except OSError as error:
        raise CatalogueError(
            f"The pictures of '{path}' cannot be kept in '{kept}' ({error.strerror or error}). "
            "Free some space, or name another folder with --home; the next run goes on from there."
        ) from error
    found = _found(noted, products, fetched, folded)
    log.info("%s: %d items of %d pictures.", path, len(found.ids), len(set(addresses)))
    return found


def _open(path: Path) -> Table | None:
    try:
        if is_markup(path):
            return read_markup(path)
        if content_of(path)[0] is not Content.TABLE:
            return None
    except OSError as error:
        raise CatalogueError(
            f"'{path}' cannot be read ({error.strerror or error}). Check its permissions."
        ) from error
    table = _without_cut(read_table(path))
    if any(is_web(name) for name in table.columns):
        return table.without_header()
    return table


def _texts(table: Table) -> Columns:
    return {name: texts_of(cells, table.is_text) for name, cells in table.columns.items()}


def _kind_of(columns: Columns) -> Kind:
    if Shopify.wrote(columns):
        return Shopify(columns)
    return WooCommerce(columns) if WooCommerce.wrote(columns) else Listed(columns)


def _products(
    noted: _Noted, table: Table, columns: Columns, kind: Kind
) -> tuple[list[Product], int]:
    """The products of a feed, and how many of its rows are folded into an earlier one's."""
    called, notes = printable(noted.path.name), noted.record.notes
    notes += [f"The table '{called}' {note}." for note in table.notes]
    for line, reason in table.bad:
        noted.leave(line, Why.SKIPPED, f"The row {reason}.")
    if _breaks_off(noted.path, table):
        noted.end(table.lines[-1] if len(table) else 0)
    if isinstance(kind, Listed):
        notes += [f"The table '{called}' {note}." for note in kind.notes]
    groups = _groups(noted, table, columns, kind)
    _check_titles(noted, groups, kind)
    rows = sum(map(len, groups.values()))
    notes.append(f"'{called}' is read as {kind.name}: {rows:,} rows of {len(groups):,} products.")
    moved = [f"'{column}' as '{name}'" for column, name in kind.names.items() if column != name]
    if moved:
        notes.append(f"Columns are kept under other names: {', '.join(moved)}.")
    notes += [f"The table '{called}' {note}." for note in unknown(columns, kind.names.values())]
    before = len(noted.record.left_out)
    shown = {key: _shown(noted, key, lines, kind) for key, lines in groups.items()}
    products = [kind.product(key, lines) for key, lines in shown.items() if lines]
    notes += [f"The table '{called}' {note}." for note in currencies_left(products)]
    listed = len(noted.record.left_out) - before
    return products, rows - len(products) - listed


def _breaks_off(path: Path, table: Table) -> bool:
    """Whether a feed ends before its end, as one does whose export or download broke off.

    Its last row then is a bad one that is cut, or of a quotation mark that does not close in any
    further line; XML says so itself.
    """
    last = table.lines[-1] if len(table) else 0
    behind = [reason for number, reason in table.bad if number > last]
    return bool(behind) and (is_markup(path) or table.is_cut or UNCLOSED in behind)


def _without_cut(table: Table) -> Table:
    """A table without its last row where that has all cells, but the last is not closed."""
    last = table.lines[-1] if len(table) else 0
    if not table.is_cut or any(number >= last for number, _ in table.bad):
        return table
    columns = {name: cells[:-1] for name, cells in table.columns.items()}
    bad = [*table.bad, (last, UNCLOSED)]
    return replace(table, columns=columns, lines=table.lines[:-1], bad=bad)


def _groups(noted: _Noted, table: Table, columns: Columns, kind: Kind) -> dict[str, list[FeedLine]]:
    """The rows of each product, by what a feed calls it."""
    groups: dict[str, list[FeedLine]] = {}
    for number, row in zip(table.lines, rows_of(columns), strict=True):
        key = kind.key(row)
        if key is None:
            reason = "The row names no product and no picture."
            noted.leave(number, Why.SKIPPED, reason)
        else:
            groups.setdefault(key, []).append(FeedLine(number, row))
    return groups


def _shown(noted: _Noted, key: str, lines: Sequence[FeedLine], kind: Kind) -> Sequence[FeedLine]:
    """The rows of a product that its shop shows; the others are noted, once where it shows none."""
    hidden = kind.hidden(lines)
    shown = [line for line in lines if line.number not in hidden]
    if not shown:
        noted.leave(lines[0].number, Why.SKIPPED, f"'{key}': {hidden[lines[0].number]}.")
        return []
    for number, reason in hidden.items():
        noted.leave(number, Why.SKIPPED, f"A variant of '{key}': {reason}.")
    return shown


def _check_titles(noted: _Noted, groups: Mapping[str, Sequence[FeedLine]], kind: Kind) -> None:
    """Whether the rows of one id are of one thing, as far as their titles tell.

    Raises:
        CatalogueError: If rows of several have one id since Excel has rounded it.
    """
    column = next((column for column, name in kind.names.items() if name == "title"), "")
    rounded, differing = [], []
    for key, lines in groups.items():
        titles = {line.row.get(column) for line in lines} - {None}
        if len(lines) > 1 and len(titles) != 1 and is_rounded(key):
            rounded.append(key)
        own = {line.row.get(column) for line in lines if not kind.is_variant(line.row)} - {None}
        if len(own) > 1:
            differing.append(key)
    if rounded:
        raise not_apart(str(noted.path), rounded)
    if differing:
        what = "1 id is" if len(differing) == 1 else f"{len(differing):,} ids are"
        noted.record.notes.append(
            f"{what} of rows with different titles, as '{differing[0]}': the rows of an id are one "
            "item, under the title of the first."
        )


def _found(
    noted: _Noted, products: Sequence[Product], fetched: Mapping[str, Fetched], folded: int
) -> Found:
    record, path = noted.record, noted.path
    kept: list[Product] = []
    pictures: list[list[Path]] = []
    stamp = hashlib.sha256(path.read_bytes())
    for product in products:
        own: dict[str, Path] = {}
        for address in product.pictures:
            one = fetched[address]
            if one.path is None:
                reason = f"The picture '{printable(address)}' is not there: {one.reason}"
                noted.leave(product.line, Why.PICTURE, reason)
            else:
                own.setdefault(one.sha256, one.path)
        stamp.update(" ".join([product.id, *own]).encode("utf-8", "surrogateescape") + b"\n")
        if own:
            kept.append(product)
            pictures.append(list(own.values()))
        else:
            why = "None of its pictures can be had" if product.pictures else "It has no picture"
            noted.leave(product.line, Why.SKIPPED, f"'{product.id}': {why}.")
    if not kept:
        first = record.left_out[0] if record.left_out else None
        because = f"; the first: {first.name}: {first.reason}" if first else ""
        raise CatalogueError(f"The catalogue '{path}' has no items{because}")
    stale = [one.reason for one in fetched.values() if one.path is not None and one.reason]
    if stale:
        record.notes.append(f"{len(stale):,} pictures are older; of the first: {stale[0]}")
    return Found(
        ids=[product.id for product in kept],
        pictures=PlainPictures([own[0] for own in pictures]),
        attributes=attributes_of(path, kept, record),
        left_out=tuple(record.left_out),
        notes=tuple(record.notes),
        stamp=stamp.hexdigest(),
        further=tuple(tuple(own[1:]) for own in pictures),
        folded=folded,
    )
