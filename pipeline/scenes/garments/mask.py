"""Telling the garment in any picture from the ground that it lies on or hangs before."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from pipeline.scenes.cutting import cut_out
from pipeline.scenes.garments.boxes import area_of, box_around
from pipeline.scenes.garments.ground import Ground
from pipeline.scenes.garments.patterned import garment_on_pattern
from pipeline.scenes.garments.seen import Seen
from pipeline.scenes.masks import opened, shrunk

LINK, LINK_NOISES = 3.0, 7.0
"""Pieces of a garment hang together by what is so far off a plain ground: a pale sleeve."""
CELLS, MIDDLE = 32, np.array([8, 16, 16], np.float32)
"""Cells of colours along each of CIELAB's channels, 8 wide, and which of them zero lies in."""
NUMBERS = np.array([CELLS**2, CELLS, 1], np.float32)
SIDE_PIECE = 0.15
"""Pieces from so much of the largest's area are garment too: the other shoe of a pair."""
PAIR = 2
"""More pieces are the letters on a shirt that fills the picture, or several garments."""
ON_PLAIN = (1.53, -5.6, -0.35, -33.9, 5.7, 0.71)
ON_PATTERN = (2.4, -8.6, 1.1)
"""Logistic regressions' constants and weights: whether the box around a mask overlaps the true
one by 0.8 (intersection over union). Fitted on garments of 300 studio photos that are not held
out, set on walls, wood, bedspreads, borders of phone photos and drawn grounds, and on pictures
that the same garments fill; 0.89 and 0.81 area under the curve in five folds."""


def garment_mask(picture: np.ndarray | Seen) -> tuple[np.ndarray, float]:
    """Tell a garment's own pixels from its ground.

    A studio photo's white ground is cut away as `cut_out` does; what is off a plain ground's
    light is garment; on any other, `garment_on_pattern` guesses.

    Args:
        picture: ``(height, width, 3)`` uint8, upright, or such a picture as it is seen.

    Returns:
        ``(height, width)`` bool, true on the garment, never all false; and how sure that is,
        0..1: the chance that a box around it fits the garment. A picture that nothing can be
        told of gives a mask all true and 0.
    """
    seen = picture if isinstance(picture, Seen) else Seen.of(picture)
    cut = cut_out(seen.pixels)
    is_plain = cut is not None or seen.ground.is_plain
    if cut is not None:
        garment = cut > 0
    elif is_plain:
        garment = _off_plain(seen.ground)
    else:
        garment, steeper = garment_on_pattern(seen.lab)
    garment, pieces = _large_pieces(garment)
    if not garment.any() or garment.all():
        return np.ones(seen.size[::-1], bool), 0.0
    overlap = _overlap(seen.lab, garment)
    if is_plain:
        ground = seen.ground
        odds = np.dot(ON_PLAIN, (1, overlap, ground.noise, ground.covered, *_filling(garment)))
    else:
        odds = np.dot(ON_PATTERN, (1, overlap, steeper))
    whole = Image.fromarray(garment).resize(seen.size, Image.Resampling.NEAREST)
    return np.asarray(whole), float(1 / (1 + np.exp(-odds))) if pieces <= PAIR else 0.0


def _off_plain(ground: Ground) -> np.ndarray:
    """What lies on a plain ground, what it encloses included, ``(SIDE, SIDE)`` bool."""
    sure = opened(ground.garment)
    numbers = ground.with_linked(sure, LINK, LINK_NOISES)
    linked = _are(numbers, numbers[sure])
    around, _ = ndimage.label(~linked)
    edge = np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]])
    # The distance from the ground is smoothed: it reaches a pixel beyond the outline.
    return shrunk(~_are(around, edge))


def _are(numbers: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Where pieces of some numbers are, 0 never."""
    chosen = np.zeros(numbers.max() + 1, bool)
    chosen[some] = True
    chosen[0] = False
    where: np.ndarray = chosen[numbers]
    return where


def _large_pieces(garment: np.ndarray) -> tuple[np.ndarray, int]:
    """Without crumbs, a pair of shoes stays a pair; and how many pieces that is."""
    numbers, count = ndimage.label(garment)
    areas = np.bincount(numbers.ravel())[1:]
    large = 1 + np.flatnonzero(areas >= SIDE_PIECE * areas.max(initial=0))
    return (garment if len(large) == count else _are(numbers, large)), len(large)


def _overlap(lab: np.ndarray, garment: np.ndarray) -> float:
    """How much the two sides' colours overlap: the Bhattacharyya coefficient, 0..1."""
    # As floats, which hold these whole numbers exactly, a product is several times as quick.
    cells = (np.floor(np.clip(lab / 8 + MIDDLE, 0, CELLS - 1)) @ NUMBERS).astype(np.int32)
    inside, outside = (np.bincount(cells[part], minlength=CELLS**3) for part in (garment, ~garment))
    both = inside * outside
    return float(np.sqrt(both[both > 0]).sum() / np.sqrt(inside.sum() * outside.sum()))


def _filling(garment: np.ndarray) -> tuple[float, float]:
    """The share of its box that a mask fills, and the log of the picture's that its box fills."""
    box = area_of(box_around(garment))
    return float(garment.sum() / box), float(np.log(box / garment.size))
