"""Telling garments apart that lie beside each other on one plain ground: a flat lay."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from PIL import Image
from scipy import ndimage

from pipeline.scenes.garments.boxes import area_of, box_around
from pipeline.scenes.garments.filters import SIDE
from pipeline.scenes.garments.seen import Seen
from pipeline.scenes.masks import opened

LINK, LINK_NOISES = 2.5, 5.0
"""Pieces that hang together by what is so far off are one: a white shirt on a white ground, of
which only the face and the jeans of who wears it are seen."""
LEAST, SIDE_PIECE = 0.015, 0.12
"""The least area of a garment: of the picture, and of the largest garment."""
CUT_OFF = 0.6
"""A piece that touches an edge of the picture with so much of its length is a door or a rug."""
OVERLAP = 0.3
"""Boxes that share so much of the smaller are around one garment."""
ALIKE, ALIKE_SHAPE, NEAR = 0.8, 0.6, 8
"""Pieces whose colours overlap by so much (Bhattacharyya coefficient) are one garment where their
outlines overlap by so much, as a pair's do, or fewer pixels lie between: stripes."""
MOST = 5
"""Garments that are offered."""


def garments_apart(seen: Seen) -> list[tuple[float, float, float, float]]:
    """Find the garments of a picture that shows several.

    The ground's light is fitted to the border, and what is far off it is garment. Unlike
    `garment_mask`, this supposes nothing in the middle, and needs a ground without a pattern.
    A pair of shoes is one garment, and so are a garment's own stripes and prints.

    Args:
        seen: The picture.

    Returns:
        Two to five boxes, that of the largest garment first: left, top, right and bottom, as
        shares of the picture's width and height, 0..1. Empty where there is one garment, or where
        several are not surely told apart.
    """
    if not seen.ground.is_plain:
        return []
    garment = opened(seen.ground.garment, 2)
    if ndimage.label(garment)[1] < 2:
        return []
    pieces = seen.ground.with_linked(garment, LINK, LINK_NOISES) * garment
    areas = np.bincount(pieces.ravel())[1:]
    large = 1 + np.flatnonzero(areas >= max(LEAST * SIDE**2, SIDE_PIECE * areas.max(initial=0)))
    if len(large) < 2:
        return []
    cells = np.floor(seen.lab / 10).astype(np.int64) @ (10_000, 100, 1)
    kinds = np.unique(cells, return_inverse=True)[1].reshape(SIDE, SIDE)
    garments = _joined(
        [pieces == number for number in large], lambda one, other: _is_one(kinds, one, other)
    )
    whole = [mask for mask in garments if not _is_cut_off(mask)]
    if len(whole) < 2:
        return []
    whole.sort(key=lambda mask: -int(mask.sum()))
    return [_shares(mask) for mask in whole[:MOST]]


def _joined(
    masks: list[np.ndarray], are_one: Callable[[np.ndarray, np.ndarray], bool]
) -> list[np.ndarray]:
    """The masks, those that belong together as one."""
    for one, other in combinations(masks, 2):
        if are_one(one, other):
            rest = [mask for mask in masks if mask is not one and mask is not other]
            return _joined([*rest, one | other], are_one)
    return masks


def _is_one(kinds: np.ndarray, one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pieces are of one garment, or a pair; ``kinds`` are the colours in numbers."""
    (left, top, right, bottom), theirs = box_around(one), box_around(other)
    across = min(right, theirs[2]) - max(left, theirs[0])
    down = min(bottom, theirs[3]) - max(top, theirs[1])
    least = min(area_of(box_around(one)), area_of(theirs))
    if across > 0 and down > 0 and across * down > OVERLAP * least:
        return True
    shares = [np.bincount(kinds[mask], minlength=kinds.max() + 1) for mask in (one, other)]
    alike = np.sqrt(shares[0] / one.sum() * (shares[1] / other.sum())).sum()
    return bool(alike > ALIKE) and (
        -min(across, down) < NEAR or _alike_in_shape(one, other) > ALIKE_SHAPE
    )


def _alike_in_shape(one: np.ndarray, other: np.ndarray) -> float:
    """How much two outlines overlap (intersection over union), however one is turned over."""
    areas = sorted((int(one.sum()), int(other.sum())))
    if areas[0] < areas[1] / 2:
        return 0.0
    mine, theirs = (_outline(mask) for mask in (one, other))
    turned = [side[rows, columns] for side in (theirs, theirs.T) for rows, columns in FLIPS]
    return max(float((mine & way).sum() / (mine | way).sum()) for way in turned)


FLIPS = [
    (slice(None, None, down), slice(None, None, across)) for down in (1, -1) for across in (1, -1)
]


def _outline(mask: np.ndarray) -> np.ndarray:
    """A piece in the middle of a square of its own, as long as it is, ``(16, 16)`` bool."""
    left, top, right, bottom = box_around(mask)
    side = max(right - left, bottom - top)
    square = Image.new("1", (side, side))
    place = ((side - right + left) // 2, (side - bottom + top) // 2)
    square.paste(Image.fromarray(mask[top:bottom, left:right]), place)
    return np.asarray(square.resize((16, 16)))


def _is_cut_off(mask: np.ndarray) -> bool:
    left, top, right, bottom = box_around(mask)
    along = max(mask[0].sum(), mask[-1].sum()) / (right - left)
    up = max(mask[:, 0].sum(), mask[:, -1].sum()) / (bottom - top)
    return bool(max(along, up) > CUT_OFF)


def _shares(mask: np.ndarray) -> tuple[float, float, float, float]:
    """The box without the pixel by which smoothing has spread the garment."""
    left, top, right, bottom = box_around(mask)
    return (left + 1) / SIDE, (top + 1) / SIDE, (right - 1) / SIDE, (bottom - 1) / SIDE
