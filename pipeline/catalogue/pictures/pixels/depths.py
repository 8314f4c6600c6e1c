"""Depths: numbers of any type and range to the 8 bits that a viewer shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

WHITES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0, 2.0**31 - 1, 2.0**32 - 1)
"""What is white in pictures of numbers: 1 for floats, else the greatest of so many bits."""
FULL_SCALE = 65535.0
"""What is white where the file says that it has 16 bits."""
TAILS = (0.5, 99.5)
"""Percent: the few brightest may be highlights beyond white, and the few darkest overshoots."""
OVERSHOOT = 0.1
"""Of the range, below black."""
SAMPLES = 100_000
"""Numbers looked at for their range."""


@dataclass(frozen=True)
class Range:
    """What is black and what is white."""

    black: float = 0.0
    white: float = FULL_SCALE

    def turned_round(self) -> Range:
        """The same, black for white."""
        return Range(self.white, self.black)

    def eight_bit(self, values: np.ndarray) -> np.ndarray:
        """Numbers of any shape as uint8; what is no number is black."""
        known = np.nan_to_num(values.astype(np.float32), nan=self.black)
        within = np.clip(known, min(self.black, self.white), max(self.black, self.white))
        # Halves: from one end of the floats to the other is more than a float holds.
        half = np.float32(self.white / 2 - self.black / 2 or 0.5)
        shares = np.clip(within / 2 / half - np.float32(self.black) / 2 / half, 0, 1)
        return (shares * 255).astype(np.uint8)


def range_of(parts: Iterable[np.ndarray]) -> Range:
    """The range of a picture whose type does not tell it, such as of floats.

    The least that is usual and holds the numbers: a dark picture stays dark. Where many are below
    nought, or above all that is usual, nothing says what is white, and viewers stretch.

    Args:
        parts: Its numbers, in parts, so that no copy of all is needed.
    """
    samples = np.concatenate([part[np.isfinite(part)] for part in map(_some, parts)])
    if not len(samples):
        return Range()
    low, high = np.percentile(samples.astype(np.float64), TAILS)
    if low < -OVERSHOOT * high or high > WHITES[-1]:
        return Range(float(samples.min()), float(samples.max()))
    return Range(white=next(white for white in WHITES if high <= white))


def is_deep(image: Image.Image) -> bool:
    """Whether an image is of a mode that Pillow's own conversion would clip."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def from_numbers(values: np.ndarray, is_cmyk: bool = False) -> Image.Image:
    """An image of ``(h, w)`` or ``(h, w, bands)`` numbers of any type."""
    if values.ndim == 3 and values.shape[2] < 3:
        values = values[:, :, 0]
    if values.dtype == np.uint16:
        values = (values >> 8).astype(np.uint8)
    elif values.dtype != np.uint8:
        values = range_of([values]).eight_bit(values)
    if is_cmyk:
        return Image.fromarray(np.ascontiguousarray(values[:, :, :4]), "CMYK")
    return Image.fromarray(np.ascontiguousarray(values[:, :, :3]) if values.ndim == 3 else values)


def _some(values: np.ndarray) -> np.ndarray:
    """Evenly spread, few enough to sort."""
    step = max(1, round((values.size / SAMPLES) ** 0.5))
    return values[::step, ::step].ravel()
