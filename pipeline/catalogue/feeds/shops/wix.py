"""Wix: its product CSV, whose pictures are named without where they lie."""

from __future__ import annotations

import re

from pipeline.catalogue.feeds.products import Columns
from pipeline.letters import plain_name

PLACE = "https://static.wixstatic.com/media/"
"""Where Wix keeps the pictures of all its shops."""
_MARKS = frozenset(("handleid", "fieldtype", "productimageurl"))
_NAME = re.compile(r"[\w.\-]+~mv2[\w.\-]*", re.ASCII)
"""What it calls a picture, as ``b8f4d0_aa~mv2.jpg``."""


def with_whole_addresses(columns: Columns) -> Columns:
    """A feed whose pictures are named by whole addresses; only an export of Wix is changed."""
    if not set(map(plain_name, columns)) >= _MARKS:
        return columns
    return {
        name: list(map(_whole, cells)) if plain_name(name) == "productimageurl" else cells
        for name, cells in columns.items()
    }


def _whole(cell: str | None) -> str | None:
    if cell is None:
        return None
    names = (name.strip() for name in cell.split(";"))
    return ";".join(PLACE + name if _NAME.fullmatch(name) else name for name in names)
