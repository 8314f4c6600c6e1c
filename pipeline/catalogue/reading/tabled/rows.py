"""Rows: those of one table, each with the pictures of the folder that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.catalogue.reading.matching import PictureNames, ends_of, names_in
from pipeline.catalogue.reading.tables import (
    Cell,
    Table,
    id_column,
    picture_columns,
    plain_column,
    read_table,
    texts_of,
)
from pipeline.catalogue.reading.walking import WalkedFile
from pipeline.errors import CatalogueError, lines_of

MIN_SHARE = 0.5
"""Of the rows of a table without a column called as one of pictures: those that name a picture."""


@dataclass
class Rows:
    """The rows of one table, with the pictures that they name.

    Attributes:
        file: The table's file.
        table: What it holds.
        column: The column that names the picture.
        by_id: Whether that is the column of ids, which pictures are called after.
        paths: The picture of each row; None where the row is no item.
        further: The other pictures of each row, which its cell names after the first or another
            column does.
        also: Those other columns.
        absent: Of a row that names several: those that are not here.
        respelt: Rows whose picture is spelt otherwise: what the table says, and the file.
        padded: Of a row whose id no picture is called: one that is but for leading zeros.
    """

    file: WalkedFile
    table: Table
    column: str
    by_id: bool = False
    paths: list[Path | None] = field(default_factory=list)
    further: list[list[Path]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    absent: list[tuple[int, str]] = field(default_factory=list)
    respelt: list[tuple[str, Path]] = field(default_factory=list)
    padded: dict[int, Path] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the table lies."""
        return self.file.path.parent

    @property
    def cells(self) -> list[Cell]:
        """What the column that names the picture says in each row."""
        return self.table.columns[self.column]

    @property
    def named(self) -> set[Path]:
        """All the pictures that its rows name."""
        firsts = {path for path in self.paths if path is not None}
        return firsts.union(*self.further)


def open_rows(file: WalkedFile, names: PictureNames) -> Rows:
    """Read a table that is meant to name pictures.

    Raises:
        CatalogueError: If it cannot be read, names no pictures, or one outside of the folder.
    """
    table = open_table(file.path)
    found = rows_by_name(file, table, names) or rows_by_id(file, table, names)
    if found is None and (found := rows_by_cells(file, table, names)) is None:
        called = picture_columns(list(table.columns))
        if not called:
            raise CatalogueError(
                f"'{file.path}' has no column 'file_name' that names each picture; its columns are "
                f"{', '.join(table.columns)}. Call one of them file_name, filename, image, picture "
                "or path."
            )
        found = _match(Rows(file, table, called[0]), names)
    return with_further(found, names)


def open_table(path: Path) -> Table:
    """Read a table of text or of parquet.

    Raises:
        CatalogueError: If it cannot be read.
    """
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


def rows_by_name(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows by a column that is called as one of pictures, if it names any that are here.

    Of several such columns the more usual name goes first; see `_first_of_most`.

    Raises:
        CatalogueError: If there are only such as name pictures outside of the folder.
    """
    found: list[tuple[int, Rows]] = []
    errors: list[CatalogueError] = []
    for name in picture_columns(list(table.columns)):
        try:
            rows = _match(Rows(file, table, name), names)
        except CatalogueError as error:  # it names pictures outside: another may do better
            errors.append(error)
        else:
            found.append((_hits(rows, names), rows))
    if errors and not any(hits for hits, _ in found):
        raise errors[0]
    return _first_of_most(found)


def rows_by_cells(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows by the column whose cells name pictures that are here, whatever it is called."""
    if any(names_in(name) for name in table.columns):
        table = table.without_header()
    matched = [_match(Rows(file, table, name), names) for name in _of_pictures(table)]
    found = [(_hits(rows, names), rows) for rows in matched]
    return _first_of_most(
        [
            (hits, rows)
            for hits, rows in found
            if hits >= MIN_SHARE * sum(cell is not None for cell in rows.cells)
        ]
    )


def _first_of_most(found: Sequence[tuple[int, Rows]]) -> Rows | None:
    """The first that names half as many pictures as any: a few may be named by chance."""
    most = max((hits for hits, _ in found), default=0)
    return next((rows for hits, rows in found if hits and hits * 2 >= most), None)


def rows_by_id(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """A table whose ids are what the pictures are called, as the Kaggle set's ``styles.csv``."""
    rows = match_ids(file, table, names)
    return rows if rows is not None and _hits(rows, names) >= MIN_SHARE * len(table) else None


def match_ids(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows by their ids, however few of them name pictures; None where ids are no names."""
    column = id_column(list(table.columns))
    if column is None:
        return None
    ids = [cell for cell in table.columns[column] if cell is not None]
    if not ids or len(set(ids)) < len(ids):
        return None
    return _match(Rows(file, table, column, by_id=True), names)


def _of_pictures(table: Table) -> list[str]:
    """The columns of which most cells are names or addresses of pictures, by their endings."""
    held = {
        name: [cell for cell in cells if cell is not None] for name, cells in table.columns.items()
    }
    return [
        name
        for name, cells in held.items()
        if cells and sum(bool(names_in(str(cell))) for cell in cells) * 2 >= len(cells)
    ]


def _match(rows: Rows, names: PictureNames) -> Rows:
    """Find the pictures of each row: by their very names, then by what those can only mean."""
    cells = texts_of(rows.cells, rows.table.is_text) if rows.by_id else rows.cells
    for row, pictures in enumerate(_find(cells, rows, names)):
        here = [path for _, path in pictures if path is not None]
        if len(pictures) > 1 and here:
            rows.absent += [(row, name) for name, path in pictures if path is None]
        elif pictures and not here and rows.by_id:
            if (padded := names.but_for_zeros(str(cells[row]))) is not None:
                rows.padded[row] = padded
        elif pictures and not here:
            missing = names.missing(str(cells[row]), rows.folder)
            here = [missing] if missing is not None else []
        rows.paths.append(here[0] if here else None)
        rows.further.append(list(dict.fromkeys(path for path in here[1:] if path != here[0])))
    return rows


def _find(
    cells: Sequence[Cell], rows: Rows, names: PictureNames
) -> list[list[tuple[str, Path | None]]]:
    """What each cell names, and which file that is; of several names, only pictures."""
    found: list[list[tuple[str, Path | None]]] = []
    for cell in (None if cell is None else str(cell) for cell in cells):
        whole = names.exactly(cell, rows.folder) if cell is not None else None
        several = names_in(cell) if cell is not None and whole is None else []
        if several and several != [cell]:
            exact = [(name, names.exactly(name, rows.folder)) for name in several]
            found.append([(n, path if path and names.has(path) else None) for n, path in exact])
        else:
            found.append([(cell, whole)] if cell is not None else [])
    taken = {path for pictures in found for _, path in pictures if path is not None}
    taken.update(path for path in rows.paths if path is not None)
    if all(path is not None for pictures in found for _, path in pictures):
        return found
    ends = ends_of({name for pictures in found for name, _ in pictures})
    for pictures in found:
        for place, (name, path) in enumerate(pictures):
            near = None if path is not None else names.nearly(name, rows.folder, taken, ends)
            if near is not None:
                pictures[place] = (name, near)
                taken.add(near)
                rows.respelt.append((name, near))
    return found


def with_further(rows: Rows, names: PictureNames) -> Rows:
    """Rows with the pictures that other columns name, such as ``back`` beside ``front``.

    Such a column names no other row's picture: one of what goes well with a thing does.
    """
    for column in _of_pictures(rows.table):
        if column == rows.column:
            continue
        beside = Rows(rows.file, rows.table, column, paths=list(rows.paths))
        try:
            found = _find(rows.table.columns[column], beside, names)
        except CatalogueError:
            continue  # it names files outside, such as where the pictures came from
        here = [
            [path for _, path in pictures if path is not None and names.has(path)]
            for pictures in found
        ]
        if sum(map(bool, here)) * 2 >= sum(map(bool, found)) and _are_new(here, rows):
            rows.also.append(column)
            rows.respelt += beside.respelt
            for row, more in enumerate(here):
                rows.absent += [(row, name) for name, path in found[row] if path is None]
                _add(rows, row, more, names)
    return rows


def _are_new(pictures: Sequence[Sequence[Path]], rows: Rows) -> bool:
    """Whether any of these is not yet known, and none the first of another row."""
    firsts = {path for path in rows.paths if path is not None}
    new = [set(more) - {first} for more, first in zip(pictures, rows.paths, strict=True)]
    return any(new) and not any(more & firsts for more in new)


def _add(rows: Rows, row: int, more: Sequence[Path], names: PictureNames) -> None:
    """Add pictures of a row; one of them stands in for a first one that is not there."""
    first = rows.paths[row]
    if more and (first is None or not names.has(first)):
        if first is not None:
            rows.absent.append((row, str(rows.cells[row])))
        rows.paths[row] = first = more[0]
    known = (*rows.further[row], *more)
    rows.further[row] = list(dict.fromkeys(path for path in known if path != first))


def _hits(rows: Rows, names: PictureNames) -> int:
    return sum(path is not None and names.has(path) for path in rows.paths)
