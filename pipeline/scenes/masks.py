"""Masks of pixels, made smaller and larger by whole pixels."""

from __future__ import annotations

import numpy as np


def shrunk(mask: np.ndarray, times: int = 1) -> np.ndarray:
    """Without the pixels of ``(height, width)`` bool that touch what is false, or the edge."""
    for _ in range(times):
        inner = mask.copy()
        inner[1:] &= mask[:-1]
        inner[:-1] &= mask[1:]
        inner[:, 1:] &= mask[:, :-1]
        inner[:, :-1] &= mask[:, 1:]
        inner[[0, -1]] = inner[:, [0, -1]] = False
        mask = inner
    return mask


def grown(mask: np.ndarray, times: int = 1) -> np.ndarray:
    """With the pixels that touch ``(height, width)`` bool."""
    for _ in range(times):
        outer = mask.copy()
        outer[1:] |= mask[:-1]
        outer[:-1] |= mask[1:]
        outer[:, 1:] |= mask[:, :-1]
        outer[:, :-1] |= mask[:, 1:]
        mask = outer
    return mask


def opened(mask: np.ndarray, times: int = 1) -> np.ndarray:
    """Without what is thinner than twice as many pixels as `times`, and one."""
    return grown(shrunk(mask, times), times)
