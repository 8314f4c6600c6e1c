"""Reading: the moment that a text says, in the languages and forms of people and programs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from pipeline.dates.clocks import FEW, Clock, split_clock, split_zone
from pipeline.dates.names import MONTHS, NO_MEANING, WEEKDAYS, folded
from pipeline.dates.numbers import DAY_SECONDS

DAY_FIRST, MONTH_FIRST, EITHER_FIRST = "day", "month", "either"
YEAR_FIRST, DAY_OR_YEAR_FIRST = "year", "day or year"
LONGEST = 120
"""Characters of a text that may be a moment."""
_Days: TypeAlias = tuple[dt.date | None, dt.date | None, str]
"""The day if the day stands first and if the month or the year does, and which its numbers tell."""

_ALLOWED = re.compile(r"[\w\s.,:/'()\[\]-]*")
_GLUED = re.compile(r"([^\W\d_]+)\d")
"""Letters before a number, as those of sizes, of articles and of eras have."""
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_FULL = re.compile(r"(\d{4})(?:\s*[./:-]\s*|\s)(\d{1,2})(?:\s*[./:-]\s*|\s)(\d{1,2})")
_LAST = re.compile(
    r"(\d{1,2})(?:\s*(?P<mark>[./-])\s*|\s)(\d{1,2})(?:\s*[./-]\s*|,?\s)(\d{4}|\d\d)"
)
_BASIC = re.compile(r"\b(\d{8})[t ](\d\d)(\d\d)(\d\d)?(?=$|[z\s+.,-])")
"""A day and a time of it without marks, as in ``20240131T103000Z``."""
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_OF_XML = re.compile(r"(?<=\d-\d\d)(?:z|[+-]\d\d:\d\d)$|\s[a-z]+$")
"""A zone after a day alone."""


@dataclass(frozen=True)
class Moment:
    """A day, and a time of it where one is said.

    Attributes:
        seconds: Since 1970 in UTC. Where the day or the month may stand first, as in ``1/2/2020``,
            that of the day first.
        shift: How many days later it is if the month stands first, or the year; 0 where that is
            the same, or can only be the one or the other.
        first: What stands first, `DAY_FIRST`, `MONTH_FIRST` or, where either may, `EITHER_FIRST`,
            or `DAY_OR_YEAR_FIRST` as in ``24-01-31``; empty where the text does not have both as
            numbers with the year last.
        is_zoned: Whether it says its zone.
        is_day: Whether it says no zone and no other time than midnight.
    """

    seconds: int
    shift: int = 0
    first: str = ""
    is_zoned: bool = False
    is_day: bool = False


def read_moment(text: str) -> Moment | None:
    """Read a day, with or without a time of it; None for what no calendar has.

    Args:
        text: ISO 8601; or numbers, with the year first or last; or a month by its name, whole or
            shortened, in one of fifteen languages. The time may stand before or behind, with colons
            or dots, of the half of a day or of the whole, with a zone. Numbers alone are none.
    """
    if len(text) > LONGEST:
        return None
    text = _BASIC.sub(lambda d: f"{d[1]} {d[2]}:{d[3]}:{d[4] or '00'}", folded(text.strip()))
    whole = None, text
    # `13.01.24` alone is a day, and no time of one.
    return _moment(*(split_clock(text) or whole)) or _moment(*whole)


def _moment(clock: Clock | None, rest: str) -> Moment | None:
    """The moment of a time, None where none was found, and of what else its text says."""
    if clock is None:
        clock, rest = _without_clock(rest)
    day_first, other_first, first = _days(rest.strip(" ,.[]'"))
    day = day_first or other_first
    if day is None:
        return None
    local = (day.toordinal() - dt.date(1970, 1, 1).toordinal()) * DAY_SECONDS + clock.seconds
    shift = (other_first - day_first).days if day_first and other_first else 0
    is_day = clock == Clock(0)
    return Moment(local - _ahead(clock, local), shift, first, clock.zone is not None, is_day)


def _without_clock(text: str) -> tuple[Clock, str]:
    """The midnight that a day alone begins with, in its zone where it says one, and the rest."""
    if found := _OF_XML.search(text):
        zone, rest = split_zone(found[0])
        if zone is not None and not rest.strip():
            return Clock(0, zone), text[: found.start()]
    return Clock(0), text


def _ahead(clock: Clock, local: int) -> int:
    """The seconds that a clock is ahead of UTC at a time by itself."""
    if clock.zone is None or isinstance(clock.zone, int):
        return clock.zone or 0
    when = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=local)
    offset = clock.zone.utcoffset(when.replace(tzinfo=clock.zone))
    return 0 if offset is None else int(offset.total_seconds())


@lru_cache(maxsize=FEW)
def _days(text: str) -> _Days:
    """Which day a text without its time is."""
    glued = _GLUED.findall(text)
    if not _ALLOWED.fullmatch(text) or any(letters not in MONTHS for letters in glued):
        return None, None, ""
    parts = [part for part in _PARTS.findall(text) if part not in NO_MEANING]
    words = [part for part in parts if not part.isdecimal()]
    # Ahead stands the day of the week: `mar` is a Tuesday and a March.
    while words and parts[0] == words[0] and words[0] in WEEKDAYS:
        if words[0] in MONTHS and not (words[1:] or parts[3:]):
            break
        words, parts = words[1:], parts[1:]
    if not words:
        return _numbered(re.sub(r"[^\W\d_]+", " ", text).strip(" .,'()"))
    return _named(parts), None, ""


def _named(parts: list[str]) -> dt.date | None:
    """The day whose month has a name: ``13 Jan 2024``, ``January 13 2024``, ``2024 Jan 13``."""
    places = [place for place, part in enumerate(parts) if part in MONTHS]
    if len(parts) != 3 or len(places) != 1 or places[0] == 2:
        return None
    first, last = (part for place, part in enumerate(parts) if place != places[0])
    if len(first) == 4 and places[0] == 1:
        first, last = last, first
    if len(first) > 2 or len(last) not in {2, 4} or not (first + last).isdecimal():
        return None
    return _day(last, str(MONTHS[parts[places[0]]]), first)


def _numbered(text: str) -> _Days:
    """The day of a text of nothing but numbers; with dots the day is the first."""
    if found := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*found.groups()), None, ""
    found = _LAST.fullmatch(text)
    if found is None:
        return None, None, ""
    one, mark, two, year = found.groups()
    day_first = _day(year, two, one)
    month_first = None if mark == "." else _day(year, one, two)
    year_first = _day(one, two, year) if len(one + year) == 4 and mark != "." else None
    if day_first and year_first and not month_first:
        is_same = day_first == year_first
        return day_first, year_first, "" if is_same else DAY_OR_YEAR_FIRST
    if day_first == month_first or mark == ".":
        return day_first, None, ""
    if day_first and month_first:
        return day_first, month_first, EITHER_FIRST
    return day_first, month_first, DAY_FIRST if day_first else MONTH_FIRST


def _day(year: str, month: str, day: str) -> dt.date | None:
    """A day; None for one that no calendar has."""
    full = int(year)
    if len(year) == 2:  # from 1990 on
        full += 2000 if full < 90 else 1900
    try:
        return dt.date(full, int(month), int(day))
    except ValueError:
        return None
