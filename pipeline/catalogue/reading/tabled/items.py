"""Items: what the rows of a table are, once their pictures are found, and which are none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.found import Record, Why
from pipeline.catalogue.reading.matching import is_folder
from pipeline.catalogue.reading.spelling import is_address, is_possible
from pipeline.catalogue.reading.tabled.rows import Rows
from pipeline.catalogue.reading.tables import (
    Cell,
    id_column,
    id_columns,
    texts_of,
    typed,
    whole_id_column,
)
from pipeline.catalogue.reading.walking import printable
from pipeline.errors import CatalogueError


@dataclass(frozen=True)
class Items:
    """The items of a table.

    Attributes:
        paths: The picture of each.
        further: The other pictures of each.
        ids: The id of each, where the table has any.
        columns: What the table says of them, column by column.
    """

    paths: list[Path]
    further: list[tuple[Path, ...]]
    ids: list[str | None]
    columns: dict[str, list[Cell]]


def rows_to_items(rows: Rows, record: Record, unread: Collection[Path] = ()) -> Items:
    """The items of a table: their pictures, their ids where it has any, and their columns.

    Args:
        rows: The table with the pictures that it names.
        record: Where rows that are no items are noted, with their lines.
        unread: Files that are noted already: rows that name them are no items.

    Raises:
        CatalogueError: If it has a column of ids, and a row has none.
    """
    table, called = rows.table, rows.file.name
    _note(rows, record)
    for line, reason in table.bad:
        record.leave(
            f"{called}, {table.unit} {line}", Why.SKIPPED, f"The row {reason}.", is_file=False
        )
    kept = [row for row, path in enumerate(rows.paths) if path is not None and path not in unread]
    for row, path in enumerate(rows.paths):
        if path is None:
            reason = _reason(rows, row)
            record.leave(
                f"{called}, {table.unit} {table.lines[row]}", Why.SKIPPED, reason, is_file=False
            )
    is_item = set(kept)
    for row, name in rows.absent:
        if row in is_item:
            reason = (
                f"The picture '{printable(name)}' is not in the folder. Copy it into the folder."
            )
            record.leave(
                f"{called}, {table.unit} {table.lines[row]}", Why.PICTURE, reason, is_file=False
            )
    usual = id_columns(list(table.columns))
    of_kept = {name: [table.columns[name][row] for row in kept] for name in usual}
    ids = rows.column if rows.by_id else whole_id_column(of_kept)
    columns = {}
    for name, cells in table.columns.items():
        if name not in (ids, rows.column, *rows.also):
            chosen = [cells[row] for row in kept]
            columns[name] = typed(chosen) if table.is_text else chosen
    paths = [path for row in kept if (path := rows.paths[row]) is not None]
    further = [tuple(rows.further[row]) for row in kept]
    return Items(paths, further, _ids(rows, kept, ids), columns)


def _ids(rows: Rows, kept: Sequence[int], column: str | None) -> list[str | None]:
    if column is None:
        return [None] * len(kept)
    for row in kept:
        if rows.table.columns[column][row] is None:
            raise CatalogueError(
                f"The catalogue '{rows.folder}' has no '{column}' in row {row + 1} ("
                f"{rows.table.unit} {rows.table.lines[row]} of '{rows.file.name}'). Every item "
                "needs one, or leave the column out."
            )
    texts = texts_of(rows.table.columns[column], rows.table.is_text)
    return [texts[row] for row in kept]


def _note(rows: Rows, record: Record) -> None:
    called = rows.file.name
    record.notes += [f"The table '{called}' {note}." for note in rows.table.notes]
    if rows.column != "file_name":
        is_new_id = rows.by_id and rows.column != id_column(list(rows.table.columns))
        also = " and the items" * is_new_id
        record.notes.append(f"The column '{rows.column}' of '{called}' names the pictures{also}.")
    record.notes += [f"So does its column '{name}', of the same items." for name in rows.also]
    if several := [more for more in rows.further if more]:
        count = sum(map(len, several))
        record.notes.append(
            f"'{called}' names further pictures of items: {count:,} of {len(several):,}."
        )
    if rows.respelt:
        named, path = rows.respelt[0]
        count = len(rows.respelt)
        what = "1 picture is" if count == 1 else f"{count} pictures are"
        record.notes.append(
            f"{what} spelt otherwise in '{called}' than here, as '{named}' for '{path.name}'."
        )
    if rows.unpadded:
        named, path = rows.unpadded[0]
        count = len(rows.unpadded)
        what = "1 picture has" if count == 1 else f"{count} pictures have"
        record.notes.append(
            f"{what} leading zeros that its id in '{called}' lacks, as '{path.name}' for '{named}'."
        )


def _reason(rows: Rows, row: int) -> str:
    cell = rows.cells[row]
    if cell is None:
        return "The row names no picture."
    if rows.by_id:
        padded = rows.padded.get(row)
        other = f"; '{printable(padded.name)}' has other leading zeros" if padded else ""
        return f"No picture is called '{cell}'{other}."
    if not is_possible(str(cell)):
        said = printable(repr(str(cell)[:40]))
        return f"The row names as its picture what no file can be called: {said}. Name the file."
    if is_folder(rows.folder, str(cell)):
        return f"'{printable(str(cell))}' is a folder. Name the picture in it, with its folder."
    if is_address(str(cell)):
        return f"The picture is at '{cell}' and not in the folder. Download it into the folder."
    return f"The picture '{cell}' is on another machine. Copy it into the folder."
