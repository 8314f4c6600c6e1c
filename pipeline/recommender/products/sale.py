"""The sale: whether one is on, by the dates that a shop writes beside its price."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from pipeline.catalogue import BETWEEN
from pipeline.dates import (
    DAY_OR_YEAR_FIRST,
    DAY_SECONDS,
    FEW,
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
_MOST_PARTS = 1000
"""Of a text, between commas, that are tried as one date: where there are more, each is its own."""
_KEPT = 1024
"""Different texts that are kept with what they mean, since every request asks for it."""
_Halves: TypeAlias = Callable[[str], tuple[str, str]]
"""Parts a text into what a period begins and ends with, an empty text where it says none."""
_Span: TypeAlias = tuple[float, float]


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
    said = ((effective, _halves), (starts, _first), (ends, _last))
    spans = [_spans(text, halves) for text, halves in said if text]
    when = now.timestamp()
    if len(prices) > 1 and spans and all(len(each) == len(prices) for each in spans):
        paired = zip(prices, *spans, strict=True)
        return [price for price, *own in paired if _is_on(when, *([span] for span in own))]
    return [sales] if _is_on(when, *spans) else []


def _is_on(when: float, *columns: Sequence[_Span]) -> bool:
    return all(any(begins <= when < ends for begins, ends in spans) for spans in columns)


@lru_cache(maxsize=_KEPT)
def _spans(text: str, halves: _Halves) -> Sequence[_Span]:
    """From when until when each of the dates is that stand side by side in a text."""
    return [_span(*halves(part)) for part in _parted(text, halves)]


def _parted(text: str, halves: _Halves) -> list[str]:
    """The texts that stand side by side in one; commas within a date part nothing."""
    parts = text.split(BETWEEN)
    if len(parts) > _MOST_PARTS:
        return parts
    found, at = [], 0
    while at < len(parts):
        most = min(len(parts) - at, _MOST_COMMAS + 1)
        if all(_are_read(*halves(part)) for part in parts[at : at + 2]):
            most = 1
        joined = (BETWEEN.join(parts[at : at + n]) for n in range(most, 1, -1))
        found.append(next((one for one in joined if _are_read(*halves(one))), parts[at]))
        at += found[-1].count(BETWEEN) + 1
    return found


def _are_read(*halves: str) -> bool:
    """Whether all that is said of a period can be read."""
    said = [half for half in halves if half]
    return bool(said) and all(map(_readings, said))


def _halves(period: str) -> tuple[str, str]:
    """What a period begins and ends with; both empty where it is none."""
    halves = re.split(r" [-\u2013\u2014] ", period)
    halves = halves if len(halves) > 1 else period.split("/")
    return (halves[0], halves[1]) if len(halves) == 2 else ("", "")


def _first(date: str) -> tuple[str, str]:
    return date, ""


def _last(date: str) -> tuple[str, str]:
    return "", date


def _span(first: str, last: str) -> _Span:
    """From when until when it is by a first day and a last, in seconds since 1970."""
    begins, ends = _readings(first), _readings(last, DAY_SECONDS)
    return min(begins, default=-math.inf), max(ends, default=math.inf)


@lru_cache(maxsize=FEW)
def _readings(text: str, day: int = 0) -> list[int]:
    """What a date may be, in seconds since 1970, ``day`` added where it names no time of one."""
    text = in_plain_digits(text.strip())
    if _NUMBER.fullmatch(text):
        return _numbered(float(text), day)
    moment = read_moment(text)
    if moment is None or moment.seconds < FIRST:
        return []
    ends = moment.seconds + day * moment.is_day
    if moment.first == DAY_OR_YEAR_FIRST:  # between slashes hardly anybody has the year first
        return [ends] if "/" in text else []
    return [ends, ends + moment.shift * DAY_SECONDS]


def _numbered(number: float, day: int) -> list[int]:
    """The same of a number: of seconds or parts of them, or of a day, as workbooks count them."""
    seconds = int(from_numbers(np.array([number]))[0])
    if seconds == UNKNOWN and number.is_integer() and number < FIRST:
        seconds = int(day_numbers(np.array([int(number)]))[0])
    is_day = number < FIRST and seconds % DAY_SECONDS == 0
    return [] if seconds == UNKNOWN else [seconds + day * is_day]
