"""Counting colours, softly in CIELAB, where equal distances look about equally far.

They are counted by hue, saturation and value too, which tell dark colours apart: navy from black.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image
from scipy.sparse import csr_array, hstack

from pipeline.scenes import to_lab

LEVELS = 32
"""Steps of each RGB channel that are told apart: finer than the cells."""
LIGHTNESS, CHROMA = 12.5, 15.0
"""The sides of a cell, in units of L* and of a* and b*."""
HUES, SATURATIONS, VALUES = 12, 4, 4


def count_colours(pixels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The share of each cell among the pixels, ``(cells,)`` float64.

    The cells of CIELAB come first, their shares 1 in all, then those of hue, saturation and value,
    1 in all again. A colour between the centres of cells of CIELAB counts for the eight around
    it, by trilinear interpolation, so that a slightly other light moves no pixel as a whole.

    Args:
        pixels: ``(height, width, 3)`` uint8.
        weights: How much each pixel counts, ``(height, width)``, not all zero.
    """
    steps = (pixels.reshape(-1, 3) // (256 // LEVELS)).astype(np.intp)
    colours = (steps[:, 0] * LEVELS + steps[:, 1]) * LEVELS + steps[:, 2]
    shares = np.bincount(colours, weights.ravel(), LEVELS**3)
    counted: np.ndarray = (shares / shares.sum()) @ _cells()
    return counted


@cache
def _cells() -> csr_array:
    """How much each RGB colour counts for each cell, ``(LEVELS ** 3, cells)``."""
    steps = (np.arange(LEVELS) + 0.5) / LEVELS
    rgb = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return csr_array(hstack([_lab_cells(rgb), _hsv_cells(rgb)]))


def _lab_cells(rgb: np.ndarray) -> csr_array:
    """Trilinear, ``(colours, cells)``; only the cells that some colour reaches are there."""
    place = to_lab(rgb) / (LIGHTNESS, CHROMA, CHROMA)
    below = np.floor(place).astype(int)
    part = place - below
    corners, amounts = [], []
    for corner in np.ndindex(2, 2, 2):
        corners.append(below + corner)
        amounts.append(np.prod(np.where(corner, part, 1 - part), axis=1))
    _, cells = np.unique(np.concatenate(corners), axis=0, return_inverse=True)
    colours = np.tile(np.arange(len(rgb)), len(corners))
    return csr_array((np.concatenate(amounts), (colours, cells.ravel())))


def _hsv_cells(rgb: np.ndarray) -> csr_array:
    """One cell a colour, ``(colours, HUES * SATURATIONS * VALUES)``."""
    picture = Image.fromarray((rgb[None] * 256).astype(np.uint8)).convert("HSV")
    hue, saturation, value = np.asarray(picture)[0].astype(int).T
    strength, light = saturation * SATURATIONS // 256, value * VALUES // 256
    cells = (hue * HUES // 256 * SATURATIONS + strength) * VALUES + light
    shape = (len(rgb), HUES * SATURATIONS * VALUES)
    return csr_array((np.ones(len(rgb)), (np.arange(len(rgb)), cells)), shape=shape)
