"""A picture as it is looked at for its garments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from pipeline.scenes.garments.filters import SIDE
from pipeline.scenes.garments.ground import Ground
from pipeline.scenes.lab import lab_of_pixels


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture shrunk to a square.

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
        return cls(whole.size, pixels, lab_of_pixels(pixels))

    @cached_property
    def ground(self) -> Ground:
        """What its border shows of the ground."""
        return Ground.of(self.lab)
