"""Flat lays: the garments of several studio photos, side by side on one ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from pipeline.scenes import cut_out

SIZE = (448, 336)
"""Width and height: a phone held across, scaled down."""
SHARE, TILT = (0.7, 0.88), 10.0
"""How much of its part of the picture a garment takes, and how far it is turned, in degrees."""
SHADOW, FALL = 0.3, (3, 4)
"""How dark a garment's shadow is, and how many pixels to the right and down it falls."""

Box = tuple[float, float, float, float]


def garment_of(picture: Image.Image) -> Image.Image | None:
    """The garment of a studio photo alone, RGBA; None where it cannot be cut out."""
    opacity = cut_out(np.asarray(picture))
    if opacity is None:
        return None
    layer = Image.fromarray(opacity)
    alone = picture.copy()
    alone.putalpha(layer)
    return alone.crop(layer.getbbox())


def flat_lay(
    garments: Sequence[Image.Image], ground: np.ndarray, generator: np.random.Generator
) -> tuple[Image.Image, list[Box]]:
    """Lay garments beside each other, each in a part of the picture as wide as the others'.

    Args:
        garments: RGBA, each cropped to what is opaque.
        ground: ``(height, width, 3)`` uint8.
        generator: Decides on places, sizes and turns.

    Returns:
        The picture, and for each garment the box that it takes of it: left, top, right and
        bottom, as shares of its width and height.
    """
    scene = Image.fromarray(ground)
    part = scene.width // len(garments)
    boxes = []
    for number, garment in enumerate(garments):
        turned = garment.rotate(generator.uniform(-TILT, TILT), Image.Resampling.BICUBIC, True)
        turned = turned.crop(turned.getchannel("A").getbbox())
        scale = generator.uniform(*SHARE) * min(part / turned.width, scene.height / turned.height)
        laid = turned.resize((round(turned.width * scale), round(turned.height * scale)))
        left = number * part + int(generator.integers(0, part - laid.width + 1))
        top = int(generator.integers(0, scene.height - laid.height + 1))
        _set_down(laid, scene, (left, top))
        edges = np.array([left, top, left + laid.width, top + laid.height], dtype=float)
        shares = edges / (scene.width, scene.height, scene.width, scene.height)
        boxes.append(tuple(shares.tolist()))
    return scene, boxes


def _set_down(laid: Image.Image, scene: Image.Image, place: tuple[int, int]) -> None:
    shadow = Image.new("L", scene.size)
    fallen = (place[0] + FALL[0], place[1] + FALL[1])
    shadow.paste(laid.getchannel("A").point(lambda value: round(value * SHADOW)), fallen)
    scene.paste(Image.new("RGB", scene.size), mask=shadow.filter(ImageFilter.GaussianBlur(3)))
    scene.paste(laid, place, laid)
