"""What an encoder has to beat: raw pixels, a histogram of colours, and chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image
from tqdm import tqdm

from pipeline.catalogue import Catalogue

PIXEL_SIDE = 16
BINS = 6
WHITE = 245
"""Brighter than this in every channel counts as the ground of a product photo."""


def raw_pixels(picture: Image.Image) -> np.ndarray:
    """The picture itself at 16 x 16, ``(768,)`` float32."""
    small = picture.resize((PIXEL_SIDE, PIXEL_SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).ravel() / 255


def colour_histogram(picture: Image.Image) -> np.ndarray:
    """Shares of 6 x 6 x 6 RGB cells among the pixels off the white ground, ``(216,)`` float32.

    The square root makes the dot product of two histograms their Bhattacharyya coefficient.
    """
    pixels = np.asarray(picture.resize((64, 64), Image.Resampling.BOX)).reshape(-1, 3)
    off_ground = pixels[(pixels < WHITE).any(axis=1)]
    pixels = off_ground if len(off_ground) else pixels
    cells, _ = np.histogramdd(pixels, bins=(BINS,) * 3, range=((0, 256),) * 3)
    return np.sqrt(cells.ravel() / len(pixels)).astype(np.float32)


BASELINES: dict[str, Callable[[Image.Image], np.ndarray]] = {
    "raw pixels": raw_pixels,
    "colour histogram": colour_histogram,
}
RANDOM = "random"


def embed(name: str, catalogue: Catalogue, seed: int = 0) -> np.ndarray:
    """Embed every item of a catalogue by a baseline, ``(n, dimension)`` float32."""
    if name == RANDOM:
        generator = np.random.default_rng(seed)
        return generator.normal(size=(len(catalogue), 32)).astype(np.float32)
    describe = BASELINES[name]
    rows = tqdm(range(len(catalogue)), desc=name.capitalize(), unit="item", leave=False)
    return np.stack([describe(catalogue.read_picture(row)) for row in rows])
