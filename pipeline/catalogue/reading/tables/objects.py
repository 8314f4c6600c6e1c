"""Objects: the rows of a table in JSON, one object a line, or a list of them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.errors import CatalogueError

_WEB = re.compile(r"(https?:)?//", re.IGNORECASE)
_ADDRESS = ("src", "url")
"""What shops call the address of one of a product's pictures, in a list of objects."""
MAX_NAMES = 2_000
_MAX_EMPTY = 10_000_000
"""Cells that hold nothing, where they are a hundred times as many as those that do."""


@dataclass
class Objects:
    """The objects of a file.

    Attributes:
        rows: Each object.
        numbers: The line, from 1, at which each begins, or of a list its place, from 1.
        bad: The numbers of what is none, and why.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, value: object) -> None:
        """Take what is an object; what is none is noted."""
        if isinstance(value, dict):
            self.rows.append(value)
            self.numbers.append(number)
        else:
            self.bad.append((number, "is no JSON object with a name for each value"))


def read_lines(text: str) -> Objects:
    """The objects of a text with one a line."""
    objects = Objects()
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if line.strip():
            try:
                objects.take(number, json.loads(line))
            except (ValueError, RecursionError) as error:
                objects.bad.append((number, f"is no JSON ({error})"))
    return objects


def read_list(text: str) -> Objects:
    """The objects of a list, of the one list of objects that an object holds, or of an object.

    Those that an object holds by their ids have these as their ``id``, unless they have their own.

    Raises:
        ValueError: If there is no such list.
        RecursionError: If it is nested too deep.
    """
    whole = json.loads(text)
    if isinstance(whole, dict):
        lists = [one for one in whole.values() if isinstance(one, list) and _has_objects(one)]
        whole = lists[0] if len(lists) == 1 else _by_id(whole)
    if not isinstance(whole, list) or not _has_objects(whole):
        raise ValueError("it is no list of objects")
    objects = Objects()
    for number, value in enumerate(whole, start=1):
        objects.take(number, value)
    return objects


def _by_id(held: dict[str, object]) -> list[dict[str, object]] | None:
    """The objects that an object holds, with their ids; None where it is about a single thing."""
    if len(held) < 2 or not all(isinstance(value, dict) for value in held.values()):
        return None
    return [{"id": key, **value} for key, value in held.items() if isinstance(value, dict)]


def names_of(path: Path, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """The names under which objects hold values, each once: the columns of their table.

    Args:
        path: Their file.
        rows: The objects.

    Raises:
        CatalogueError: If they have so many names of their own that such a table is all but empty,
            and a thousand times as large as its file.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    held = sum(map(len, rows))
    if len(names) > MAX_NAMES or len(names) * len(rows) > _MAX_EMPTY + 100 * held:
        raise CatalogueError(
            f"The table '{path}' has {len(names):,} different names for what it says of "
            f"{len(rows):,} items, too many to be its columns. Give all items the same names, "
            f"{MAX_NAMES:,} at most."
        )
    return names


def join_pictures(value: object) -> object:
    """A list of names or addresses of pictures as one cell, one a line; else the value itself."""
    if isinstance(value, dict):
        return value.get("src", value) or None
    if not isinstance(value, list):
        return value
    # A product without pictures has an empty list, and some have an empty place in it.
    held = [one for one in value if one]
    named = [_named(one) for one in held]
    return ("\n".join(named) or None) if all(named) else value


def _named(value: object) -> str:
    """The name or address of a picture; empty for anything else."""
    if isinstance(value, dict):
        value = next((value[name] for name in _ADDRESS if name in value), "")
    if not isinstance(value, str):
        return ""
    is_picture = PurePosixPath(value.lower()).suffix in PICTURE_ENDINGS
    return value if is_picture or _WEB.match(value) else ""


def _has_objects(values: Iterable[object]) -> bool:
    return any(isinstance(value, dict) for value in values)
