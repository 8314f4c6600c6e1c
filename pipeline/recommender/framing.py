"""Framing a query: which part of the picture is asked about, guessed or said by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import SupportsFloat

import numpy as np
from PIL import Image

from pipeline.catalogue import Picture, open_picture
from pipeline.encoder import DECODED_SIDE
from pipeline.errors import QueryError
from pipeline.recommender.saying import shown
from pipeline.scenes import Seen, garment_mask, garments_apart, has_white_ground
from pipeline.timing import timed

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of the upright picture's width and height, 0..1: the
same for the photo and for any smaller copy that a page shows."""
BoxChoice = str | Sequence[SupportsFloat] | np.ndarray | None
"""What may be asked for: ``auto``, ``whole``, or a person's own box."""
AUTO, WHOLE = "auto", "whole"
WHOLE_BOX: Box = (0.0, 0.0, 1.0, 1.0)
LEAST_SIDE = 12
"""Pixels; of fewer, an encoder sees no garment."""
SURE = 0.6
"""From this confidence on, a picture is trimmed to the garment."""
FILLING = 0.8
"""A garment as long as this share of a side fills the picture: trimming it gains nothing."""
MARGIN = 0.05
"""Of the garment's width and height, left around it."""
HOW = (
    "Give 'auto', 'whole', or left, top, right and bottom as shares of the upright picture's "
    "width and height, such as 0.1,0.2,0.9,0.8."
)


@dataclass(frozen=True)
class Framed:
    """The part of a picture that is asked about.

    Attributes:
        picture: What is to be encoded: the box, widened to a square as far as the picture goes,
            since encoders crop pictures to one.
        box: The box itself.
        confidence: How sure a guessed box is, 0..1; None for one that was said.
        boxes: Where the box is guessed and the picture shows several garments apart from each
            other, the box of each, five at most, the largest garment's first; else none.
    """

    picture: Picture
    box: Box
    confidence: float | None
    boxes: tuple[Box, ...] = ()


@timed("frame")
def frame(picture: Picture, box: BoxChoice = None) -> Framed:
    """Cut out of a picture what is asked about.

    Args:
        picture: A path, encoded bytes or a PIL image.
        box: ``auto`` (or None) for the garment where it is small and surely told from its
            ground, and else the whole picture, ``whole``, or a person's own box.

    Raises:
        PictureError: If the picture cannot be used.
        QueryError: If the box is none, reaches outside the picture, or has no size.
    """
    wanted = parse_box(box)
    if wanted == WHOLE:
        return Framed(picture, WHOLE_BOX, None)
    if isinstance(wanted, tuple):
        image = _open_for(picture, wanted)
        width, height = _size(image, wanted)
        if min(width, height) < LEAST_SIDE:
            raise QueryError(
                f"The box covers {width:.0f} x {height:.0f} pixels of the picture; each side needs "
                f"at least {LEAST_SIDE}. Draw it larger."
            )
        return Framed(_cut(image, wanted), wanted, None)
    image = open_picture(picture, DECODED_SIDE)
    seen = Seen.of(np.asarray(image))
    guessed, confidence = guess_box(image, seen)
    boxes = _boxes_apart(image, seen)
    if guessed != WHOLE_BOX:
        # In the same detail as where a person says this box.
        image = _open_for(picture, guessed)
    return Framed(_cut(image, guessed), guessed, confidence, boxes)


def guess_box(image: Image.Image, seen: Seen) -> tuple[Box, float]:
    """The box around a garment that is small in its picture and surely told from the ground.

    Studio photos stay whole: catalogues frame their items the same way.

    Args:
        image: The picture.
        seen: The same, as it is looked at.

    Returns:
        The box, or that of the whole picture, and the confidence of `garment_mask`, 0..1.
    """
    mask, confidence = garment_mask(seen)
    if confidence < SURE or has_white_ground(np.asarray(image)):
        return WHOLE_BOX, confidence
    top, bottom = _extent(np.any(mask, axis=1))
    left, right = _extent(np.any(mask, axis=0))
    box = left, top, right, bottom
    if max(right - left, bottom - top) > FILLING or min(_size(image, box)) < LEAST_SIDE:
        return WHOLE_BOX, confidence
    return box, confidence


def _boxes_apart(image: Image.Image, seen: Seen) -> tuple[Box, ...]:
    """A box for each of several garments; none where one would be too small to be asked about."""
    boxes = tuple(_with_margins(*edges) for edges in garments_apart(seen))
    sides = [side for box in boxes for side in _size(image, box)]
    return boxes if min(sides, default=0) >= LEAST_SIDE else ()


def parse_box(box: object) -> str | Box:
    """Read a box as any interface may give it: four numbers, or those as a text.

    Raises:
        QueryError: If it is none, reaches outside the picture, or has no size.
    """
    if box is None:
        return AUTO
    if isinstance(box, str) and box in (AUTO, WHOLE):
        return box
    edges = _numbers(box)
    if edges is None:
        raise QueryError(f"The box {shown(box)} is not four numbers. {HOW}")
    left, top, right, bottom = edges
    said = ",".join(f"{edge:g}" for edge in edges)
    if not all(0 <= edge <= 1 for edge in edges):
        raise QueryError(f"The box {said} reaches outside the picture. {HOW}")
    if left >= right or top >= bottom:
        raise QueryError(
            f"The box {said} has no size: left must be less than right, and top less than "
            f"bottom. {HOW}"
        )
    return left, top, right, bottom


def _numbers(box: object) -> Box | None:
    """Four floats, or None; NaN and infinity are no numbers."""
    if isinstance(box, str):
        try:
            box = [float(edge) for edge in box.strip().strip("[]()").split(",")]
        except ValueError:
            return None
    if not isinstance(box, list | tuple | np.ndarray) or len(box) != len(WHOLE_BOX):
        return None
    if not all(isinstance(edge, Real) and not isinstance(edge, bool) for edge in box):
        return None
    left, top, right, bottom = (_finite(edge) for edge in box)
    if left is None or top is None or right is None or bottom is None:
        return None
    return left, top, right, bottom


def _finite(edge: Real) -> float | None:
    try:
        number = float(edge)
    except OverflowError:
        return None
    return number if np.isfinite(number) else None


def _extent(is_garment: np.ndarray) -> tuple[float, float]:
    """Where the garment begins and ends along one side, its margin with it, as shares."""
    along = np.flatnonzero(is_garment)
    return _with_margin(along[0] / len(is_garment), (along[-1] + 1) / len(is_garment))


def _with_margin(first: float, last: float) -> tuple[float, float]:
    margin = MARGIN * (last - first)
    return max(0.0, float(first - margin)), min(1.0, float(last + margin))


def _with_margins(left: float, top: float, right: float, bottom: float) -> Box:
    (left, right), (top, bottom) = _with_margin(left, right), _with_margin(top, bottom)
    return left, top, right, bottom


def _open_for(picture: Picture, box: Box) -> Image.Image:
    """Decode a picture so that a box of it keeps as many pixels as a whole picture does."""
    left, top, right, bottom = box
    return open_picture(picture, round(DECODED_SIDE / max(min(right - left, bottom - top), 0.01)))


def _size(image: Image.Image, box: Box) -> tuple[float, float]:
    """The width and height of a box in pixels."""
    left, top, right, bottom = box
    return (right - left) * image.width, (bottom - top) * image.height


def _cut(image: Image.Image, box: Box) -> Image.Image:
    if box == WHOLE_BOX:
        return image
    left, right = box[0] * image.width, box[2] * image.width
    top, bottom = box[1] * image.height, box[3] * image.height
    side = max(right - left, bottom - top)
    left, right = _widened(left, right, side, image.width)
    top, bottom = _widened(top, bottom, side, image.height)
    return image.crop((round(left), round(top), round(right), round(bottom)))


def _widened(first: float, last: float, side: float, length: int) -> tuple[float, float]:
    """As long as ``side`` around the same middle, moved and cut to stay in the picture."""
    if side >= length:
        return 0, length
    begin = min(max(0.0, (first + last - side) / 2), length - side)
    return begin, begin + side
