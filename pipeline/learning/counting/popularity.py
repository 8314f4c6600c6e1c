"""Popularity: how often each item was chosen in the last days of a log."""

from __future__ import annotations

import numpy as np

from pipeline.events import Events

DAY = 86_400
WEEK = 7
WINDOWS: tuple[int | None, ...] = (WEEK, 28, 91, 365, None)
"""Days that are tried; None for all of the log."""


def count_popularity(events: Events, end: int, days: int | None) -> np.ndarray:
    """Count how many times each item was chosen before a moment.

    Args:
        events: The events.
        end: The number of events that are before it; they are in the order of time.
        days: How long before it a choice still counts; None for ever, as in logs without times.

    Returns:
        ``(items,)`` float64.
    """
    start = 0
    if days is not None and events.has_times and end:
        start = int(np.searchsorted(events.time[:end], events.time[end - 1] - days * DAY, "right"))
    return np.bincount(events.item[start:end], minlength=len(events.ids)).astype(np.float64)
