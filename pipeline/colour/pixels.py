"""Which pixels of a picture count for its colour: those of the garment."""

from __future__ import annotations

from functools import cache

import numpy as np

from pipeline.scenes import cut_out, garment_mask

CENTRE = 0.6
"""The deviation of the weight over a picture whose half side is 1. What stands at the edges is more
often skin, hair or another garment."""


def garment_weights(pixels: np.ndarray) -> np.ndarray:
    """How much each pixel is the garment's.

    Args:
        pixels: ``(height, width, 3)`` uint8.

    Returns:
        ``(height, width)`` float64 from 0, on the ground, to 1, never all 0; the whole picture
        counts where its ground cannot be told.
    """
    cut = cut_out(pixels)
    if cut is not None:
        return cut / 255
    mask, _ = garment_mask(pixels)
    return mask.astype(np.float64)


@cache
def middle(side: int) -> np.ndarray:
    """Weights that fall off from the middle of a square, ``(side, side)`` from 0 to 1."""
    along = np.linspace(-1, 1, side) ** 2
    return np.asarray(np.exp(-np.add.outer(along, along) / (2 * CENTRE**2)))
