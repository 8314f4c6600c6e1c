"""Converting: any mode of pixels to RGB on white, a strip at a time where there are many."""

from __future__ import annotations

import numpy as np
from PIL import Image

STRIP_PIXELS = 2_000_000
"""Converted at once. RGBA, the ground below it and their blend take 16 bytes a pixel."""
FULL_SCALE = 65535.0


def to_rgb(image: Image.Image, factor: int = 1) -> Image.Image:
    """Convert to RGB on white, reduced by a whole factor.

    Args:
        image: An image in any mode of Pillow.
        factor: How many pixels a side make one of the result, their mean.
    """
    width, height = image.size
    rows = max(1, STRIP_PIXELS // width // factor) * factor
    full_scale = _full_scale(image, rows)
    if factor == 1 and height <= rows:
        return _on_white(_eight_bit(image, full_scale))
    result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        opaque = _on_white(_eight_bit(strip, full_scale))
        result.paste(opaque.reduce(factor) if factor > 1 else opaque, (0, top // factor))
    return result


def grey_of(values: np.ndarray, full_scale: float = FULL_SCALE) -> Image.Image:
    """Scale 16-bit, 32-bit and float grey ``(h, w)`` down to 8 bits."""
    # A float may be no number, or too great for one more product.
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0)
    return Image.fromarray((np.clip(finite / full_scale, 0, 1) * 255).astype(np.uint8))


def full_scale_of(values: np.ndarray) -> float:
    """What is white in float grey: 1 where nothing is brighter, else that of 16 bits."""
    return 1.0 if np.nan_to_num(values, nan=0.0).max() <= 1.0 else FULL_SCALE


def _full_scale(image: Image.Image, rows: int) -> float:
    if image.mode != "F":
        return FULL_SCALE
    strips = (
        image.crop((0, top, image.width, min(top + rows, image.height)))
        for top in range(0, image.height, rows)
    )
    return max(full_scale_of(np.asarray(strip)) for strip in strips)


def _eight_bit(image: Image.Image, full_scale: float) -> Image.Image:
    """Scale deep grey down to 8 bits, which Pillow's convert would clip."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    return grey_of(np.asarray(image), full_scale)


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")
