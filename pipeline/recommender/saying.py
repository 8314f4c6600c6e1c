"""What was sent, said again in an error."""

from __future__ import annotations

SHOWN = 60
"""Characters of what was sent that are said again."""


def shown(value: object) -> str:
    """What was sent, as errors say it again: on one line, a text in quotes, a long one cut."""
    try:
        text = " ".join(str(value).split())
    except ValueError:  # more digits than Python writes
        return "a number of thousands of digits"
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"'{text}'" if isinstance(value, str) else text
