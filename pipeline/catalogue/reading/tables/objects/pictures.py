"""Pictures: the addresses of an item's pictures, as servers list them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.letters import plain_name

_WEB = re.compile(r"(https?:)?//", re.IGNORECASE)
_PICTURES = re.compile(r"image|picture|photo|img|bild|foto|thumb|media|gallery")
"""In the names of what is a picture, as `plain_name` writes them."""
_ADDRESS = ("src", "url", "contenturl", "href", "link", "file", "filename", "path")
"""What its address is called, best first, as `plain_name` writes it."""
_LARGE = re.compile(r"full|orig|zoom|large|big|hires|master")
_SMALL = re.compile(r"thumb|small|tiny|mini|icon|preview|75x75|170x")


def pictures_in(name: str, value: object) -> str | None:
    """The names or addresses of pictures, one a line; None for anything else.

    Args:
        name: What the value is called.
        value: A list of them, or of objects with one each, or such an object. Of one that has the
            picture in several sizes, the largest is taken.
    """
    if isinstance(value, dict):
        return _in_object(name, value) or None
    if not isinstance(value, list) or not value:
        return None
    found = [one if _is_one(one) else _in_object(name, one) for one in value]
    return "\n".join(map(str, found)) if all(found) else None


def _is_one(value: object) -> bool:
    """Whether a value is the name or the address of a picture."""
    return isinstance(value, str) and (_is_file(value) or _WEB.match(value) is not None)


def _is_file(value: str) -> bool:
    return PurePosixPath(value.partition("?")[0].lower()).suffix in PICTURE_ENDINGS


def _in_object(name: str, value: object) -> str:
    """The address that an object of a picture has; empty where it is no such object."""
    if not isinstance(value, Mapping):
        return ""
    said = {plain_name(key): one for key, one in value.items() if _is_one(one)}
    if not _PICTURES.search(plain_name(name)):
        return next((said[key] for key in _ADDRESS if key in said and _is_file(said[key])), "")
    usual = next((said[key] for key in _ADDRESS if key in said), None)
    sizes = sorted(said, key=lambda key: (bool(_SMALL.search(key)), not _LARGE.search(key)))
    return usual or next((said[key] for key in sizes), "")
