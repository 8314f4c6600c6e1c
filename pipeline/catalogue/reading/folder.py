"""Folder: what a folder holds, decided by what lies in it and not by what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from pipeline.catalogue.found import Found, PlainPictures, Record, Why, stamp_of
from pipeline.catalogue.pictures import FORMAT_NAMES
from pipeline.catalogue.reading.contents import Content, content_of
from pipeline.catalogue.reading.matching import PictureNames
from pipeline.catalogue.reading.spelling import copies_of
from pipeline.catalogue.reading.stored import (
    DAMAGED,
    has_pictures,
    is_whole,
    read_stored,
    rows_in,
)
from pipeline.catalogue.reading.tabled import (
    METADATA,
    Rows,
    choose_tables,
    open_rows,
    rows_to_items,
    sizes_of,
    why_unused,
)
from pipeline.catalogue.reading.tables import Cell, column_of, free_name, no_attributes
from pipeline.catalogue.reading.walking import WalkedFile, listed, printable, walk
from pipeline.errors import CatalogueError

LABEL = "label"


def read_folder(root: Path, split: str, allow_outside: bool) -> Found:
    """Read a folder of pictures, of parquet files, or of pictures with tables that describe them.

    Where there are both pictures in parquet files and pictures beside them, whichever are more are
    the catalogue, and the others are listed.

    Args:
        root: The folder.
        split: Which of the parquet files to read where they are of several splits.
        allow_outside: Whether tables and links may lead outside of the folder.

    Raises:
        CatalogueError: If it holds no picture, or names one outside of it.
    """
    record = Record()
    pictures, tables, stored = _sort(root, record, allow_outside)
    if stored and rows_in(stored) >= len(pictures):
        for file in pictures:
            record.leave(file.name, Why.OTHER, "a picture beside the parquet files")
        for file in tables:
            record.leave(file.name, Why.OTHER, "a table or text beside the parquet files")
        return read_stored(root, stored, split, record, allow_outside)
    if not pictures and not any(METADATA.fullmatch(file.path.name) for file in tables):
        raise _nothing_in(root, tables, record)
    for file in stored:
        record.leave(file.name, Why.OTHER, "a parquet file of fewer pictures than lie beside it")
    names = PictureNames(str(root), root, pictures, allow_outside)
    chosen = choose_tables(root, tables, names, record)
    return _join(root, pictures, chosen, record)


def read_table_file(path: Path, allow_outside: bool) -> Found:
    """Read the items that one table names in its own folder.

    Raises:
        CatalogueError: If it names no pictures, or one outside of its folder.
    """
    record, root = Record(), path.parent
    pictures, _, _ = _sort(root, Record(), allow_outside)
    names = PictureNames(str(path), root, pictures, allow_outside)
    rows = open_rows(WalkedFile(path, printable(path.name)), names)
    named = rows.named
    return _join(root, [file for file in pictures if file.path in named], [rows], record)


def read_listed(
    root: Path,
    pictures: Sequence[WalkedFile],
    tables: Sequence[WalkedFile],
    record: Record,
    *,
    only_named: bool = False,
) -> Found:
    """Read pictures that are listed and lie elsewhere, with the tables that lie here.

    Args:
        root: The folder in which the tables lie, and the pictures would.
        pictures: The pictures.
        tables: What may be tables.
        record: Where what is no item is noted.
        only_named: Whether only those that the tables name are items.

    Raises:
        CatalogueError: If there is no picture, or a table names one outside of the folder.
    """
    names = PictureNames(str(root), root, pictures, allow_outside=False)
    if only_named:
        chosen = [open_rows(file, names) for file in tables]
        named = set().union(*(rows.named for rows in chosen))
        pictures = [file for file in pictures if file.path in named]
    else:
        if not pictures:
            raise _nothing_in(root, tables, record)
        chosen = choose_tables(root, tables, names, record)
    return _join(root, pictures, chosen, record, stamp="")


def _sort(
    root: Path, record: Record, allow_outside: bool
) -> tuple[list[WalkedFile], list[WalkedFile], list[WalkedFile]]:
    """The pictures, the tables, and the parquet files of pictures; the rest is noted."""
    pictures, tables, stored = [], [], []
    for file in walk(root, record, allow_outside):
        try:
            content, reason = content_of(file.path)
            has_rows = content is Content.PARQUET and has_pictures(file.path)
        except OSError as error:
            reason = f"a file that cannot be read ({error.strerror or error})"
            record.leave(file.name, Why.SKIPPED, reason)
            continue
        if content is Content.PARQUET and not is_whole(file.path):
            record.leave(file.name, Why.SKIPPED, DAMAGED)
        elif content is Content.PICTURE:
            pictures.append(file)
        elif has_rows:
            stored.append(file)
        elif content in (Content.TABLE, Content.PARQUET):
            tables.append(file)
        else:
            is_meant = content is Content.UNREAD_PICTURE
            record.leave(file.name, Why.SKIPPED if is_meant else Why.OTHER, reason)
    return pictures, tables, stored


def _nothing_in(root: Path, tables: Sequence[WalkedFile], record: Record) -> CatalogueError:
    sets = [file for file in tables if file.path.suffix == ".parquet"]
    if sets:
        import pyarrow.parquet as pq

        columns = listed(pq.read_schema(sets[0].path).names)
        return CatalogueError(
            f"The catalogue '{root}' has no column of pictures; the columns of '{sets[0].name}' "
            f"are {columns}. One must hold pictures, or name those that lie in the folder."
        )
    for file in tables:
        if absent := why_unused(file):
            raise CatalogueError(
                f"The folder '{root}' holds no pictures, but the table '{file.name}': its {absent}."
            )
    seen = [one for one in record.left_out if one.why is not Why.SYSTEM]
    reasons = Counter(one.reason for one in seen).most_common(1)
    held = f" Of its {len(seen)} files, '{seen[0].name}' is {seen[0].reason}." if reasons else ""
    return CatalogueError(
        f"The folder '{root}' holds no pictures and no parquet file that can be read. A "
        f"catalogue needs at least one picture ({FORMAT_NAMES}).{held}"
    )


def _join(
    root: Path,
    pictures: Sequence[WalkedFile],
    chosen: Sequence[Rows],
    record: Record,
    stamp: str | None = None,
) -> Found:
    """The items of all tables, then the pictures that no table is there for."""
    paths: list[Path] = []
    further: list[tuple[Path, ...]] = []
    ids: list[str | None] = []
    columns: dict[str, list[Cell]] = {}
    unread = _named_but_unread(root, chosen, record)
    unshown: set[Path] = set()
    for rows in chosen:
        items = rows_to_items(rows, record, unread)
        unshown |= items.unshown
        _append(columns, items.columns, len(paths), len(items.paths))
        paths += items.paths
        further += items.further
        ids += items.ids
    loose = _loose(pictures, set(paths).union(*further), unshown, chosen, record)
    labels: list[Cell] = [_label(file, root) for file in loose]
    _append(columns, {LABEL: labels} if any(labels) else {}, len(paths), len(loose))
    paths += [file.path for file in loose]
    if not paths:
        first = record.left_out[0] if record.left_out else None
        reason = f"; the first: {first.name}: {first.reason}" if first else ""
        raise CatalogueError(f"The catalogue '{root}' has no items{reason}")
    ids += [None] * len(loose)
    further += [()] * len(loose)
    with_files = len({file.path for file in pictures} & set(paths))
    files = sum(one.is_file for one in record.left_out) + with_files
    if stamp is None:
        stamped = sorted([*pictures, *(rows.file for rows in chosen)], key=lambda file: file.name)
        stamp = stamp_of((file.name, file.path) for file in stamped)
    return Found(
        ids=_tell_apart(root, paths, ids),
        pictures=PlainPictures(paths),
        attributes=_attributes(columns, len(paths), record),
        left_out=tuple(record.left_out),
        notes=tuple(record.notes),
        files=files,
        stamp=stamp,
        further=tuple(further) if any(further) else (),
    )


def _named_but_unread(root: Path, chosen: Sequence[Rows], record: Record) -> set[Path]:
    """The files that tables name and that are listed already: they should be items, and cannot."""
    listed = {one.name: number for number, one in enumerate(record.left_out) if one.is_file}
    unread = set()
    for path in (path for rows in chosen for path in rows.paths if path is not None):
        name = printable(path.relative_to(root).as_posix()) if path.is_relative_to(root) else ""
        if name in listed:
            unread.add(path)
            number = listed[name]
            record.left_out[number] = replace(record.left_out[number], why=Why.SKIPPED)
    return unread


def _loose(
    pictures: Sequence[WalkedFile],
    named: set[Path],
    unshown: set[Path],
    chosen: Sequence[Rows],
    record: Record,
) -> list[WalkedFile]:
    """The others, for which there is no table; those that their table leaves out are noted.

    So are those that lie beside the same picture in another format or size.
    """
    governed = {rows.folder: rows.file.name for rows in chosen}
    own = [file.path for file in pictures]
    copies, sizes = copies_of(own), sizes_of(own)
    loose = []
    for file in (file for file in pictures if file.path not in named):
        whole = copies.get(file.path) or sizes.get(file.path)
        if file.path in unshown or whole is not None:
            reason = "a picture of what the shop does not show"
            if whole is not None and file.path not in unshown:
                other = "format" if file.path in copies else "size"
                reason = f"the picture '{printable(whole.name)}' in another {other}"
            record.leave(file.name, Why.OTHER, reason)
            continue
        over = next((governed[f] for f in file.path.parents if f in governed), None)
        if over is None:
            loose.append(file)
        else:
            record.leave(file.name, Why.WITHOUT_ROW, f"a picture that '{over}' does not name")
    return loose


def _label(file: WalkedFile, root: Path) -> str | None:
    folder = file.path.parent
    return printable(folder.name) if folder != root else None


def _append(
    columns: dict[str, list[Cell]], more: dict[str, list[Cell]], before: int, count: int
) -> None:
    for name in dict.fromkeys((*columns, *more)):
        cells = columns.setdefault(name, [None] * before)
        cells += more.get(name, [None] * count)


def _tell_apart(root: Path, paths: Sequence[Path], ids: Sequence[str | None]) -> list[str]:
    """The ids, and for items without one the path; of several with the same path, numbered."""
    told: list[str] = []
    times: Counter[Path] = Counter()
    for path, given in zip(paths, ids, strict=True):
        if given is not None:
            told.append(given)
            continue
        times[path] += 1
        own = path.relative_to(root) if path.is_relative_to(root) else path
        number = f"#{times[path]}" if times[path] > 1 else ""
        told.append(printable(own.as_posix()) + number)
    return told


def _attributes(columns: dict[str, list[Cell]], count: int, record: Record) -> pa.Table:
    if not columns:
        return no_attributes(count)
    taken = list(columns)
    return pa.table(
        {
            free_name(name, taken, record.notes.append): column_of(cells)
            for name, cells in columns.items()
        }
    )
