"""Choosing: which of the tables of a folder describe its pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.catalogue.found import Record, Why
from pipeline.catalogue.reading.contents import LISTS, WORKBOOK, is_workbook
from pipeline.catalogue.reading.matching import PictureNames
from pipeline.catalogue.reading.spelling import names_in
from pipeline.catalogue.reading.tabled.naming import (
    open_rows,
    open_table,
    rows_by_content,
    rows_by_name,
    why_few_are_here,
    why_ids_fail,
)
from pipeline.catalogue.reading.tabled.rows import Rows, with_further
from pipeline.catalogue.reading.tables import TITLE_LINES, decode, id_columns, picture_columns
from pipeline.catalogue.reading.walking import WalkedFile
from pipeline.errors import CatalogueError

METADATA = re.compile(r"metadata\.(csv|tsv|tab|jsonl|ndjson|parquet)", re.IGNORECASE)
"""A table that describes the pictures, whatever it holds: the convention of `datasets`."""
HEADER_BYTES = 65_536
UNUSED = "a table or text that is not used"


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
    taken = set().union(*(rows.named for rows in chosen.values()))
    reasons: dict[WalkedFile, str] = {}
    candidates = [] if root in chosen else [_candidate(file, names, reasons) for file in others]
    better = [rows for rows in candidates if rows is not None]
    for rows in sorted(better, key=_weight, reverse=True):
        mine = {path for path in rows.paths if path is not None}
        if rows.folder not in chosen and len(mine & taken) * 2 < len(mine):
            chosen[rows.folder] = rows
            taken |= rows.named
            record.notes.append(f"The table '{rows.file.name}' names the pictures.")
    used = {rows.file for rows in chosen.values()}
    for file in others:
        if file not in used:
            record.leave(file.name, Why.OTHER, reasons.get(file, UNUSED))
            if file in reasons:
                record.notes.append(f"'{file.name}' is {reasons[file]}.")
    return sorted(chosen.values(), key=lambda rows: rows.folder.parts)


def _candidate(
    file: WalkedFile, names: PictureNames, reasons: dict[WalkedFile, str]
) -> Rows | None:
    """A table of any other name, if it names pictures of the folder."""
    try:
        if is_workbook(file.path):
            reasons[file] = WORKBOOK
            return None
        if not _may_name(file.path, names):
            return None
        table = open_table(file.path)
        if (found := rows_by_name(file, table, names)) is not None:
            return with_further(found, names)
        found = rows_by_content(file, table, names)
        if found is None:
            if why := why_ids_fail(file, table, names) or why_few_are_here(file, table, names):
                reasons[file] = f"a table whose {why}"
            return None
        found = with_further(found, names)
    except (CatalogueError, OSError):
        return None
    is_listed = found.by_id and found.column in id_columns(list(found.table.columns))
    if not is_listed and len(found.table.columns) < 2:
        return None
    # That its names or ids are those of pictures may also be said of a list of what is to be done.
    if len(found.named) * 2 >= names.below(found.folder):
        return found
    mend = "the table metadata" if found.by_folder else "that file_name"
    reasons[file] = (
        f"a table that names few of the pictures, in its column '{found.column}': call {mend} if "
        "the others are no items"
    )
    return None


def why_unused(file: WalkedFile) -> str:
    """What to say of a table that lies beside no pictures; empty where it names none."""
    try:
        names = PictureNames(str(file.path), file.path.parent, [], allow_outside=False)
        return why_few_are_here(file, open_table(file.path), names)
    except (CatalogueError, OSError):
        return ""


def _may_name(path: Path, names: PictureNames) -> bool:
    """Whether its first lines have a word that may name such a column, or what a picture is called.

    A row of an item without a picture may be among them, so that more lines are looked at for that.
    """
    if path.suffix.lower() == ".parquet":
        return True
    with path.open("rb") as stream:
        head, _ = decode(stream.read(HEADER_BYTES))
    lines = head.splitlines()
    first = lines if path.suffix.lower() == LISTS else lines[:TITLE_LINES]
    words = _words(first)
    if picture_columns(words) or id_columns(words) or any(map(names_in, words)):
        return True
    words = _words(lines)
    return any(map(names.are_called, words)) or any(map(names.folders_called, words))


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for word in re.split(r'[,;\t|":{}]', line)]


def _weight(rows: Rows) -> int:
    """The table that says most of most pictures is the one that describes them."""
    return sum(path is not None for path in rows.paths) * (len(rows.table.columns) - 1)
