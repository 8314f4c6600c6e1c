"""The sale: whether one is on, by the dates that a shop writes beside its price."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from pipeline.catalogue import BETWEEN
from pipeline.dates import (
    DAY_SECONDS,
    FIRST,
    UNKNOWN,
    day_numbers,
    from_numbers,
    in_plain_digits,
    read_moment,
)

_NUMBER = re.compile(r"\d+(\.\d+)?")
_MOST_COMMAS = 7
"""That a period may have within it: ``Wednesday, January 1, 2020, 10:30`` has three."""


def running(now: datetime, sales: str, effective: str, starts: str, ends: str) -> list[str]:
    """Those of a product's sales that are on.

    A date that is none, cannot be read, or is of before 1990, as programs write that they know
    none, sets no end to one; one that may be read in two orders sets the later end and the earlier
    beginning. A time without a zone is one of UTC, and a day lasts until its midnight, one that is
    written with the midnight that it begins with as well.

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
    periods = _parted(effective, lambda text: all(map(_readings, _halves(text))))
    dates = [periods, _parted(starts, _readings), _parted(ends, _readings)]
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


def _parted(text: str, is_such: Callable[[str], object]) -> list[str]:
    """The texts that stand side by side in one; commas within one that is such part nothing."""
    parts, found = text.split(BETWEEN), []
    while parts:
        most = min(len(parts), _MOST_COMMAS + 1)
        joined = (n for n in range(most, 1, -1) if is_such(BETWEEN.join(parts[:n])))
        end = next(joined, 1)
        found.append(BETWEEN.join(parts[:end]))
        del parts[:end]
    return found


def _halves(period: str) -> tuple[str, str]:
    """What a period begins and ends with; both empty where it is none."""
    halves = re.split(r" [-\u2013\u2014] ", period)
    halves = halves if len(halves) > 1 else period.split("/")
    return (halves[0], halves[1]) if len(halves) == 2 else ("", "")


def _is_between(first: str, last: str, now: datetime) -> bool:
    begins, ends = _readings(first), _readings(last, DAY_SECONDS)
    when = now.timestamp()
    return (not begins or min(begins) <= when) and (not ends or when < max(ends))


def _readings(text: str, day: int = 0) -> list[int]:
    """What a date may be, in seconds since 1970, ``day`` added where it names no time of one."""
    text = in_plain_digits(text.strip())
    if _NUMBER.fullmatch(text):
        return _numbered(float(text), day)
    moment = read_moment(text)
    if moment is None or moment.seconds < FIRST:
        return []
    ends = moment.seconds + day * moment.is_day
    return [ends, ends + moment.shift * DAY_SECONDS]


def _numbered(number: float, day: int) -> list[int]:
    """The same of a number: of seconds or parts of them, or of a day, as workbooks count them."""
    seconds = int(from_numbers(np.array([number]))[0])
    if seconds == UNKNOWN and number.is_integer() and number < FIRST:
        seconds = int(day_numbers(np.array([int(number)]))[0])
    is_day = number < FIRST and seconds % DAY_SECONDS == 0
    return [] if seconds == UNKNOWN else [seconds + day * is_day]
