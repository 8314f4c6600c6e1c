"""Foldered: a table whose rows are called as the folders that hold the pictures of each item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from pipeline.catalogue.reading.matching import PictureNames
from pipeline.catalogue.reading.spelling import copies_of
from pipeline.catalogue.reading.tabled.rows import Rows
from pipeline.catalogue.reading.tabled.sizes import sizes_of
from pipeline.catalogue.reading.tables import (
    Table,
    is_called_id,
    is_called_thing,
    texts_of,
    whole_id_column,
)
from pipeline.catalogue.reading.walking import WalkedFile
from pipeline.letters import plain_name

MIN_SHARE = 0.5
"""Of the rows: those whose folder is here."""
MOST_PICTURES = 40
"""Of one thing, in half of the folders: where there are more, they hold kinds of things."""
_FOLDER = ("folder", "foldername", "directory", "dir", "ordner", "dossier", "carpeta", "cartella")
_MAIN = re.compile(r"(^|[\W_])(front|main|cover|hero)([\W_]|\d|$)", re.IGNORECASE)
"""In what a picture is called that shows a thing best."""


def rows_by_folders(file: WalkedFile, table: Table, names: PictureNames) -> Rows | None:
    """The rows with the pictures in the folder that each is called as, if most have one."""
    return next(
        (
            _rows(file, table, column, names)
            for column in _columns(table, names)
            if not _fault(table, column, names)
        ),
        None,
    )


def why_folders_fail(table: Table, names: PictureNames) -> str:
    """What is wrong with a column that names folders of pictures; empty where there is none.

    It goes on after "its" or "a table whose".
    """
    return next((_fault(table, column, names) for column in _columns(table, names)), "")


def _columns(table: Table, names: PictureNames) -> list[str]:
    """The columns called as ids, or as folders, whose cells are what folders are called."""
    called = [name for name in table.columns if plain_name(name) in _FOLDER]
    usual = whole_id_column(table.columns)
    called += [usual] if usual is not None else []
    called += sorted(filter(is_called_id, table.columns), key=lambda one: not is_called_thing(one))
    return [name for name in dict.fromkeys(called) if _share(table, name, names) >= MIN_SHARE]


def _share(table: Table, column: str, names: PictureNames) -> float:
    return sum(folder is not None for folder in _folders(table, column, names)) / (len(table) or 1)


def _folders(table: Table, column: str, names: PictureNames) -> list[Path | None]:
    """The folder of each row; none where several are called so, or fit but for zeros."""
    cells = texts_of(table.columns[column], table.is_text)
    found = [names.folders_called(cell) if cell is not None else [] for cell in cells]
    return [folders[0] if len(folders) == 1 else None for folders in found]


def _fault(table: Table, column: str, names: PictureNames) -> str:
    folders = [folder for folder in _folders(table, column, names) if folder is not None]
    if len(set(folders)) < len(folders):
        return (
            f"column '{column}' names folders of pictures, but some of them in several rows: give "
            "each one"
        )
    held = [names.inside(folder) for folder in folders]
    if len({path for paths in held for path in paths}) < sum(map(len, held)):
        return f"column '{column}' names folders of pictures that lie in each other: name the inner"
    if median(map(len, held)) > MOST_PICTURES:
        return (
            f"column '{column}' names folders of pictures, but of more than {MOST_PICTURES} each, "
            "as of kinds of things: name the pictures in a column file_name"
        )
    return ""


def _rows(file: WalkedFile, table: Table, column: str, names: PictureNames) -> Rows:
    rows = Rows(file, table, column, by_id=True, by_folder=True)
    for folder in _folders(table, column, names):
        pictures = _in_order(names.inside(folder)) if folder is not None else []
        rows.paths.append(pictures[0] if pictures else None)
        rows.further.append(pictures[1:])
    return rows


def _in_order(paths: Sequence[Path]) -> list[Path]:
    """The pictures of one thing: what shows it best first, then as people count: 2 before 10."""
    copies = copies_of(paths) | sizes_of(paths)
    return sorted((path for path in paths if path not in copies), key=_place)


def _place(path: Path) -> tuple[bool, list[tuple[int, str]]]:
    parts = re.split(r"([0-9]{1,18})", path.as_posix().casefold())
    counted = [(int(part), "") if n % 2 else (0, part) for n, part in enumerate(parts)]
    return _MAIN.search(path.stem) is None, counted
