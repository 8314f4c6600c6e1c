"""Naming: by which of its columns a table names the pictures of the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.catalogue.reading.matching import PictureNames, names_in
from pipeline.catalogue.reading.tabled.rows import (
    Rows,
    columns_of_pictures,
    match_rows,
    with_further,
)
from pipeline.catalogue.reading.tables import (
    Table,
    id_column,
    picture_columns,
    plain_column,
    read_table,
)
from pipeline.catalogue.reading.walking import WalkedFile, printable
from pipeline.errors import CatalogueError, lines_of

MIN_SHARE = 0.5
"""Of the rows of a table without a column called as one of pictures: those that name a picture."""


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
            lost = zeros_lost(match_ids(file, table, names))
            mend = "Call one of them file_name, filename, image, picture or path."
            raise CatalogueError(
                f"'{file.path}' has no column 'file_name' that names each picture; its columns are "
                f"{', '.join(table.columns)}. {f'Its {lost}.' if lost else mend}"
            )
        found = match_rows(Rows(file, table, called[0]), names)
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
            rows = match_rows(Rows(file, table, name), names)
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
    matched = [match_rows(Rows(file, table, name), names) for name in columns_of_pictures(table)]
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
    return match_rows(Rows(file, table, column, by_id=True), names)


def zeros_lost(rows: Rows | None) -> str:
    """What to say where most ids are but for leading zeros what pictures are called; else empty."""
    if rows is None or not rows.padded or len(rows.padded) * 2 < len(rows.table):
        return ""
    row, path = next(iter(rows.padded.items()))
    return (
        "ids differ from the names of the pictures in leading zeros, as "
        f"'{rows.cells[row]}' for '{printable(path.name)}': write them alike"
    )


def _hits(rows: Rows, names: PictureNames) -> int:
    return sum(path is not None and names.has(path) for path in rows.paths)
