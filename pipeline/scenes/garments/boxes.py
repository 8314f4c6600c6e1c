"""Boxes around masks, in pixels."""

from __future__ import annotations

import numpy as np


def box_around(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is true of ``(height, width)`` bool, never all false."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def area_of(box: tuple[int, int, int, int]) -> int:
    """How many pixels it covers."""
    return (box[2] - box[0]) * (box[3] - box[1])
