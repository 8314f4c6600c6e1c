"""Clocks: the time of a day, and the zone beside it, wherever they stand in a text."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from pipeline.dates.names import AFTERNOON, NO_MEANING, ZONES, folded

FEW = 100_000
"""Different texts that are kept with what they mean: logs repeat their days and their hours."""
FARTHEST = 14 * 3600
"""Seconds that any zone is from UTC."""
_HALF = r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?|ص\b|م\b|[πμ]\.?μ\b\.?))?"
_AHEAD = r"(?:(?P<ahead>上午|午前|오전|下午|午後|오후|晚上)\s*)?"
_WITH_COLONS = re.compile(
    # Apache and nginx write a colon after the year.
    rf"(?:^|[\s,]|(?<=\d)t|(?<=/\d{{4}}):|(?=[上下午오晚])){_AHEAD}"
    r"(?P<hour>\d{1,2})\s?[:h]\s?(?P<minute>\d\d)"
    rf"(?:\s?(?::|m|min)\s?(?P<second>\d\d)(?:[.,:]\d+)?s?)?(?![\d:]){_HALF}"
)
_WITH_DOTS = re.compile(
    r"(?:^|\s)(?P<ahead>)(?P<hour>\d{1,2})\.(?P<minute>\d\d)"
    rf"(?:\.(?P<second>\d\d)(?:[.,]\d+)?)?(?![\d.,]){_HALF}"
)
"""As in Italy, in Denmark, and in Oracle's exports."""
_OFFSET = re.compile(
    r"\s*\(?(?:(?:gmt|utc)\s?(?P<short>[+-]\d)(?!\d)|"
    r"(?:gmt|utc)?\s?(?P<hours>[+-]\d\d)(?::?(?P<minutes>\d\d))?(?::?\d\d)?(?!\d))\)?"
    # What the zone is called beside, and Go's clock of the process.
    r"(?:\s*(?:\([^)]*\)|\[[^]]*\]|[a-z]{2,5}\b|[+-]\d\d(?:\d\d)?(?!\d)))?(?:\s*m=\S+)?"
)
_NAMED = re.compile(
    r"\s*[(\[]?(?P<name>[a-z]+(?:/[a-z_-]+(?:[+-]?\d+)?)*)[)\]]?(?![\w/])(?:\[[^]]*\])?"
)


@dataclass(frozen=True)
class Clock:
    """A time of the day.

    Attributes:
        seconds: Since midnight, by the clocks of its zone.
        zone: How many seconds that is ahead of UTC, or the place that tells it for a day; None
            where no zone is said.
    """

    seconds: int
    zone: int | zoneinfo.ZoneInfo | None = None


@lru_cache(maxsize=FEW)
def read_clock(text: str) -> Clock | None:
    """Read a text that is a time of the day and nothing else; None for what is none."""
    found = split_clock(folded(text).strip())
    if found is None or any(word not in NO_MEANING for word in re.findall(r"\w+", found[1])):
        return None
    return found[0]


def split_clock(text: str) -> tuple[Clock | None, str] | None:
    """Part a text into its time of the day and what is left.

    Args:
        text: In small letters, see `folded`.

    Returns:
        The time, None where there is none, and the rest; None for a time that no day has.
    """
    found = _WITH_COLONS.search(text) or _WITH_DOTS.search(text)
    if found is None:
        return None, text
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    # Programs write the half beside hours of the whole day as well.
    if hour <= 12 and (half := found["ahead"] or found["half"]):
        hour = hour % 12 + 12 * half.startswith(AFTERNOON)
    if hour > 23 or minute > 59 or second > 60:
        return None
    zone, rest = split_zone(text[found.end() :])
    return Clock(hour * 3600 + minute * 60 + second, zone), f"{text[: found.start()]} {rest}"


def split_zone(text: str) -> tuple[int | zoneinfo.ZoneInfo | None, str]:
    """Part what stands after a time into its zone, None where it says none, and the rest."""
    if found := _OFFSET.match(text):
        hours, minutes = found["short"] or found["hours"], int(found["minutes"] or 0)
        ahead = abs(int(hours)) * 3600 + minutes * 60
        if ahead <= FARTHEST:
            return (-ahead if hours.startswith("-") else ahead), text[found.end() :]
    found = _NAMED.match(text)
    zone = None if found is None else zone_called(found["name"])
    return (None, text) if found is None or zone is None else (zone, text[found.end() :])


def zone_called(name: str) -> int | zoneinfo.ZoneInfo | None:
    """The zone of a name in small letters, short or of a place; None for any other word."""
    if name in ZONES:
        return ZONES[name] * 3600
    place = _places().get(name) if "/" in name else None
    return None if place is None else zoneinfo.ZoneInfo(place)


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}
