"""The sale: whether one is on, by the dates that a shop writes beside its price."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.catalogue import BETWEEN

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d([ T]00:00(:00)?)?")
"""Magento and others write the midnight that a day begins with, and mean the day."""
_YEAR_LAST = re.compile(r"(\d{1,2})([./\-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
"""The day before the month or behind it; with dots the day is the first."""
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_HALF_DAY = re.compile(r",? +(\d{1,2}):(\d\d)((?::\d\d)?) ?([ap])\.?m\.?", re.IGNORECASE)
_UNIX = re.compile(r"\d{10}")


def running(now: datetime, sales: str, effective: str, starts: str, ends: str) -> list[str]:
    """Those of a product's sales that are on.

    A date that is none, or cannot be read, sets no end to one; one that may be read in two orders
    sets the later end and the earlier beginning. A time without a zone is one of UTC, and a day
    lasts until its midnight.

    Args:
        now: What time it is, with a zone.
        sales: The price of the sale, or those of variants' sales side by side: each then has its
            own dates, if these are as many. Else the prices are one, and of several dates any may
            hold.
        effective: When it begins and when it ends, a slash between, as in feeds for Google.
        starts: When it begins, where a column says that alone.
        ends: When it ends, likewise.
    """
    prices = sales.split(BETWEEN)
    dates = [date.split(BETWEEN) for date in (effective, starts, ends)]
    said = [date for date in dates if date != [""]]
    if len(prices) > 1 and said and all(len(date) == len(prices) for date in said):
        each = (date if date != [""] else date * len(prices) for date in dates)
        paired = zip(prices, *each, strict=True)
        return [price for price, *own in paired if _is_on(now, *([date] for date in own))]
    return [sales] if _is_on(now, *dates) else []


def _is_on(
    now: datetime, effective: Sequence[str], starts: Sequence[str], ends: Sequence[str]
) -> bool:
    is_within = any(_is_between(*_halves(period), now) for period in effective)
    begun = any(_is_between(first, "", now) for first in starts)
    return is_within and begun and any(_is_between("", last, now) for last in ends)


def _halves(period: str) -> tuple[str, str]:
    """What a period begins and ends with; both empty where it is none."""
    halves = period.split(" - " if " - " in period else "/")
    return (halves[0], halves[1]) if len(halves) == 2 else ("", "")


def _is_between(first: str, last: str, now: datetime) -> bool:
    begins, ends = _readings(first, timedelta()), _readings(last, timedelta(days=1))
    return (not begins or min(begins) <= now) and (not ends or now < max(ends))


def _readings(text: str, day: timedelta) -> list[datetime]:
    """What a date may be, ``day`` added where it names no time; empty where it is none."""
    text = _HALF_DAY.sub(_whole_day, text.strip())
    if _UNIX.fullmatch(text):
        return [datetime.fromtimestamp(int(text), UTC)]
    text = _YEAR_FIRST.sub(lambda d: f"{d[1]}-{int(d[2]):02}-{int(d[3]):02}", text)
    found = _YEAR_LAST.match(text)
    if found is None:
        return _read(text, day)
    year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
    orders = [(found[3], found[1])] + [(found[1], found[3])] * (found[2] != ".")
    rest = text[found.end() :]
    written = (f"{year}-{int(month):02}-{int(date):02}{rest}" for month, date in orders)
    return [reading for one in written for reading in _read(one, day)]


def _read(text: str, day: timedelta) -> list[datetime]:
    """A date as ISO 8601 writes it; empty where it is none."""
    try:
        date = datetime.fromisoformat(text)
        date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        return [date + day if _DAY.fullmatch(text) else date]
    except (ValueError, OverflowError):
        return []


def _whole_day(time: re.Match[str]) -> str:
    """A time of the half of a day as one of the whole."""
    hour = int(time[1]) % 12 + (12 if time[4] in "pP" else 0)
    return f" {hour:02}:{time[2]}{time[3]}"
