"""Rows: those of one table, each with the pictures of the folder that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.catalogue.reading.matching import PictureNames, ends_of
from pipeline.catalogue.reading.spelling import fold, is_possible, names_in, number_in
from pipeline.catalogue.reading.tables import Cell, Table, texts_of
from pipeline.catalogue.reading.walking import WalkedFile
from pipeline.errors import CatalogueError


@dataclass
class Rows:
    """The rows of one table, with the pictures that they name.

    Attributes:
        file: The table's file.
        table: What it holds.
        column: The column that names the picture.
        by_id: Whether that is the column of ids, which pictures are called after, such as
            ``SKU``, or ``SKU_1`` and ``SKU_2``.
        by_folder: Whether those are folders, each with the pictures of one item.
        paths: The picture of each row; None where the row is no item.
        further: The other pictures of each row, which its cell names after the first or another
            column does.
        also: Those other columns.
        absent: Of a row that names several: those that are not here.
        respelt: Rows whose picture is spelt otherwise: what the table says, and the file.
        unpadded: Rows whose id lacks leading zeros of its picture's name: the id, and the file.
        padded: Of a row whose id no picture is called: one that is but for leading zeros, though
            it may be meant by another row, or another such picture by this one.
    """

    file: WalkedFile
    table: Table
    column: str
    by_id: bool = False
    by_folder: bool = False
    paths: list[Path | None] = field(default_factory=list)
    further: list[list[Path]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    absent: list[tuple[int, str]] = field(default_factory=list)
    respelt: list[tuple[str, Path]] = field(default_factory=list)
    unpadded: list[tuple[str, Path]] = field(default_factory=list)
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


def columns_of_pictures(table: Table) -> list[str]:
    """The columns of which most cells are names or addresses of pictures, by their endings."""
    held = {
        name: [cell for cell in cells if cell is not None] for name, cells in table.columns.items()
    }
    return [
        name
        for name, cells in held.items()
        if cells and sum(bool(names_in(str(cell))) for cell in cells) * 2 >= len(cells)
    ]


def match_rows(rows: Rows, names: PictureNames) -> Rows:
    """Find the pictures of each row: by their very names, then by what those can only mean."""
    cells = texts_of(rows.cells, rows.table.is_text) if rows.by_id else rows.cells
    found = _find(cells, rows, names)
    if rows.by_id:
        _find_by_number(found, rows, names)
        _find_counted(found, names)
    for row, pictures in enumerate(found):
        here = [path for _, path in pictures if path is not None]
        if len(pictures) > 1 and here:
            rows.absent += [(row, name) for name, path in pictures if path is None]
        elif pictures and not here and not rows.by_id:
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
    # What no file can be called may have millions of letters, as a picture that is written out.
    ends = ends_of({name for pictures in found for name, _ in pictures if is_possible(name)})
    nears: dict[str, Path | None] = {}
    for pictures in found:
        for place, (name, path) in enumerate(pictures):
            if path is not None or not is_possible(name):
                continue
            # What another row has found by this name is taken, and still what it means.
            key = name.casefold()
            if key not in nears:
                nears[key] = names.nearly(name, rows.folder, taken, ends)
            if (near := nears[key]) is not None:
                pictures[place] = (name, near)
                taken.add(near)
                rows.respelt.append((name, near))
    return found


def _find_by_number(
    found: Sequence[list[tuple[str, Path | None]]], rows: Rows, names: PictureNames
) -> None:
    """Find the pictures of ids that lack the zeros before them, where one can only mean the other.

    Args:
        found: The id of each row and its picture, which is set here where it has none yet.
        rows: The rows, in which is noted what was found so, and what may be meant.
        names: The pictures of the folder.
    """
    taken = {path for pictures in found for _, path in pictures if path is not None}
    times = Counter(number_in(name) for pictures in found for name, _ in pictures)
    for row, pictures in enumerate(found):
        for place, (name, path) in enumerate(pictures):
            alike = names.but_for_zeros(name) if path is None else []
            if len(alike) == 1 and times[number_in(name)] == 1 and alike[0] not in taken:
                pictures[place] = (name, alike[0])
                rows.unpadded.append((name, alike[0]))
            elif padded := [other for other in alike if fold(other.stem) != fold(name)]:
                rows.padded[row] = padded[0]


def _find_counted(found: Sequence[list[tuple[str, Path | None]]], names: PictureNames) -> None:
    """Find the pictures called by an id and a number, unless they are what another id names.

    Args:
        found: The id of each row and its picture, beside which these are put.
        names: The pictures of the folder.
    """
    taken = {path for pictures in found for _, path in pictures if path is not None}
    for pictures in found:
        more: list[tuple[str, Path | None]] = [
            (name, path)
            for name, _ in pictures
            for path in names.counted(name)
            if path not in taken
        ]
        if more:
            pictures[:] = [one for one in pictures if one[1] is not None] + more


def with_further(rows: Rows, names: PictureNames) -> Rows:
    """Rows with the pictures that other columns name, such as ``back`` beside ``front``.

    Such a column names no other row's picture: one of what goes well with a thing does.
    """
    for column in columns_of_pictures(rows.table):
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
