"""The sale: whether one is on, by the dates that a shop writes beside its price."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pipeline.catalogue import BETWEEN

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d([ T]00:00(:00)?)?")
"""Magento and others write the midnight that a day begins with, and mean the day."""
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})\b")
_UNIX = re.compile(r"\d{10}")


def is_running(now: datetime, effective: str, starts: str, ends: str) -> bool:
    """Whether a sale is on; a date that is none, or cannot be read, sets no end to it.

    Of several dates, as those of variants, any may hold. A time without a zone is one of UTC, and
    a day lasts until its midnight.

    Args:
        now: What time it is, with a zone.
        effective: When it begins and when it ends, a slash between, as in feeds for Google.
        starts: When it begins, where a column says that alone.
        ends: When it ends, likewise.
    """
    periods = [_halves(period) for period in effective.split(BETWEEN)]
    is_within = any(_is_between(first, last, now) for first, last in periods)
    begun = any(_is_between(first, "", now) for first in starts.split(BETWEEN))
    lasting = any(_is_between("", last, now) for last in ends.split(BETWEEN))
    return is_within and begun and lasting


def _halves(period: str) -> tuple[str, str]:
    """What a period begins and ends with; both empty where it is none."""
    halves = period.split(" - " if " - " in period else "/")
    return (halves[0], halves[1]) if len(halves) == 2 else ("", "")


def _is_between(first: str, last: str, now: datetime) -> bool:
    begins, ends = _read(first, timedelta()), _read(last, timedelta(days=1))
    return (begins is None or begins <= now) and (ends is None or now < ends)


def _read(text: str, day: timedelta) -> datetime | None:
    """A date, to which ``day`` is added where it names no time; None where it is none."""
    text = text.strip()
    try:
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(int(text), UTC)
        text = _GERMAN.sub(lambda d: f"{d[3]}-{int(d[2]):02}-{int(d[1]):02}", text)
        text = _YEAR_FIRST.sub(lambda d: f"{d[1]}-{int(d[2]):02}-{int(d[3]):02}", text)
        date = datetime.fromisoformat(text)
        date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        return date + day if _DAY.fullmatch(text) else date
    except (ValueError, OverflowError):
        return None
