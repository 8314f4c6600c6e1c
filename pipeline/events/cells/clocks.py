"""Times of the day that stand apart from their day, in whichever way tills write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import Clock, read_clock
from pipeline.events.cells.texts import different_texts

HOURS, MINUTES, SECONDS = 10_000, 100, 1
"""What numbers such as ``9``, ``930`` and ``93000`` are multiplied by to be written as the last."""
WITH_DOT = r"(?:\d\d|[1-9])\.[0-5]\d"
"""How tills in Italy and Denmark write minutes, while ``0.44`` is a part of a day."""
MOST_ODD = 0.05
"""The share of numbers that may be no time of a day, slips, where the others are."""


class Clocks:
    """Reads the times of the day of one log; what its numbers mean, only all of them tell.

    Args:
        unit: `HOURS`, `MINUTES` or `SECONDS`, where a first reading has told it.
    """

    def __init__(self, unit: int | None = None) -> None:
        self._told = unit
        self._units: set[int] = set()
        self._greatest, self._has_minutes = 0.0, False
        self._numbers = self._odd = self._short = 0

    @property
    def unit(self) -> int:
        """What the numbers so far are written in."""
        if self._told is not None:
            return self._told
        if self._greatest > 2359:
            return SECONDS
        return MINUTES if self._has_minutes or self._greatest > 23 else HOURS

    @property
    def was_mistaken(self) -> bool:
        """Whether earlier numbers were read in another unit than all of them tell."""
        return bool(self._units - {self.unit})

    @property
    def are_clocks(self) -> bool:
        """Whether the numbers are times of the day, and not places in an order or the like.

        Those have minutes above 59, and hardly one of a time just after midnight.
        """
        return self._odd <= MOST_ODD * self._numbers and self._short * 2 <= self._numbers

    def read(self, column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
        """Seconds since midnight of times of the day, and whether they say their zone.

        They are ``(m,)`` float64, NaN for what is none; 0 for what is empty: the day is known.
        """
        texts, codes = different_texts(pc.cast(column, pa.string()))
        clocks = [read_clock(text) for text in texts]
        seconds = np.array([_in_utc(clock) for clock in clocks], dtype=np.float64)
        has_zone = [clock is not None and clock.zone is not None for clock in clocks]
        numbers = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").to_numpy(np.float64)
        numbers = np.where(texts.str.fullmatch(WITH_DOT), np.nan, numbers)
        counts = np.bincount(codes, minlength=len(texts))
        seconds = np.where(np.isnan(numbers), seconds, self._numbered(numbers, texts, counts))
        seconds[(texts == "").to_numpy()] = 0
        return seconds[codes], np.array(has_zone, dtype=bool)[codes]

    def _numbered(self, numbers: np.ndarray, texts: pd.Series, counts: np.ndarray) -> np.ndarray:
        """Seconds since midnight of ``1030``, ``103000``, of the hour, or of a part of the day."""
        whole = (numbers >= 0) & (numbers == np.floor(numbers))
        fits = whole & (numbers < 240_000)
        # pandas writes `5.0` where another cell of the column is empty.
        lengths = texts.str.replace(r"\.0+$", "", regex=True).str.len().to_numpy(np.int64)
        self._greatest = max(self._greatest, numbers[fits].max(initial=0))
        self._has_minutes |= bool(lengths[fits].max(initial=0) > 2)
        unit = self.unit
        self._units.add(unit)
        written = np.where(fits, numbers, 0) * unit
        hour, minute, second = written // 10_000, written // 100 % 100, written % 100
        good = fits & (hour < 24) & (minute < 60) & (second < 60)
        # Of a time just after midnight, or no time at all; one with its zeros says that it is.
        digits = {HOURS: 0, MINUTES: 4, SECONDS: 6}[unit]
        is_short = (written > 0) & (written < 10_000) & (lengths < digits)
        self._numbers += int(counts[whole].sum())
        self._odd += int(counts[whole & ~good].sum())
        self._short += int(counts[whole & is_short].sum())
        seconds = np.where(good, hour * 3600 + minute * 60 + second, np.nan)
        is_part = (numbers > 0) & (numbers < 1)
        seconds[is_part] = np.round(numbers[is_part] * 86_400)
        return seconds


def _in_utc(clock: Clock | None) -> float:
    """Seconds since midnight in UTC; NaN for no time of a day, or where the zone depends on it."""
    if clock is None or not isinstance(clock.zone, int | None):
        return np.nan
    return clock.seconds - (clock.zone or 0)
