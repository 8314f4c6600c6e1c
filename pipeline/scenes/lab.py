"""CIELAB, where equal distances between colours look about equally far, and pictures seen in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

_WHITE = (0.95047, 1.0, 1.08883)
"""The white of D65, the illuminant of sRGB."""
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
SIDE = 96
"""The side of the square that a picture is looked at in: enough for an outline, and quick."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture as it is looked at for its garments, shrunk to a square.

    Attributes:
        size: Width and height of the picture itself, in pixels.
        pixels: ``(SIDE, SIDE, 3)`` uint8.
        lab: The same in CIELAB, ``(SIDE, SIDE, 3)`` float32.
    """

    size: tuple[int, int]
    pixels: np.ndarray
    lab: np.ndarray

    @classmethod
    def of(cls, picture: np.ndarray) -> Seen:
        """Look at a picture, ``(height, width, 3)`` uint8."""
        whole = Image.fromarray(picture)
        pixels = np.asarray(whole.resize((SIDE, SIDE), Image.Resampling.BOX))
        return cls(whole.size, pixels, to_lab(pixels.astype(np.float32) / 255))


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """From sRGB to CIELAB (IEC 61966-2-1; CIE 15:2004), ``(..., 3)`` each, of the same dtype.

    Args:
        rgb: Values from 0 to 1, float32 or float64.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array(_TO_XYZ, rgb.dtype).T / np.array(_WHITE, rgb.dtype)
    bent = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
