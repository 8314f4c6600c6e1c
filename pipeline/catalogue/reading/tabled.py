"""Tabled: the items that the tables of a folder name, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.catalogue.found import Record, Why
from pipeline.catalogue.reading.matching import PictureNames, ends_of, is_address, is_possible
from pipeline.catalogue.reading.tables import (
    Cell,
    Table,
    decode,
    id_column,
    picture_columns,
    plain_column,
    read_table,
    text_of,
    typed,
)
from pipeline.catalogue.reading.walking import WalkedFile, printable
from pipeline.errors import CatalogueError, lines_of

METADATA = re.compile(r"metadata\.(csv|tsv|tab|jsonl|ndjson|parquet)", re.IGNORECASE)
"""A table that describes the pictures, whatever it holds: the convention of `datasets`."""
HEADER_BYTES = 65_536
MIN_SHARE = 0.5
"""Of the rows of another table without a column of pictures: those whose id names a picture."""


@dataclass
class Rows:
    """The rows of one table, with the pictures that they name.

    Attributes:
        file: The table's file.
        table: What it holds.
        column: The column that names the picture.
        by_id: Whether that is the column of ids, which pictures are called after.
        paths: The picture of each row; None where the row is no item.
        respelt: Rows whose picture is spelt otherwise: what the table says, and the file.
    """

    file: WalkedFile
    table: Table
    column: str
    by_id: bool = False
    paths: list[Path | None] = field(default_factory=list)
    respelt: list[tuple[str, Path]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the table lies."""
        return self.file.path.parent


def choose_tables(
    root: Path, tables: Sequence[WalkedFile], names: PictureNames, record: Record
) -> list[Rows]:
    """The tables that describe the pictures: each ``metadata.*``, else one that names them.

    Args:
        root: The catalogue's folder.
        tables: What may be tables, by their endings.
        names: The pictures.
        record: Where tables that are not taken are noted.

    Raises:
        CatalogueError: If a ``metadata.*`` cannot be read or names no pictures.
    """
    chosen: dict[Path, Rows] = {}
    others: list[WalkedFile] = []
    for file in tables:
        if not METADATA.fullmatch(file.path.name):
            others.append(file)
        elif file.path.parent in chosen:
            beside = chosen[file.path.parent].file.path.name
            record.leave(file.name, Why.OTHER, f"a table beside '{beside}', which is taken")
        else:
            chosen[file.path.parent] = open_rows(file, names)
    taken = {path for rows in chosen.values() for path in rows.paths if path is not None}
    candidates = [] if root in chosen else [_candidate(file, names) for file in others]
    better = [rows for rows in candidates if rows is not None]
    for rows in sorted(better, key=_weight, reverse=True):
        mine = {path for path in rows.paths if path is not None}
        if rows.folder not in chosen and len(mine & taken) * 2 < len(mine):
            chosen[rows.folder] = rows
            taken |= mine
            record.notes.append(f"The table '{rows.file.name}' names the pictures.")
    used = {rows.file for rows in chosen.values()}
    for file in others:
        if file not in used:
            record.leave(file.name, Why.OTHER, "a table or text that is not used")
    return sorted(chosen.values(), key=lambda rows: rows.folder.parts)


def open_rows(file: WalkedFile, names: PictureNames) -> Rows:
    """Read a table that is meant to name pictures.

    Raises:
        CatalogueError: If it cannot be read, names no pictures, or one outside of the folder.
    """
    table = _read(file.path)
    options = picture_columns(list(table.columns))
    by_column = [_match(Rows(file, table, column), names) for column in options]
    if not by_column and (by_id := _by_id(file, table, names)) is not None:
        by_column = [by_id]
    if not by_column:
        raise CatalogueError(
            f"'{file.path}' has no column 'file_name' that names each picture; its columns are "
            f"{', '.join(table.columns)}. Call one of them file_name, filename, image, picture or "
            "path."
        )
    return next((rows for rows in by_column if _hits(rows, names)), by_column[0])


def _read(path: Path) -> Table:
    if path.suffix.lower() != ".parquet":
        return read_table(path)
    try:
        stored = pq.read_table(path)
    except Exception as error:
        # pyarrow raises almost any class on a damaged file.
        raise CatalogueError(
            f"The table '{path}' cannot be opened: {lines_of(error)[0]}"
        ) from error
    table = Table(path, {}, list(range(1, stored.num_rows + 1)), is_text=False)
    for name in stored.column_names:
        column = plain_column(stored[name])
        if column is None:
            table.notes.append(f"has the column '{name}' of lists or bytes, which is left out")
        else:
            table.columns[name] = column.to_pylist()
    return table


def _candidate(file: WalkedFile, names: PictureNames) -> Rows | None:
    """A table of any other name, if it names pictures of the folder."""
    try:
        if not _may_name(file.path):
            return None
        table = _read(file.path)
        for column in picture_columns(list(table.columns)):
            rows = _match(Rows(file, table, column), names)
            if _hits(rows, names):
                return rows
        return _by_id(file, table, names)
    except (CatalogueError, OSError):
        return None


def _may_name(path: Path) -> bool:
    """Whether its first lines have a word that may be the name of such a column."""
    if path.suffix.lower() == ".parquet":
        return True
    with path.open("rb") as stream:
        head, _ = decode(stream.read(HEADER_BYTES))
    words = [word for line in head.splitlines()[:3] for word in re.split(r'[,;\t|":{}]', line)]
    return bool(picture_columns(words)) or id_column(words) is not None


def _by_id(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """A table whose ids are what the pictures are called, as the Kaggle set's ``styles.csv``."""
    column = id_column(list(table.columns))
    if column is None:
        return None
    ids = [cell for cell in table.columns[column] if cell is not None]
    if not ids or len(set(ids)) < len(ids):
        return None
    rows = _match(Rows(file, table, column, by_id=True), names)
    return rows if _hits(rows, names) >= MIN_SHARE * len(table) else None


def _match(rows: Rows, names: PictureNames) -> Rows:
    """Find the picture of every row: first by its very name, then by what it can only mean."""
    cells = _texts(rows.table, rows.column) if rows.by_id else rows.table.columns[rows.column]
    cells = [None if cell is None else str(cell) for cell in cells]
    exact = [None if cell is None else names.exactly(cell, rows.folder) for cell in cells]
    taken = {path for path in exact if path is not None}
    is_respelt = None in exact
    ends = ends_of({cell for cell in cells if cell is not None}) if is_respelt else Counter[str]()
    for cell, found in zip(cells, exact, strict=True):
        path = found
        if path is None and cell is not None:
            path = names.nearly(cell, rows.folder, taken, ends)
            if path is not None:
                taken.add(path)
                rows.respelt.append((cell, path))
            elif not rows.by_id:
                path = names.missing(cell, rows.folder)
        rows.paths.append(path)
    return rows


def _hits(rows: Rows, names: PictureNames) -> int:
    return sum(path is not None and names.has(path) for path in rows.paths)


def _weight(rows: Rows) -> int:
    """The table that says most of most pictures is the one that describes them."""
    return sum(path is not None for path in rows.paths) * (len(rows.table.columns) - 1)


def rows_to_items(
    rows: Rows, record: Record, unread: Collection[Path] = ()
) -> tuple[list[Path], list[str | None], dict[str, list[Cell]]]:
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
        record.leave(f"{called}, line {line}", Why.SKIPPED, f"The row {reason}.", is_file=False)
    kept = [row for row, path in enumerate(rows.paths) if path is not None and path not in unread]
    for row, path in enumerate(rows.paths):
        if path is None:
            reason = _reason(rows, row)
            record.leave(f"{called}, line {table.lines[row]}", Why.SKIPPED, reason, is_file=False)
    ids = id_column(list(table.columns))
    named: list[str | None] = [None] * len(kept)
    if ids is not None:
        for row in kept:
            if table.columns[ids][row] is None:
                raise CatalogueError(
                    f"The catalogue '{rows.folder}' has no '{ids}' in row {row + 1} (line "
                    f"{table.lines[row]} of '{called}'). Every item needs one, or leave the "
                    "column out."
                )
        texts = _texts(table, ids)
        named = [texts[row] for row in kept]
    columns = {}
    for name, cells in table.columns.items():
        if name not in (ids, rows.column):
            chosen = [cells[row] for row in kept]
            columns[name] = typed(chosen) if table.is_text else chosen
    return [path for row in kept if (path := rows.paths[row]) is not None], named, columns


def _texts(table: Table, column: str) -> list[str | None]:
    """The ids of a table, without what only its writer added: a ``.0`` at every one."""
    cells = table.columns[column]
    numbers = typed(cells) if table.is_text else cells
    pairs = zip(cells, numbers, strict=True)
    return [None if cell is None else text_of(cell if n is None else n) for cell, n in pairs]


def _note(rows: Rows, record: Record) -> None:
    called = rows.file.name
    record.notes += [f"The table '{called}' {note}." for note in rows.table.notes]
    if rows.column != "file_name":
        record.notes.append(f"The column '{rows.column}' of '{called}' names the pictures.")
    if rows.respelt:
        named, path = rows.respelt[0]
        count = len(rows.respelt)
        what = "1 picture is" if count == 1 else f"{count} pictures are"
        record.notes.append(
            f"{what} spelt otherwise in '{called}' than here, as '{named}' for '{path.name}'."
        )


def _reason(rows: Rows, row: int) -> str:
    cell = rows.table.columns[rows.column][row]
    if cell is None:
        return "The row names no picture."
    if rows.by_id:
        return f"No picture is called '{cell}'."
    if not is_possible(str(cell)):
        said = printable(repr(str(cell)[:40]))
        return f"The row names as its picture what no file can be called: {said}. Name the file."
    if is_address(str(cell)):
        return f"The picture is at '{cell}' and not in the folder. Download it into the folder."
    return f"The picture '{cell}' is on another machine. Copy it into the folder."
