"""The ground that garments lie on or hang before, as the border of a picture shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from pipeline.scenes.garments.filters import SIDE, filtered, mean
from pipeline.scenes.masks import opened

RING = 3
"""How many pixels deep the border is that shows the ground."""
ODD = 6.0
"""CIELAB; border pixels this far off the ground's light count little for it."""
WEIGHTS = np.array([0.7, 1.2, 1.2], np.float32)
"""Of CIELAB's channels: shadows change the lightness of one and the same ground."""
PLAIN, OPEN = 5.0, 0.12
"""How far a plain ground's own colours lie from its light (median), and the share of the border
that garments may cover."""
GARMENT, GARMENT_NOISES = 10.0, 3.5
"""Off the ground: this far, and so many times as far as the ground itself is."""
ROUNDS = 3
"""In which the light is fitted."""
SMOOTH = mean(3)
EVEN = 1e-3 * np.eye(6, dtype=np.float32)
"""Keeps the fit from failing where next to nothing counts for it."""


def _terms() -> np.ndarray:
    """``(SIDE², 6)``: what a lamp's light on a plane is made of, as far as its squares."""
    across, down = np.meshgrid(np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE))
    terms = [np.ones_like(across), across, down, across * down, across**2, down**2]
    return np.stack(terms, axis=-1).astype(np.float32).reshape(-1, len(terms))


TERMS = _terms()
BORDER = np.ones((SIDE, SIDE), bool)
BORDER[RING:-RING, RING:-RING] = False
SOME = np.flatnonzero(BORDER)[::2]
"""Of the border's pixels, enough to fit a light to."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A ground, whose light falls off across it.

    Attributes:
        far: How far each pixel is off its light, ``(SIDE, SIDE)`` float32, in CIELAB weighed.
        noise: How far the ground's own pixels are (median).
    """

    far: np.ndarray
    noise: float

    @classmethod
    def of(cls, lab: np.ndarray) -> Ground:
        """Read it off a picture's border, ``(SIDE, SIDE, 3)`` float32."""
        colours = lab.reshape(-1, 3)
        terms, border = TERMS[SOME], colours[SOME]
        weights = np.ones(len(border), np.float32)
        for _ in range(ROUNDS):
            # Each time, what lies far from the rest's light counts less: a garment at the edge.
            weighed = terms * weights[:, None]
            light = np.linalg.solve(weighed.T @ terms + EVEN, weighed.T @ border)
            off = border - terms @ light
            weights = 1 / (1 + np.einsum("pc,pc->p", off, off) / ODD**2) ** 2
        off = (colours - TERMS @ light) * WEIGHTS
        smooth = filtered(off.reshape(lab.shape), SMOOTH, SMOOTH)
        far = np.sqrt(np.einsum("ijc,ijc->ij", smooth, smooth))
        return cls(far, float(np.median(far[BORDER])))

    @cached_property
    def garment(self) -> np.ndarray:
        """What is surely no ground, ``(SIDE, SIDE)`` bool."""
        return self.beyond(GARMENT, GARMENT_NOISES)

    @cached_property
    def covered(self) -> float:
        """The share of the border that garments cover, 0..1."""
        return float(self.garment[BORDER].mean())

    @property
    def is_plain(self) -> bool:
        """Whether it has no pattern, and enough of it is seen: what is off it is garment."""
        return self.noise <= PLAIN and self.covered <= OPEN

    def beyond(self, distance: float, noises: float) -> np.ndarray:
        """The pixels further off than a distance, and than so many times the ground's own."""
        further: np.ndarray = self.far > max(distance, noises * self.noise)
        return further

    def with_linked(self, garment: np.ndarray, distance: float, noises: float) -> np.ndarray:
        """Number the pieces of garment, those that hang together by what is less far off as one.

        Args:
            garment: ``(SIDE, SIDE)`` bool.
            distance: How far off the ground what links is, at least,
            noises: and as a multiple of the ground's own distance.

        Returns:
            ``(SIDE, SIDE)`` int, 0 for the ground; links that touch no garment have numbers too.
        """
        numbers: np.ndarray = ndimage.label(opened(garment | self.beyond(distance, noises)))[0]
        return numbers
