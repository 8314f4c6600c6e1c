"""Items: what the rows of a table are, once their pictures are found, and which are none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.found import Record, Why
from pipeline.catalogue.reading.spelling import is_address, is_possible, is_written_out
from pipeline.catalogue.reading.tabled.rows import Rows
from pipeline.catalogue.reading.tabled.shops import as_meant, hidden_rows, note_of_variants
from pipeline.catalogue.reading.tables import (
    Cell,
    id_column,
    id_columns,
    texts_of,
    typed,
    whole_id_column,
)
from pipeline.catalogue.reading.walking import is_folder, printable, shortened
from pipeline.errors import CatalogueError


@dataclass(frozen=True)
class Items:
    """The items of a table.

    Attributes:
        paths: The picture of each.
        further: The other pictures of each.
        ids: The id of each, where the table has any.
        columns: What the table says of them, column by column.
        unshown: The pictures that only rows name which the shop does not show.
    """

    paths: list[Path]
    further: list[tuple[Path, ...]]
    ids: list[str | None]
    columns: dict[str, list[Cell]]
    unshown: set[Path]


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
    hidden = hidden_rows(table)
    there = [row for row, path in enumerate(rows.paths) if path is not None and path not in unread]
    kept = [row for row in there if row not in hidden]
    for row, path in enumerate(rows.paths):
        if path is None or row in hidden:
            reason = hidden[row] if row in hidden else _reason(rows, row)
            record.leave(
                f"{called}, {table.unit} {table.lines[row]}", Why.SKIPPED, reason, is_file=False
            )
    if variants := note_of_variants(table, kept):
        record.notes.append(f"The table '{called}' {variants}.")
    is_item = set(kept)
    for row, name in rows.absent:
        if row in is_item:
            reason = (
                f"The picture '{shortened(name)}' is not in the folder. Copy it into the folder."
            )
            record.leave(
                f"{called}, {table.unit} {table.lines[row]}", Why.PICTURE, reason, is_file=False
            )
    usual = id_columns(list(table.columns))
    of_kept = {name: [table.columns[name][row] for row in kept] for name in usual}
    ids = rows.column if rows.by_id else whole_id_column(of_kept)
    said = as_meant(
        {
            name: [cells[row] for row in kept]
            for name, cells in table.columns.items()
            if name not in (ids, rows.column, *rows.also)
        }
    )
    columns = {name: typed(cells) if table.is_text else cells for name, cells in said.items()}
    paths = [path for row in kept if (path := rows.paths[row]) is not None]
    further = [tuple(rows.further[row]) for row in kept]
    unshown = {p for row in hidden for p in (rows.paths[row], *rows.further[row]) if p is not None}
    shown = set(paths).union(*further)
    return Items(paths, further, _ids(rows, kept, ids), columns, unshown - shown)


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
        what = (
            "the folders that hold the pictures of each item" if rows.by_folder else "the pictures"
        )
        record.notes.append(f"The column '{rows.column}' of '{called}' names {what}{also}.")
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
    if is_written_out(str(cell)):
        return (
            f"The row holds its picture itself, as '{shortened(str(cell), 60)}'. Save it as a file "
            "in the folder, and name that."
        )
    if rows.by_folder:
        return f"No folder of pictures is called '{shortened(str(cell))}', or several are."
    if rows.by_id:
        padded = rows.padded.get(row)
        other = f"; '{printable(padded.name)}' has other leading zeros" if padded else ""
        return f"No picture is called '{shortened(str(cell))}'{other}."
    if not is_possible(str(cell)):
        said = printable(repr(str(cell)[:40]))
        return f"The row names as its picture what no file can be called: {said}. Name the file."
    if is_folder(rows.folder, str(cell)):
        return f"'{shortened(str(cell))}' is a folder. Name the picture in it, with its folder."
    if is_address(str(cell)):
        said = shortened(str(cell), 500)
        return f"The picture is at '{said}' and not in the folder. Download it into the folder."
    said = shortened(str(cell))
    return f"The picture '{said}' is on another machine. Copy it into the folder."
