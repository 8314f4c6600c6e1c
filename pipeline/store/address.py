"""Addresses of object storage, told from folders and from names of the hub."""

from __future__ import annotations

import re
from pathlib import Path

_STORED = re.compile(r"(?P<scheme>s3|gs|hf)://(?P<place>.*)", re.IGNORECASE | re.DOTALL)
_SECRET = re.compile(r"[^/@]*@")


def is_stored(name: str | Path) -> bool:
    """Whether a name is an address of object storage."""
    return _STORED.fullmatch(str(name)) is not None


def scheme_of(name: str) -> str:
    """The scheme of such an address, in small letters."""
    found = _STORED.fullmatch(name)
    return found["scheme"].lower() if found else ""


def place_of(name: str) -> str:
    """The bucket and the path in it, without slashes at the ends."""
    found = _STORED.fullmatch(name)
    return found["place"].strip("/") if found else ""


def shown(name: str) -> str:
    """An address as it may be shown and kept: without the secret that some write before the ``@``.

    A revision of the hub stands behind its ``@``: ``hf://datasets/owner/name@main``.
    """
    scheme, place = scheme_of(name), place_of(name)
    return f"{scheme}://{place if scheme == 'hf' else _SECRET.sub('', place, count=1)}"
