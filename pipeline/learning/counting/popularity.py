"""Popularity: how often each item was chosen in the last days of a log."""

from __future__ import annotations

import numpy as np

from pipeline.events import Events

DAY = 86_400
WEEK = 7
WINDOWS: tuple[int | None, ...] = (WEEK, 28, 91, 365, None)
"""Days that are tried; None for all of the log."""


def count_popularity(events: Events, known: np.ndarray, days: int | None) -> np.ndarray:
    """Count how many times each item was chosen of late.

    Args:
        events: The events.
        known: Those that are known, ``(m,)`` bool.
        days: How long before the last of them a choice still counts; None for ever, as in logs
            without times.

    Returns:
        ``(items,)`` float64.
    """
    which = np.flatnonzero(known)
    if days is not None and events.has_times and len(which):
        times = events.time[which]
        which = which[times > times[-1] - days * DAY]
    return np.bincount(events.item[which], minlength=len(events.ids)).astype(np.float64)
