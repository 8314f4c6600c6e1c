"""Found: what a source holds, item by item, and what in it is no item, with the reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import datasets
import pyarrow as pa

from pipeline.errors import CatalogueError
from pipeline.ids import Ids

NO_PRODUCT = frozenset(("", "0", "-1", "0.0", "-1.0"))
"""What databases write for the product of an item that is no variant of another."""
BETWEEN = ", "
"""Between the values that the variants of an item have of one attribute."""
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)


class Why(StrEnum):
    """Why something in a source is no item."""

    SKIPPED = "skipped"
    """It should be one, and cannot: a bad row, a picture of a format that is not read."""
    WITHOUT_ROW = "without a row"
    """A picture that the table of its folder does not name."""
    OTHER = "other"
    """No picture: a text, a sheet of sales, a link that leads elsewhere."""
    SYSTEM = "system"
    """What systems and programs leave beside pictures, and what is hidden."""
    PICTURE = "picture"
    """One of the pictures that a row names, which cannot be had; counted as no row of its own."""


@dataclass(frozen=True)
class LeftOut:
    """A file or a row that is no item.

    Attributes:
        name: The path in the folder, or the table and the line.
        why: Which kind of thing it is.
        reason: What it is, and what to do where something can be done.
        is_file: Whether it is one of the files that are counted; a row of a table is none.
    """

    name: str
    why: Why
    reason: str
    is_file: bool = True


class Pictures(Protocol):
    """The undecoded pictures of a catalogue, one an item."""

    def __getitem__(self, row: int) -> bytes | Path:
        """The encoded picture of an item, or its file."""

    def select(self, rows: list[int]) -> Pictures:
        """Those of these rows only."""


@dataclass(frozen=True)
class PlainPictures:
    """Pictures as files, or held in memory."""

    sources: Sequence[bytes | Path]

    def __getitem__(self, row: int) -> bytes | Path:
        """The encoded picture of an item, or its file."""
        return self.sources[row]

    def select(self, rows: list[int]) -> PlainPictures:
        """Those of these rows only."""
        return PlainPictures([self.sources[row] for row in rows])


class StoredPictures:
    """Pictures in a memory-mapped table of `datasets`."""

    def __init__(self, dataset: datasets.Dataset, column: str) -> None:
        self._column = column
        undecoded = dataset.select_columns(column)
        self._cells = undecoded.cast_column(column, datasets.Image(decode=False))

    def __getitem__(self, row: int) -> bytes | Path:
        """The encoded picture of an item, or its file; empty where it has none."""
        cell = self._cells[row][self._column]
        if cell is None:
            return b""
        return cell["bytes"] if cell["bytes"] is not None else Path(cell["path"])

    def select(self, rows: list[int]) -> StoredPictures:
        """Those of these rows only."""
        chosen = object.__new__(StoredPictures)
        chosen._column, chosen._cells = self._column, self._cells.select(rows)
        return chosen


@dataclass(frozen=True)
class Found:
    """Everything that a source holds.

    Attributes:
        ids: The stable id of each item.
        pictures: The undecoded picture of each item.
        attributes: One row an item, one column an attribute.
        left_out: What is no item.
        notes: What was decided on the way, one sentence each, for people.
        files: How many of the items and of what is left out are files; the rest are rows.
        stamp: Changes when the files change that the items are made of.
        further: The other pictures of each item that has several; empty where none has.
        folded: How many rows are variants of an item that another row is of.
    """

    ids: Sequence[str]
    pictures: Pictures
    attributes: pa.Table
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    files: int = 0
    stamp: str = ""
    further: tuple[tuple[Path, ...], ...] = ()
    folded: int = 0


@dataclass
class Record:
    """What is noted while a source is read."""

    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def leave(self, name: str, why: Why, reason: str, is_file: bool = True) -> None:
        """Note something that is no item."""
        self.left_out.append(LeftOut(name, why, reason, is_file))


def stamp_of(files: Iterable[tuple[str, Path]]) -> str:
    """What changes when files change: a hash of their names, sizes and times, in their order.

    Args:
        files: What each is called in its source, and where it lies.
    """
    stats = ((name, file.stat()) for name, file in files)
    lines = (f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in stats)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def check_ids(source: str, ids: Ids) -> None:
    """Whether ids tell items apart.

    Raises:
        CatalogueError: If one comes more than once; up to three are named.
    """
    if ids.tell_apart():
        return
    seen: set[str] = set()
    twice = dict.fromkeys(one for one in ids if one in seen or seen.add(one))  # type: ignore[func-returns-value]
    raise not_apart(source, list(twice))


def is_rounded(text: str) -> bool:
    """Whether a text is how Excel saves a long number, such as an EAN: ``4,05E+12``."""
    return _ROUNDED.fullmatch(text) is not None


def not_apart(source: str, twice: Sequence[str]) -> CatalogueError:
    """The error of ids that come more than once; up to three are named."""
    first, *others = [f"'{one}'" for one in twice]
    also = f" (as {', '.join(others[:2])}{' and more' * (len(others) > 2)})" if others else ""
    mend = ", and Excel has rounded these: format their column as text there, and save it again"
    return CatalogueError(
        f"The catalogue '{source}' has the id {first} more than once{also}. Ids must tell items "
        f"apart{mend * any(map(is_rounded, twice))}."
    )
