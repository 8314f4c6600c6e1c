"""Saying: what was sent, again in an error, and names as people write them."""

from __future__ import annotations

import re

SHOWN = 60
"""Characters of what was sent that are said again."""
_HUMP = re.compile(r"([a-z])([A-Z])")


def shown(value: object) -> str:
    """What was sent, as errors say it again: on one line, a text in quotes, a long one cut."""
    try:
        text = " ".join(str(value).split())
    except ValueError:  # more digits than Python writes
        return "a number of thousands of digits"
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"'{text}'" if isinstance(value, str) else text


def spaced(name: str) -> str:
    """The name of an attribute as people write it: *base colour* for ``baseColour``."""
    return _HUMP.sub(r"\1 \2", name).replace("_", " ").lower()
