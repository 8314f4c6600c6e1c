"""Words: the yes and the no of a cell, in the languages of shops."""

from __future__ import annotations

YES = frozenset(("true", "yes", "y", "1", "1.0", "on", "ja", "oui", "si", "sí", "sì", "sim", "tak"))
NO = frozenset(("false", "no", "n", "0", "0.0", "off", "nein", "non", "nee", "não", "nie", "ne"))


def is_yes(cell: str) -> bool:
    """Whether a cell says yes."""
    return cell.strip().casefold() in YES


def is_no(cell: str) -> bool:
    """Whether a cell says no."""
    return cell.strip().casefold() in NO
