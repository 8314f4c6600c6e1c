"""Times: when events happened, in whichever of the usual ways an export writes that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

UNKNOWN = np.iinfo(np.int64).min
"""Stands for a time that cannot be read."""
FIRST, LAST = 631_152_000, 4_102_444_800
"""From 1990 to 2100: a number between is seconds, and so times a thousand, a million or a billion;
0 and 1970 are what exports write for a time that they do not know."""
DAYS = (19_900_101, 21_000_101)
"""Numbers between are days such as 20180920."""
SINCE_1970 = (7_305, 32_874)
"""Numbers between are days since 1970, from 1990 to 2060."""
SINCE_1900 = (32_874, 73_051)
"""Numbers between are days as workbooks count them, from 1990 to 2100: 25,569 of 1970."""
EPOCH_1900 = 25_569
DAY = 86_400
MAX_ORDER = 10_000_000
"""Numbers below are no time of any clock, but places in an order."""


@dataclass(frozen=True)
class Times:
    """The times of some events.

    Attributes:
        seconds: Since 1970 in UTC, ``(m,)`` int64; `UNKNOWN` where one cannot be read.
        small: Those that are whole numbers below `MAX_ORDER`, ``(m,)`` int64; else `UNKNOWN`.
        zoned: How many say their zone.
        zoneless: How many do not, and are taken for UTC.
    """

    seconds: np.ndarray
    small: np.ndarray
    zoned: int = 0
    zoneless: int = 0


def read_times(column: pa.Array) -> Times:
    """Read a column of times: timestamps, days, numbers since 1970, or texts of any of these.

    Texts are ISO 8601, with or without a zone, or a number; one that says no zone is UTC. Days and
    months in another order than that cannot be told from each other, and are not read.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        whole = pc.cast(
            pc.cast(column, pa.timestamp("us", tz=getattr(kind, "tz", None))), pa.int64()
        )
        seconds = _whole(whole)
        known = seconds != UNKNOWN
        seconds[known] //= 1_000_000
        seconds[seconds < FIRST] = UNKNOWN
        count = int((seconds != UNKNOWN).sum())
        is_zoned = getattr(kind, "tz", None) is not None
        none = np.full(len(seconds), UNKNOWN)
        return Times(seconds, none, count if is_zoned else 0, 0 if is_zoned else count)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = np.asarray(pc.cast(column, pa.float64(), safe=False).fill_null(np.nan))
        return Times(_from_numbers(numbers), _small(numbers))
    return _from_texts(pc.cast(column, pa.string()))


def _from_texts(column: pa.Array) -> Times:
    """Each different text is read once: logs hold the same days over and over."""
    encoded = pc.dictionary_encode(column.fill_null(""))
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = pd.Series(encoded.dictionary.to_pylist(), dtype="object").astype(str).str.strip()
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    seconds, small = _from_numbers(numbers), _small(numbers)
    rest = np.isnan(numbers)
    # `2019-10-01 00:00:00 UTC`, as BigQuery writes it.
    named = texts[rest].str.replace(r"\s*(?:UTC|GMT)$", "Z", regex=True)
    read = pd.to_datetime(named, format="ISO8601", utc=True, errors="coerce")
    parsed = np.full(len(read), UNKNOWN)
    known = read.notna().to_numpy()
    parsed[known] = read[known].map(pd.Timestamp.timestamp).to_numpy().astype(np.int64)
    parsed[parsed < FIRST] = UNKNOWN
    seconds[rest] = parsed
    has_zone = np.zeros(len(texts), dtype=bool)
    has_zone[rest] = named.str.contains(r"\d.*(?:Z|[+-]\d\d:?\d\d|[+-]\d\d)$", regex=True) & (
        named.str.contains(":")
    )
    codes = np.asarray(encoded.indices)
    found = seconds[codes]
    is_text = rest[codes] & (found != UNKNOWN)
    zoned = int((is_text & has_zone[codes]).sum())
    return Times(found, small[codes], zoned, int(is_text.sum()) - zoned)


def _from_numbers(numbers: np.ndarray) -> np.ndarray:
    """Seconds since 1970, of numbers of any of the usual units, or of days such as 20180920."""
    seconds = np.full(len(numbers), UNKNOWN)
    for unit in (1, 1e3, 1e6, 1e9):
        fits = (numbers >= FIRST * unit) & (numbers <= LAST * unit)
        seconds[fits] = (numbers[fits] / unit).astype(np.int64)
    # A day and a part of it, which no place in an order is.
    parted = (numbers > SINCE_1970[0]) & (numbers < SINCE_1900[1]) & (numbers != np.floor(numbers))
    seconds[parted] = _from_days(numbers[parted])
    days = (numbers >= DAYS[0]) & (numbers <= DAYS[1]) & (numbers == np.floor(numbers))
    if days.any():
        texts = pd.Series(numbers[days].astype(np.int64)).astype(str)
        read = pd.to_datetime(texts, format="%Y%m%d", errors="coerce", utc=True)
        known = read.notna().to_numpy()
        parsed = np.full(len(read), UNKNOWN)
        parsed[known] = read[known].map(pd.Timestamp.timestamp).to_numpy().astype(np.int64)
        seconds[days] = parsed
    return seconds


def read_days(small: np.ndarray) -> np.ndarray | None:
    """Seconds since 1970 of numbers of days; None where they are none, but places in an order.

    Args:
        small: See `Times`; of a whole log, since only all of its numbers tell what they are.
    """
    known = small[small != UNKNOWN]
    if not len(known) or known.min() < SINCE_1970[0] or known.max() >= SINCE_1900[1]:
        return None
    return _from_days(small)


def _from_days(days: np.ndarray) -> np.ndarray:
    since = np.where(days < SINCE_1900[0], days, days - EPOCH_1900)
    return np.where(days == UNKNOWN, UNKNOWN, (since * DAY).astype(np.int64))


def _small(numbers: np.ndarray) -> np.ndarray:
    small = np.full(len(numbers), UNKNOWN)
    fits = (numbers >= 0) & (numbers < MAX_ORDER) & (numbers == np.floor(numbers))
    small[fits] = numbers[fits].astype(np.int64)
    return small


def _whole(column: pa.Array) -> np.ndarray:
    return np.array(column.fill_null(int(UNKNOWN)), dtype=np.int64)
