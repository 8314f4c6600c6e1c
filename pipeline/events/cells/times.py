"""Times: when events happened, in whichever of the usual ways an export writes that."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.events.cells.clocks import CLOCK, Clocks, clock_seconds
from pipeline.events.cells.texts import different_texts

UNKNOWN = np.iinfo(np.int64).min
"""Stands for a time that cannot be read."""
FIRST, LAST = 631_152_000, 4_102_444_800
"""From 1990 to 2100: a number between is seconds, and so times a thousand, a million or a billion;
0 and 1970 are what exports write for a time that they do not know."""
WRITTEN = {"%Y%m%d": 1, "%Y%m%d%H%M": 10**4, "%Y%m%d%H%M%S": 10**6}
"""Numbers that are a day such as 20180920, or one and a time of it: as many times what a day is."""
YEARS = (19_900_101, 21_000_101)
"""Such days, the first and the last."""
SINCE_1970 = (7_305, 32_874)
"""Numbers between are days since 1970, from 1990 to 2060."""
SINCE_1900 = (32_874, 73_051)
"""Numbers between are days as workbooks count them, from 1990 to 2100: 25,569 of 1970."""
EPOCH_1900 = 25_569
DAY_SECONDS = 86_400
MAX_ORDER = 10_000_000
"""Numbers below are no time of any clock, but places in an order."""
ZONES = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WET"), "Z"),
    **dict.fromkeys(("CET", "BST", "WEST"), "+01:00"),
    **dict.fromkeys(("CEST", "EET"), "+02:00"),
    **dict.fromkeys(("EEST", "MSK"), "+03:00"),
    **{"EDT": "-04:00", "EST": "-05:00", "CDT": "-05:00", "CST": "-06:00", "MDT": "-06:00"},
    **{"MST": "-07:00", "PDT": "-07:00", "PST": "-08:00", "JST": "+09:00"},
}
"""Zones by their short names: Europe's, those of RFC 5322, Japan's. Others are of several."""
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = (
    r"^(?:[A-Za-z]{2,9}\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/-](?P<month>[A-Za-z]{3})"
    r"[a-z]*\.?,?[\s/-](?P<year>\d{4})(?=\D|$)",
    r"^(?:[A-Za-z]{2,9}\.?,?\s+)?(?P<month>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r",?\s+(?P<year>\d{4})(?=\D|$)",
)
"""Days whose month has a name: ``13 Jan 2024``, ``Sat, 13-Jan-2024``, ``January 13th, 2024``."""

_DATED = (
    r"^(?:(?P<full>\d{4})[./-](?P<full_month>\d{1,2})[./-](?P<full_day>\d{1,2})|"
    r"(?P<one>\d{1,2})(?P<mark>[./ -])(?P<two>\d{1,2})(?:[./-]|,?\s)(?P<year>\d{4}|\d{2}))"
    rf"(?:(?:,?\s+|T){CLOCK})?$"
)
DAY_FIRST, MONTH_FIRST, EITHER_FIRST = "day", "month", "either"


@dataclass(frozen=True)
class Times:
    """The times of some events.

    Attributes:
        seconds: Since 1970 in UTC, ``(m,)`` int64; `UNKNOWN` where one cannot be read. Where the
            day or the month may stand first, as in ``1/2/2020``, that of the day first.
        small: Those that are whole numbers below `MAX_ORDER`, ``(m,)`` int64; else `UNKNOWN`.
        shift: How many days later it is if the month stands first, ``(m,)`` int16; 0 where that is
            the same, or can only be the one or the other.
        firsts: By what stands first, `DAY_FIRST`, `MONTH_FIRST` or, where either may,
            `EITHER_FIRST`, the place of the first such event.
        zoned: How many say their zone.
        zoneless: How many do not, and are taken for UTC.
    """

    seconds: np.ndarray
    small: np.ndarray
    shift: np.ndarray
    firsts: dict[str, int] = field(default_factory=dict)
    zoned: int = 0
    zoneless: int = 0


def read_times(column: pa.Array, days: pa.Array | None, clocks: Clocks) -> Times:
    """Read a column of times: timestamps, days, numbers since 1970, or texts of any of these.

    Texts are ISO 8601, with or without a zone, days with the year last and a time after it, or a
    number; one that says no zone is UTC.

    Args:
        column: The times, which may be times of the day where there are days.
        days: The days beside them, if they stand apart.
        clocks: Reads the times of the day.
    """
    times = _from_column(column)
    return times if days is None else _joined(times, _from_column(days), *clocks.read(column))


def _from_column(column: pa.Array) -> Times:
    kind = column.type
    none = np.zeros(len(column), dtype=np.int16)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        whole = pc.cast(
            pc.cast(column, pa.timestamp("us", tz=getattr(kind, "tz", None))), pa.int64()
        )
        seconds = np.array(whole.fill_null(int(UNKNOWN)), dtype=np.int64)
        known = seconds != UNKNOWN
        seconds[known] //= 1_000_000
        seconds[seconds < FIRST] = UNKNOWN
        count = int((seconds != UNKNOWN).sum())
        is_zoned = getattr(kind, "tz", None) is not None
        small = np.full(len(seconds), UNKNOWN)
        return Times(seconds, small, none, {}, count * is_zoned, count * (not is_zoned))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = np.asarray(pc.cast(column, pa.float64(), safe=False).fill_null(np.nan))
        return Times(_from_numbers(numbers), _small(numbers), none)
    return _from_texts(pc.cast(column, pa.string()))


def _joined(times: Times, days: Times, clocks: np.ndarray, is_zoned: np.ndarray) -> Times:
    """Times of the day with their days; whole times stay as they are."""
    day = np.where(days.seconds != UNKNOWN, days.seconds, _serial(days.small))
    is_clock = ~np.isnan(clocks) & (times.seconds == UNKNOWN)
    whole = is_clock & (day != UNKNOWN)
    seconds = times.seconds.copy()
    seconds[whole] = (day - day % DAY_SECONDS)[whole] + clocks[whole].astype(np.int64)
    zoned = int((whole & is_zoned).sum())
    return Times(
        seconds,
        # A time of the day alone is no place in an order.
        np.where(is_clock, UNKNOWN, times.small),
        np.where(whole, days.shift, times.shift),
        times.firsts | (days.firsts if whole.any() else {}),
        times.zoned + zoned,
        times.zoneless + int(whole.sum()) - zoned,
    )


def _from_texts(column: pa.Array) -> Times:
    """Each different text is read once."""
    texts, codes = different_texts(column)
    # A comma parts the decimals of a workbook's days in half of Europe's exports.
    plain = texts.str.replace(r"^(\d+),(\d+)$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    seconds, small = _from_numbers(numbers), _small(numbers)
    shift, first = np.zeros(len(texts), np.int16), np.full(len(texts), "", dtype=object)
    rest = np.flatnonzero(np.isnan(numbers))
    named = _with_zones(texts.iloc[rest])
    seconds[rest] = _seconds(pd.to_datetime(named, format="ISO8601", utc=True, errors="coerce"))
    has_zone = np.zeros(len(texts), dtype=bool)
    has_zone[rest] = named.str.contains(r":.*(?:Z|[+-]\d\d:?\d\d|[+-]\d\d)$", regex=True)
    left = seconds[rest] == UNKNOWN
    odd = rest[left]
    if len(odd):
        seconds[odd], shift[odd], first[odd] = _from_dated(named[left])
    seconds[seconds < FIRST] = UNKNOWN
    firsts = {
        one: int(np.flatnonzero((first == one)[codes])[0])
        for one in (DAY_FIRST, MONTH_FIRST, EITHER_FIRST)
        if (first == one).any()
    }
    found = seconds[codes]
    is_text = np.isnan(numbers)[codes] & (found != UNKNOWN)
    zoned = int((is_text & has_zone[codes]).sum())
    return Times(found, small[codes], shift[codes], firsts, zoned, int(is_text.sum()) - zoned)


def _with_zones(texts: pd.Series) -> pd.Series:
    """Texts whose zone is a number, as of ``2019-10-01 00:00:00 UTC`` that BigQuery writes."""

    def number(match: re.Match[str]) -> str:
        return ZONES.get(match[1].upper(), match[0])

    # Java names the place of a zone that it has said as a number.
    plain = texts.str.replace(r"(Z|[+-]\d\d:?\d\d)\[[^\]]+\]$", r"\1", regex=True)
    return plain.str.replace(r"(?<=[\d\sMm.])\s*\(?([A-Za-z]{1,4})\)?$", number, regex=True)


def _from_dated(texts: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The seconds, shift (see `Times`) and what stands first of days with the year last."""

    def by_number(match: re.Match[str]) -> str:
        name = match["month"].casefold()
        if name not in MONTHS:
            return match[0]
        return f"{match['year']}-{MONTHS.index(name) + 1}-{match['day']}"

    if texts.str.contains(r"[A-Za-z]{3}", regex=True).any():
        for pattern in _NAMED:
            texts = texts.str.replace(pattern, by_number, regex=True)
    parts = texts.str.extract(_DATED)
    has_clock = parts["hour"].notna().to_numpy()
    clock = np.where(has_clock, clock_seconds(parts), 0)
    full = _days(parts["full"], parts["full_month"], parts["full_day"])
    day_first = _days(parts["year"], parts["two"], parts["one"])
    month_first = _days(parts["year"], parts["one"], parts["two"])
    month_first[(parts["mark"] == ".").to_numpy()] = UNKNOWN
    day = np.maximum(full, np.where(day_first != UNKNOWN, day_first, month_first))
    known = (day != UNKNOWN) & ~np.isnan(clock)
    seconds = np.where(known, day + np.nan_to_num(clock).astype(np.int64), UNKNOWN)
    both = known & (day_first != UNKNOWN) & (month_first != UNKNOWN)
    shift = (np.where(both, month_first - day_first, 0) // DAY_SECONDS).astype(np.int16)
    first = np.full(len(texts), "", dtype=object)
    first[known & ~both & (day_first != UNKNOWN) & (parts["mark"] != ".").to_numpy()] = DAY_FIRST
    first[known & ~both & (month_first != UNKNOWN)] = MONTH_FIRST
    first[shift != 0] = EITHER_FIRST
    return seconds, shift, first


def _days(year: pd.Series, month: pd.Series, day: pd.Series) -> np.ndarray:
    """Seconds since 1970 of days; `UNKNOWN` for those that no calendar has."""
    years = pd.to_numeric(year)
    # Of two digits: from 1990 on.
    years += np.where(years < 90, 2000, np.where(years < 100, 1900, 0))
    parts = {"year": years, "month": pd.to_numeric(month), "day": pd.to_numeric(day)}
    return _seconds(pd.to_datetime(pd.DataFrame(parts), errors="coerce", utc=True))


def _seconds(read: pd.Series) -> np.ndarray:
    """Seconds since 1970, ``(m,)`` int64; NumPy's own sign for no time is `UNKNOWN`."""
    seconds: np.ndarray = read.to_numpy(dtype="datetime64[s]").view(np.int64).copy()
    return seconds


def _from_numbers(numbers: np.ndarray) -> np.ndarray:
    """Seconds since 1970, of numbers of any of the usual units, or of days such as 20180920."""
    seconds = np.full(len(numbers), UNKNOWN)
    for unit in (1, 1e3, 1e6, 1e9):
        fits = (numbers >= FIRST * unit) & (numbers <= LAST * unit)
        seconds[fits] = (numbers[fits] / unit).astype(np.int64)
    # A day and a part of it, which no place in an order is.
    parted = (numbers > SINCE_1970[0]) & (numbers < SINCE_1900[1]) & (numbers != np.floor(numbers))
    seconds[parted] = _from_days(numbers[parted])
    for form, unit in WRITTEN.items():
        fits = (numbers >= YEARS[0] * unit) & (numbers < YEARS[1] * unit)
        fits &= numbers == np.floor(numbers)
        if fits.any():
            texts = pd.Series(numbers[fits].astype(np.int64)).astype(str)
            seconds[fits] = _seconds(pd.to_datetime(texts, format=form, errors="coerce", utc=True))
    return seconds


def read_days(small: np.ndarray) -> np.ndarray | None:
    """Seconds since 1970 of numbers of days; None where they are none, but places in an order.

    Args:
        small: See `Times`; of a whole log, since only all of its numbers tell what they are.
    """
    known = small[small != UNKNOWN]
    if not len(known) or (_serial(known) == UNKNOWN).any():
        return None
    return _from_days(small)


def _serial(small: np.ndarray) -> np.ndarray:
    """Seconds since 1970 of numbers of days; `UNKNOWN` for what none is."""
    is_day = (small >= SINCE_1970[0]) & (small < SINCE_1900[1])
    return _from_days(np.where(is_day, small, UNKNOWN))


def _from_days(days: np.ndarray) -> np.ndarray:
    known = days != UNKNOWN
    since = np.where(days < SINCE_1900[0], days, days - EPOCH_1900)
    seconds = np.round(np.where(known, since, 0) * float(DAY_SECONDS))
    return np.where(known, seconds.astype(np.int64), UNKNOWN)


def _small(numbers: np.ndarray) -> np.ndarray:
    small = np.full(len(numbers), UNKNOWN)
    fits = (numbers >= 0) & (numbers < MAX_ORDER) & (numbers == np.floor(numbers))
    small[fits] = numbers[fits].astype(np.int64)
    return small
