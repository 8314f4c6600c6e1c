"""Spreading: a few of many rows that stand for all of them, the same in every run."""

from __future__ import annotations

import numpy as np


def spread(count: int, most: int) -> np.ndarray:
    """Rows evenly over ``count``, the first and the last among them.

    Args:
        count: How many rows there are.
        most: How many are wanted.

    Returns:
        ``(min(count, most),)`` int64 or fewer, ascending, each once.
    """
    rows: np.ndarray = np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
    return rows
