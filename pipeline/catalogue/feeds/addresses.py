"""Addresses: the columns of a table that name pictures by where they lie on the web."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.catalogue.reading.tables import plain_name

_WEB = re.compile(r"(https?:)?//[^/\s]", re.IGNORECASE)
_ANY = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;|]+(?=(?:https?:)?//)", re.IGNORECASE)
_PICTURES = re.compile(
    r"(main|primary|product|additional|lifestyle|extra|other|more|second|alt|variant|large)?"
    r"(image|picture|photo|img|pic|thumbnail)s?(url|link|src|address|uri|location|file|path)?s?\d*"
)


def is_web(cell: str | None) -> bool:
    """Whether a cell holds an address of the web, with or without ``https:`` before it."""
    return cell is not None and _WEB.match(cell) is not None


def split_addresses(cell: str | None) -> list[str]:
    """The addresses of a cell, which may hold several, between commas, bars, blanks or lines."""
    return [one.strip(" ,;|") for one in _BETWEEN.split(cell or "") if one.strip(" ,;|")]


def is_meant(cell: str | None) -> bool:
    """Whether a cell says where a picture lies, be it by an address that is not fetched."""
    return bool(cell) and (is_web(cell) or _ANY.match(cell or "") is not None)


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
    named = [name for name in of_addresses if _PICTURES.fullmatch(plain_name(name))]
    if named:
        return sorted(named, key=_is_further)
    ending = [
        name for name, cells in of_addresses.items() if sum(map(_ends, cells)) * 2 > len(cells)
    ]
    return ending or (list(of_addresses) if len(of_addresses) == 1 else [])


def _mostly(cells: Sequence[str | None]) -> bool:
    held = [cell for cell in cells if cell]
    return bool(held) and sum(map(is_web, held)) * 2 >= len(held)


def _is_further(name: str) -> bool:
    return (
        re.match(r"additional|lifestyle|extra|other|more|second|alt|variant", plain_name(name))
        is not None
    )


def _ends(cell: str) -> bool:
    path = urlsplit(split_addresses(cell)[0]).path.lower() if split_addresses(cell) else ""
    return path.endswith(tuple(PICTURE_ENDINGS))
