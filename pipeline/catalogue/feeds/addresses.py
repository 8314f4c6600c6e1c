"""Addresses: the columns of a table that name pictures by where they lie on the web."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from pipeline.catalogue.found import Record
from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.catalogue.reading.matching import parts_of
from pipeline.catalogue.reading.tables import plain_name
from pipeline.catalogue.reading.walking import names_below, walk

_WEB = re.compile(r"(https?:)?//[^/\s]", re.IGNORECASE)
_BETWEEN = re.compile(r"""(?<![\s,;|])[\s,;|]++(?=["']?(?:https?:)?//)""", re.IGNORECASE)
_AROUND = " ,;|[]\"'"
"""What programs write around addresses, as around those of a list."""
_PICTURES = re.compile(r"image|picture|photo|img|bild|foto|thumbnail|^pics?(url|link)?[\d(]*")
"""In the names of columns of pictures, as `plain_name` writes them."""
_OF_OTHERS = re.compile(r"logo|icon|swatch|brand|vendor|category|chart|avatar|licen[cs]e")
"""In the names of those that show no product."""
_FURTHER = re.compile(r"^(additional|lifestyle|extra|other|more|second|alt|variant|gallery|back)")


def is_web(cell: str | None) -> bool:
    """Whether a cell holds an address of the web, with or without ``https:`` before it."""
    return cell is not None and _WEB.match(cell.lstrip(_AROUND)) is not None


def split_addresses(cell: str | None) -> list[str]:
    """The addresses of a cell, which may hold several, between commas, bars, blanks or lines."""
    plain = (cell or "").replace("&amp;", "&")  # as cells are that were cut out of HTML
    return [own for one in _BETWEEN.split(plain) if (own := one.strip(_AROUND))]


def is_picture(name: str, cell: str) -> bool:
    """Whether a cell is the address of a picture, by its column's name or by what it ends with."""
    return is_web(cell) and (_is_named(plain_name(name)) or _ends(cell))


def address_columns(columns: Mapping[str, Sequence[str | None]]) -> list[str]:
    """The columns whose cells are addresses of pictures, the main picture's first.

    Those are known by their names; where none is, by what the addresses end with, and where none
    does, the only column of addresses is taken.

    Args:
        columns: The cells of each.
    """
    of_addresses = {
        name: [cell for cell in cells if cell] for name, cells in columns.items() if _mostly(cells)
    }
    named = [name for name in of_addresses if _is_named(plain_name(name))]
    if named:
        return sorted(named, key=lambda name: bool(_FURTHER.match(plain_name(name))))
    ending = [
        name for name, cells in of_addresses.items() if sum(map(_ends, cells)) * 2 > len(cells)
    ]
    return ending or (list(of_addresses) if len(of_addresses) == 1 else [])


def is_elsewhere(path: Path, columns: Mapping[str, Sequence[str | None]]) -> bool:
    """Whether most of the pictures are not beside the table, as where they were downloaded."""
    addressed = {
        unquote(parts_of(address)[0]).casefold()
        for column in address_columns(columns)
        for cell in columns[column]
        for address in split_addresses(cell)
    }
    # A file stands for one of them: they may all be called `main.jpg`, each in another place.
    named = {posixpath.basename(path) for path in addressed}
    # By names alone that is told of most: a feed may lie in a folder of anything, as of downloads.
    if len(named.intersection(map(str.casefold, names_below(path.parent)))) * 2 < len(addressed):
        return True
    here = {file.path.name.casefold() for file in walk(path.parent, Record(), allow_outside=False)}
    return len(named & here) * 2 < len(addressed)


def _mostly(cells: Sequence[str | None]) -> bool:
    held = [cell for cell in cells if cell]
    return bool(held) and sum(map(is_web, held)) * 2 >= len(held)


def _is_named(plain: str) -> bool:
    return _PICTURES.search(plain) is not None and not _OF_OTHERS.search(plain)


def _ends(cell: str) -> bool:
    addresses = split_addresses(cell)
    return bool(addresses) and parts_of(addresses[0])[0].lower().endswith(tuple(PICTURE_ENDINGS))
