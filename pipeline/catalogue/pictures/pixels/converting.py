"""Converting: any mode of pixels to RGB on white, a strip at a time where there are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from pipeline.catalogue.pictures.pixels.depths import Range, is_deep, range_of
from pipeline.catalogue.pictures.pixels.profiles import to_srgb

STRIP_PIXELS = 2_000_000
"""Converted at once. RGBA, the ground below it and their blend take 16 bytes a pixel."""
BITS_PER_SAMPLE, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339
"""Tags of TIFF 6.0."""
WHITE_IS_ZERO = 0
UNSIGNED = 1
"""What numbers are where the tag says nothing."""


def to_rgb(image: Image.Image, factor: int = 1, profile: bytes | None = None) -> Image.Image:
    """Convert to RGB on white, reduced by a whole factor.

    Args:
        image: An image in any mode of Pillow.
        factor: How many pixels a side make one of the result, their mean.
        profile: The ICC profile that says what its colours are, if any.
    """
    width, height = image.size
    rows = max(1, STRIP_PIXELS // width // factor) * factor
    opaque = _scaler(image, rows) if is_deep(image) else _on_white
    if factor == 1 and height <= rows:
        return to_srgb(opaque(image), profile)
    result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top, strip in _strips(image, rows):
        # Reduced first: the fewer pixels, the less their colours cost.
        small = opaque(strip).reduce(factor)
        result.paste(to_srgb(small, profile), (0, top // factor))
    return result


def _strips(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _scaler(image: Image.Image, rows: int) -> Callable[[Image.Image], Image.Image]:
    """What scales deep grey down to mode ``L``, the same for all strips of an image."""
    tags = getattr(image, "tag_v2", None)
    is_unsigned = tags is not None and UNSIGNED in tags.get(SAMPLE_FORMAT, (UNSIGNED,))

    def numbers(strip: Image.Image) -> np.ndarray:
        values = np.asarray(strip)
        return values.view(np.uint32) if is_unsigned and strip.mode == "I" else values

    if image.mode.startswith("I;16"):
        bits = tags.get(BITS_PER_SAMPLE, (16,))[0] if tags is not None else 16
        found = Range(0, 2**bits - 1)
    else:
        found = range_of(numbers(strip) for _, strip in _strips(image, rows))
    # Pillow turns the grey of such a file round where it has 8 bits only.
    if tags is not None and tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        found = found.turned_round()
    return lambda strip: Image.fromarray(found.eight_bit(numbers(strip)))


def _on_white(image: Image.Image) -> Image.Image:
    """Opaque, in a mode that a colour profile may be of: ``L``, ``RGB`` or ``CMYK``."""
    is_grey = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        layer = image.convert("LA" if is_grey else "RGBA")
        ground = Image.new(layer.mode, layer.size, "white")
        if is_grey:
            return Image.composite(layer, ground, layer.getchannel("A")).getchannel("L")
        return Image.alpha_composite(ground, layer).convert("RGB")
    if is_grey:
        return image.convert("L")
    return image if image.mode == "CMYK" else image.convert("RGB")
