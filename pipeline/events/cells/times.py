"""Times: when events happened, in whichever of the usual ways an export writes that."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import (
    DAY_FIRST,
    DAY_OR_YEAR_FIRST,
    DAY_SECONDS,
    EITHER_FIRST,
    FIRST,
    MONTH_FIRST,
    UNKNOWN,
    YEAR_FIRST,
    day_numbers,
    from_days,
    from_numbers,
    read_moment,
)
from pipeline.events.cells.clocks import Clocks
from pipeline.events.cells.texts import different_texts

MAX_ORDER = 10_000_000
"""Numbers below are no time of any clock, but places in an order."""
PARTS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""Of a second, by what parquet calls them."""
TIMES_FEWER = 3
"""As many years at least has a reading of days that takes the days of a month for years."""
_OF_BIGQUERY = r"(?<=\d\d:\d\d) UTC$"
"""How it ends what is ISO 8601 else, in logs of which each row has a time of its own."""


@dataclass(frozen=True)
class Times:
    """The times of some events.

    Attributes:
        seconds: Since 1970 in UTC, ``(m,)`` int64; `UNKNOWN` where one cannot be read. Where the
            day or the month may stand first, as in ``1/2/2020``, that of the day first.
        small: Those that are whole numbers below `MAX_ORDER`, ``(m,)`` int64; else `UNKNOWN`.
        shift: How many days later it is if the month stands first, or the year, ``(m,)`` int16; 0
            where that is the same, or can only be the one or the other.
        firsts: By what stands first, `DAY_FIRST`, `MONTH_FIRST` or, where either may,
            `EITHER_FIRST` or `DAY_OR_YEAR_FIRST`, the place of the first such event.
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

    Texts are ISO 8601, what `read_moment` reads, or a number; one that says no zone is UTC.

    Args:
        column: The times, which may be times of the day where there are days.
        days: The days beside them, if they stand apart.
        clocks: Reads the times of the day.
    """
    times = _from_column(column)
    return times if days is None else _joined(times, _from_column(days), *clocks.read(column))


def _from_column(column: pa.Array) -> Times:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    none = np.zeros(len(column), dtype=np.int16)
    if pa.types.is_date(kind):
        column = pc.cast(column, pa.timestamp("ms"))
        kind = column.type
    if pa.types.is_timestamp(kind):
        whole = pc.cast(column, pa.int64()).fill_null(int(UNKNOWN))
        seconds = np.array(whole, dtype=np.int64)
        known = seconds != UNKNOWN
        seconds[known] //= PARTS[kind.unit]
        seconds[seconds < FIRST] = UNKNOWN
        count = int((seconds != UNKNOWN).sum())
        small = np.full(len(seconds), UNKNOWN)
        is_zoned = kind.tz is not None
        return Times(seconds, small, none, {}, count * is_zoned, count * (not is_zoned))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = np.asarray(pc.cast(column, pa.float64(), safe=False).fill_null(np.nan))
        return Times(from_numbers(numbers), _small(numbers), none)
    return _from_texts(pc.cast(column, pa.string()))


def _joined(times: Times, days: Times, clocks: np.ndarray, is_zoned: np.ndarray) -> Times:
    """Times of the day with their days; whole times stay as they are."""
    day = np.where(days.seconds != UNKNOWN, days.seconds, day_numbers(days.small))
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
    seconds, small = from_numbers(numbers), _small(numbers)
    rest = np.flatnonzero(np.isnan(numbers))
    written = texts.iloc[rest].str.replace(_OF_BIGQUERY, "Z", regex=True)
    seconds[rest] = _seconds(pd.to_datetime(written, format="ISO8601", utc=True, errors="coerce"))
    has_zone = np.zeros(len(texts), dtype=bool)
    has_zone[rest] = written.str.contains(r":.*(?:Z|[+-]\d\d:?\d\d|[+-]\d\d)$", regex=True)
    shift, first = np.zeros(len(texts), np.int16), np.full(len(texts), "", dtype=object)
    left = rest[seconds[rest] == UNKNOWN]
    for place, text in zip(left.tolist(), texts.iloc[left].tolist(), strict=True):
        if (moment := read_moment(text)) is not None:
            seconds[place], shift[place], first[place] = moment.seconds, moment.shift, moment.first
            has_zone[place] = moment.is_zoned
    seconds[seconds < FIRST] = UNKNOWN
    firsts = {
        one: int(np.flatnonzero((first == one)[codes])[0])
        for one in (DAY_FIRST, MONTH_FIRST, EITHER_FIRST, DAY_OR_YEAR_FIRST)
        if (first == one).any()
    }
    found = seconds[codes]
    is_text = np.isnan(numbers)[codes] & (found != UNKNOWN)
    zoned = int((is_text & has_zone[codes]).sum())
    return Times(found, small[codes], shift[codes], firsts, zoned, int(is_text.sum()) - zoned)


def _seconds(read: pd.Series) -> np.ndarray:
    """Seconds since 1970, ``(m,)`` int64; NumPy's own sign for no time is `UNKNOWN`."""
    seconds: np.ndarray = read.to_numpy(dtype="datetime64[s]").view(np.int64).copy()
    return seconds


def read_days(small: np.ndarray) -> np.ndarray | None:
    """Seconds since 1970 of numbers of days; None where they are none, but places in an order.

    Args:
        small: See `Times`; of a whole log, since only all of its numbers tell what they are.
    """
    known = small[small != UNKNOWN]
    if not len(known) or (day_numbers(known) == UNKNOWN).any():
        return None
    return from_days(small)


def day_or_year(seconds: np.ndarray, shift: np.ndarray, latest: int) -> str:
    """What stands first in days such as ``24-01-31``: the one of which not most are to come.

    Where that is both, it is `YEAR_FIRST` if that makes few years of them and the other many,
    `DAY_FIRST` where it is the other way round, and `DAY_OR_YEAR_FIRST` where neither is.

    Args:
        seconds: See `Times`; of a whole log, since only all of its days tell.
        shift: Likewise.
        latest: The latest time that is none to come.
    """
    either = shift != 0
    readings = seconds[either], seconds[either] + shift[either] * np.int64(DAY_SECONDS)
    day_years, year_years = (len(np.unique(_years(reading))) for reading in readings)
    is_day, is_year = (np.mean(reading <= latest) >= 0.5 for reading in readings)
    if is_day and is_year:
        is_day, is_year = (
            TIMES_FEWER * day_years <= year_years,
            TIMES_FEWER * year_years <= day_years,
        )
    return DAY_OR_YEAR_FIRST if is_day == is_year else DAY_FIRST if is_day else YEAR_FIRST


def _years(seconds: np.ndarray) -> np.ndarray:
    return seconds.astype("datetime64[s]").astype("datetime64[Y]")


def _small(numbers: np.ndarray) -> np.ndarray:
    small = np.full(len(numbers), UNKNOWN)
    fits = (numbers >= 0) & (numbers < MAX_ORDER) & (numbers == np.floor(numbers))
    small[fits] = numbers[fits].astype(np.int64)
    return small
