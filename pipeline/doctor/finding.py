"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """``good``, ``poor`` where Lookalike works with less, ``bad`` where it does not."""

    GOOD = "good"
    POOR = "poor"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """How one part is.

    Attributes:
        part: What was examined.
        verdict: How it is.
        seen: What was seen there.
        advice: What to do; empty where nothing is to be done.
    """

    part: str
    verdict: Verdict
    seen: str
    advice: str = ""


def good(part: str, seen: str) -> Finding:
    """A part as it should be."""
    return Finding(part, Verdict.GOOD, seen)


def poor(part: str, seen: str, advice: str) -> Finding:
    """A part with which Lookalike works, with less than it could."""
    return Finding(part, Verdict.POOR, seen, advice)


def bad(part: str, seen: str, advice: str) -> Finding:
    """A part with which Lookalike does not work."""
    return Finding(part, Verdict.BAD, seen, advice)
