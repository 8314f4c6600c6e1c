"""Numbers that are times: seconds since 1970 and parts of them, days, and days as they are read."""

from __future__ import annotations

import numpy as np

UNKNOWN = np.iinfo(np.int64).min
"""Stands for a time that cannot be read; NumPy's own sign for no time."""
FIRST, LAST = 631_152_000, 4_102_444_800
"""From 1990 to 2100: a number between is seconds, and so times a thousand, a million or a billion;
0 and 1970 are what exports write for a time that they do not know."""
WRITTEN = (1, 10**4, 10**6)
"""Numbers that are a day such as 20180920, or one and a time of it: as many times what a day is."""
YEARS = (19_900_101, 21_000_101)
"""Such days, the first and the last."""
SINCE_1970 = (7_305, 32_874)
"""Numbers between are days since 1970, from 1990 to 2060."""
SINCE_1900 = (32_874, 73_051)
"""Numbers between are days as workbooks count them, from 1990 to 2100: 25,569 of 1970."""
EPOCH_1900 = 25_569
DAY_SECONDS = 86_400


def from_numbers(numbers: np.ndarray) -> np.ndarray:
    """The times of numbers of any of the usual units, or of days such as 20180920.

    Args:
        numbers: ``(m,)`` float64, NaN for what is none.

    Returns:
        Seconds since 1970, ``(m,)`` int64; `UNKNOWN` for what is none. Whole numbers of days are
        none: see `day_numbers`.
    """
    seconds = np.full(len(numbers), UNKNOWN)
    for unit in (1, 1e3, 1e6, 1e9):
        fits = (numbers >= FIRST * unit) & (numbers <= LAST * unit)
        seconds[fits] = (numbers[fits] / unit).astype(np.int64)
    # A day and a part of it, which no place in an order is.
    parted = (numbers > SINCE_1970[0]) & (numbers < SINCE_1900[1]) & (numbers != np.floor(numbers))
    seconds[parted] = from_days(numbers[parted])
    for unit in WRITTEN:
        fits = (numbers >= YEARS[0] * unit) & (numbers < YEARS[1] * unit)
        fits &= numbers == np.floor(numbers)
        seconds[fits] = _as_written(numbers[fits].astype(np.int64) * (WRITTEN[-1] // unit))
    return seconds


def day_numbers(whole: np.ndarray) -> np.ndarray:
    """Seconds since 1970 of numbers of days, ``(m,)`` int64; `UNKNOWN` for what none is."""
    is_day = (whole >= SINCE_1970[0]) & (whole < SINCE_1900[1])
    return from_days(np.where(is_day, whole, UNKNOWN))


def from_days(days: np.ndarray) -> np.ndarray:
    """The same of numbers that are known to be of days, or `UNKNOWN`."""
    known = days != UNKNOWN
    since = np.where(days < SINCE_1900[0], days, days - EPOCH_1900)
    seconds = np.round(np.where(known, since, 0) * float(DAY_SECONDS))
    return np.where(known, seconds.astype(np.int64), UNKNOWN)


def _as_written(numbers: np.ndarray) -> np.ndarray:
    """Seconds since 1970 of such as 20180920103000; `UNKNOWN` for what no calendar has."""
    date, clock = numbers // 10**6, numbers % 10**6
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    good = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    good &= (hour < 24) & (minute < 60) & (second < 60)
    seconds = days.astype("datetime64[s]").astype(np.int64) + hour * 3600 + minute * 60 + second
    return np.where(good, seconds, UNKNOWN)
