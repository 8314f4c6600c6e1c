"""Letters: a text without what nobody sees in it, and with nothing that no file takes."""

from __future__ import annotations

import re

Cell = str | int | float | bool | None
"""What a table says in one place; ``None`` where it says nothing."""
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
)
"""Of Unicode's format characters (Cf), those without a sign: marks of order and direction, soft
hyphens, blanks of no width. Not the joiners, which make other letters and emoji."""
_ANYWHERE = re.compile(f"[{_UNSEEN}]")
_EDGES = re.compile(rf"^[\s{_UNSEEN}]+|(?<![\s{_UNSEEN}])[\s{_UNSEEN}]++$")
"""A run of blanks is looked at from its start only: else its length would count squared."""


def stripped(text: str) -> str:
    """A text without blanks and what is not seen at its ends, as where tables were joined."""
    text = text.strip()
    return text if text.isascii() else _EDGES.sub("", text)


def without_unseen(text: str) -> str:
    """A text without what is not seen in it, to compare it by."""
    return text if text.isascii() else _ANYWHERE.sub("", text)


def whole_letters(text: str) -> str:
    """A text that any file takes: half a letter, which JSON can say, as it is said there."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
