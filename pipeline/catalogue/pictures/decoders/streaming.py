"""Streaming: large pictures decoded through libvips, a few rows at a time, and reduced on the way.

Pillow decodes a picture whole, at four bytes a pixel and more (twenty for WebP). libvips decodes
PNG, TIFF and WebP by rows, which takes a few megabytes at any size.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from PIL import Image

from pipeline.catalogue.pictures.memory import MB
from pipeline.catalogue.pictures.pixels import from_numbers

if TYPE_CHECKING:
    import pyvips

LOADERS = {"PNG": "pngload", "TIFF": "tiffload", "WEBP": "webpload", "AVIF": "heifload"}
BUFFERS = 24 * MB
"""What the library keeps besides: rows, and the windows of its decoders."""
AVIF_COPIES = 4
"""The planes of the decoder, those of its threads, the copy of them, and the pixels."""
LOSSLESS_WEBP = b"VP8L"
WHITE = {"uchar": 255.0, "ushort": 65535.0}
STRIPS, TILES = (273, 279), (324, 325)
"""The tags of where parts of a TIFF start and how long they are (TIFF 6.0)."""
TILE_LENGTH, TILE_WIDTH, ROWS_PER_STRIP = 323, 322, 278


class Stream:
    """A large picture that is decoded by rows and reduced by a whole factor on the way.

    Attributes:
        bytes_needed: What reading it takes, more or less, besides the result.

    Args:
        data: The encoded picture.
        header: The same, opened by Pillow and not decoded.
        factor: How many pixels a side make one of the result, their mean.

    Raises:
        Exception: Of the library, if it is damaged.
    """

    def __init__(self, data: bytes, header: Image.Image, factor: int) -> None:
        if header.format == "TIFF":
            _check_parts(header.tag_v2, len(data))  # type: ignore[attr-defined]
        # Decoded as it is read, so that a file which is cut short is noticed.
        options: dict[str, Any] = {"access": "sequential", "fail_on": "truncated"}
        if header.format == "WEBP":
            options["scale"] = 1 / factor
        loader = getattr(_library().Image, f"{LOADERS[str(header.format)]}_buffer")
        self._image = loader(data, **options)
        self._factor = 1 if header.format == "WEBP" else factor
        self.bytes_needed = _bytes_needed(data, header, self._image)

    def read(self) -> Image.Image:
        """Decode it, once, on white, in a mode that Pillow converts to RGB."""
        image, factor = self._image, self._factor
        # What the library holds of it is let go before the result is converted.
        self._image = None
        if image.interpretation in ("lab", "labs"):
            image = image.colourspace("srgb")
        if image.hasalpha():
            image = image.flatten(background=[WHITE.get(image.format, 1.0)])
        is_cmyk = image.interpretation == "cmyk"
        if factor > 1:
            image = image.shrink(factor, factor, ceil=True)
        values = image.numpy()
        del image
        return from_numbers(values, is_cmyk)


@functools.cache
def _library() -> ModuleType:
    # Imported by the first large picture: most starts never need it.
    import pyvips

    # One thread a picture, whose rows are all there is in memory; nothing is kept after it.
    pyvips.concurrency_set(1)
    pyvips.cache_set_max(0)
    library: ModuleType = pyvips
    return library


def _bytes_needed(data: bytes, header: Image.Image, image: pyvips.Image) -> int:
    pixels = header.width * header.height
    depth = {"uchar": 1, "ushort": 2}.get(image.format, 4)
    bands = int(image.bands)
    whole = pixels * bands * depth
    if header.format == "AVIF":
        return BUFFERS + AVIF_COPIES * whole
    if header.format == "WEBP":
        is_animated = getattr(header, "n_frames", 1) > 1
        return BUFFERS + pixels * (8 if is_animated else 4 if LOSSLESS_WEBP in data[:64] else 1)
    if header.format == "PNG":
        return BUFFERS + (whole if header.info.get("interlace") else 0)
    tags = header.tag_v2  # type: ignore[attr-defined]
    rows = tags.get(TILE_LENGTH) or min(tags.get(ROWS_PER_STRIP, header.height), header.height)
    width = tags.get(TILE_WIDTH) or header.width
    return BUFFERS + 2 * int(rows) * int(width) * bands * depth


def _check_parts(tags: Mapping[int, Any], size: int) -> None:
    """Whether all the strips or tiles lie in the file, which the library does not mind."""
    for offsets, lengths in (STRIPS, TILES):
        ends = zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False)
        if any(offset + length > size for offset, length in ends):
            raise ValueError("it ends before its pixels do")
