"""Plain text: what a cell says to people, where a shop writes it in HTML."""

from __future__ import annotations

import html
import re

_BLOCKS = re.compile(r"</?(p|div|br|li|ul|ol|tr|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_ENTITIES = re.compile(r"&(#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
"""What is not closed is hidden to the end, as browsers do (HTML, *Tokenization*)."""


def without_markup(text: str) -> str:
    """A text as people read it, where it is written in HTML or has but its ``&amp;``."""
    if not _TAGS.search(text):
        return _unescaped(text)
    plain = _TAGS.sub("", _BLOCKS.sub("\n", _HIDDEN.sub("", text)))
    lines = (" ".join(line.split()) for line in _unescaped(plain).splitlines())
    return "\n".join(line for line in lines if line)


def _unescaped(text: str) -> str:
    """A text with its entities as letters; Python fails on those of thousands of digits."""
    return _ENTITIES.sub(lambda found: html.unescape(found[0]), text)
