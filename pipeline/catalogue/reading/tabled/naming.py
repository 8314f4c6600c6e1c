"""Naming: by which of its columns a table names the pictures of the folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.catalogue.reading.matching import PictureNames
from pipeline.catalogue.reading.spelling import is_address, names_in
from pipeline.catalogue.reading.tabled.foldered import rows_by_folders, why_folders_fail
from pipeline.catalogue.reading.tabled.rows import (
    Rows,
    columns_of_pictures,
    match_rows,
    with_further,
)
from pipeline.catalogue.reading.tables import (
    Table,
    is_called_id,
    is_called_thing,
    name_columns,
    picture_columns,
    plain_column,
    read_table,
    texts_of,
    whole_id_column,
)
from pipeline.catalogue.reading.walking import WalkedFile, listed, printable, shortened
from pipeline.errors import CatalogueError, lines_of

MIN_SHARE = 0.5
"""Of the rows of a table without a column called as one of pictures: those that name a picture."""
MIN_CODE = 10_000
"""Numbers below it, or below twice those of a column, may be counts, or places in a list."""
_PICTURE = re.compile(r"image|picture|photo|img|bild|foto|thumbnail", re.IGNORECASE)
"""In the names of columns that may hold addresses of pictures."""
_COUNT = re.compile(r"0|[1-9]\d{0,17}")


def open_rows(file: WalkedFile, names: PictureNames) -> Rows:
    """Read a table that is meant to name pictures.

    Raises:
        CatalogueError: If it cannot be read, names no pictures, or one outside of the folder.
    """
    table = open_table(file.path)
    found = rows_by_name(file, table, names) or rows_by_content(file, table, names)
    if found is None:
        called = picture_columns(list(table.columns))
        if not called:
            if absent := why_few_are_here(file, table, names):
                raise CatalogueError(f"The table '{file.path}' is of no use here: its {absent}.")
            lost = why_ids_fail(file, table, names)
            mend = "Call one of them file_name, filename, image, picture or path."
            raise CatalogueError(
                f"'{file.path}' has no column 'file_name' that names each picture; its columns are "
                f"{listed(list(table.columns))}. {f'Its {lost}.' if lost else mend}"
            )
        found = match_rows(Rows(file, table, called[0]), names)
    return with_further(found, names)


def open_table(path: Path) -> Table:
    """Read a table of text or of parquet.

    Raises:
        CatalogueError: If it cannot be read.
    """
    if path.suffix.lower() != ".parquet":
        return read_table(path).without_variants()
    try:
        stored = pq.ParquetFile(path).read()
    except Exception as error:
        # pyarrow raises almost any class on a damaged file.
        raise CatalogueError(
            f"The table '{path}' cannot be opened: {lines_of(error)[0]}"
        ) from error
    table = Table(path, {}, list(range(1, stored.num_rows + 1)), is_text=False)
    header, values = [], []
    for name, column in zip(stored.column_names, map(plain_column, stored.columns), strict=True):
        if column is None:
            table.notes.append(f"has the column '{name}' of lists or bytes, which is left out")
        else:
            header.append(name)
            values.append(column.to_pylist())
    table.columns, _ = name_columns(header, values, table.notes)
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


def rows_by_content(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows by a column that is not called as one of pictures, but names those that are here."""
    return (
        rows_by_id(file, table, names)
        or rows_by_cells(file, table, names)
        or rows_by_stems(file, table, names)
        or rows_by_folders(file, table, names)
    )


def rows_by_id(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """A table whose ids are what the pictures are called, as the Kaggle set's ``styles.csv``."""
    rows = match_ids(file, table, names)
    return rows if rows is not None and _hits(rows, names) >= MIN_SHARE * len(table) else None


def match_ids(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows by their ids, however few of them name pictures; None where ids are no names."""
    column = whole_id_column(table.columns)
    if column is None:
        return None
    ids = [cell for cell in table.columns[column] if cell is not None]
    if not ids or len(set(ids)) < len(ids):
        return None
    return match_rows(Rows(file, table, column, by_id=True), names)


def rows_by_stems(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """A table whose pictures are called after any other column, as H&M's by ``article_id``.

    Its cells tell the rows apart, so that they are the ids.
    """
    columns = [name for name in table.columns if _has_stems(table, name, names)]
    if any(names.are_called(name) and not is_called_id(name) for name in columns):
        table = table.without_header()
        columns = [name for name in table.columns if _has_stems(table, name, names, is_id=True)]
    matched = [match_rows(Rows(file, table, name, by_id=True), names) for name in columns]
    found = [(_hits(rows, names), rows) for rows in matched]
    return _first_of_most([(hits, rows) for hits, rows in found if hits >= MIN_SHARE * len(table)])


def _has_stems(table: Table, name: str, names: PictureNames, is_id: bool = False) -> bool:
    """Whether most cells of a column are what pictures are called, and each is there once.

    Counts may be that by chance where pictures are numbered, unless the column is one of ids.
    """
    cells = table.columns[name]
    held = [cell for cell in cells if cell is not None]
    if not held or len(held) < MIN_SHARE * len(table) or len(set(held)) < len(held):
        return False
    texts = [text for text in texts_of(cells, table.is_text) if text is not None]
    if _may_count(texts) and not (is_id or is_called_thing(name)):
        return False
    return sum(bool(names.are_called(text)) for text in texts) >= MIN_SHARE * len(table)


def _may_count(texts: Sequence[str]) -> bool:
    are_numbers = all(map(_COUNT.fullmatch, texts))
    return are_numbers and max(map(int, texts)) < max(MIN_CODE, 2 * len(texts))


def why_ids_fail(file: WalkedFile, table: Table, names: PictureNames) -> str:
    """What is wrong with the ids of a table that are all but what pictures are called; else empty.

    It goes on after "its" or "a table whose".
    """
    if fault := why_folders_fail(table, names):
        return fault
    column = whole_id_column(table.columns)
    if column is None:
        return ""
    if lost := zeros_lost(match_ids(file, table, names)):
        return lost
    cells = [cell for cell in texts_of(table.columns[column], table.is_text) if cell is not None]
    called = [(cell, pictures) for cell in cells if len(pictures := names.are_called(cell)) > 0]
    if not called or len(called) < MIN_SHARE * len(table):
        return ""
    if len(set(cells)) < len(cells):
        return f"column '{column}' names pictures, but some of them in several rows: give each one"
    cell, pictures = max(called, key=lambda one: len(one[1]))
    if len(pictures) < 2:
        return ""
    shown = " and ".join(f"'{printable(names.name_of(path))}'" for path in pictures[:2])
    return (
        f"column '{column}' fits several pictures a row, as '{cell}' does {shown}: name one in a "
        "column file_name"
    )


def why_few_are_here(file: WalkedFile, table: Table, names: PictureNames) -> str:
    """What to say of a table that names pictures of which few or none are here; else empty.

    It goes on after "its" or "a table whose".
    """
    by_cells = columns_of_pictures(table)
    for column in dict.fromkeys([*by_cells, *filter(_PICTURE.search, table.columns)]):
        held = [str(cell) for cell in table.columns[column] if cell is not None]
        addresses = [cell for cell in held if is_address(cell)]
        if not held or (column not in by_cells and len(addresses) * 2 < len(held)):
            continue
        try:
            here = _hits(match_rows(Rows(file, table, column), names), names)
        except CatalogueError:  # it names some outside, of which none is taken
            here = 0
        mend = f"build '{file.path.name}' itself, which fetches them"
        mend = mend if addresses else "copy them into the folder"
        mend += ", or call the column file_name" * bool(here)
        first = shortened((addresses or held)[0])
        count = f"{here:,} of {len(held):,} are" if here else "none is"
        return f"column '{column}' names pictures, as '{first}', of which {count} here: {mend}"
    return ""


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
