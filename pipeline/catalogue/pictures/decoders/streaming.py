"""Streaming: large pictures decoded through libvips, a few rows at a time, and reduced on the way.

Pillow decodes a picture whole, at four bytes a pixel and more (twenty for WebP). libvips decodes
PNG, TIFF and WebP by rows, which takes a few megabytes at any size.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image

from pipeline.catalogue.pictures.decoders.containers import is_lossless, moves
from pipeline.catalogue.pictures.memory import MB
from pipeline.catalogue.pictures.pixels import from_numbers, profile_of, to_rgb
from pipeline.catalogue.pictures.tags import TIFF_STARTS

if TYPE_CHECKING:
    import pyvips

Value = TypeVar("Value")
LOADERS = {"PNG": "pngload", "TIFF": "tiffload", "WEBP": "webpload", "AVIF": "heifload"}
BUFFERS = 24 * MB
"""What the library keeps besides: rows, and the windows of its decoders."""
AVIF_COPIES = 4
"""The planes of the decoder, those of its threads, the copy of them, and the pixels."""
WHOLE_COPIES = 3
"""Of a picture of which nothing more is known than its size."""
AVIF_STARTS = {b"ftypavif", b"ftypavis", b"ftypmif1"}
WHITE = {"uchar": 255.0, "ushort": 65535.0}
STRIPS, TILES = (273, 279), (324, 325)
"""The tags of where parts of a TIFF start and how long they are (TIFF 6.0)."""
TILE_LENGTH, TILE_WIDTH, ROWS_PER_STRIP = 323, 322, 278


class UnreadableError(Exception):
    """The library does not read such a file at all; another may."""


class Stream:
    """A picture that is decoded by rows and reduced by a whole factor on the way.

    Attributes:
        format: Its name, as Pillow gives it.
        size: Its width and height in pixels.
        orientation: How it is to be turned upright, as EXIF has it.
        profile: The ICC profile in it, if any.
        bytes_needed: What reading it takes, more or less, besides the result.

    Args:
        data: The encoded picture.
        header: The same, opened by Pillow and not decoded; None where that cannot.
        orientation: What the header tells of it; None for what the library finds.

    Raises:
        UnreadableError: If the library does not read it.
        ValueError: If it is cut short.
    """

    def __init__(
        self, data: bytes, header: Image.Image | None, orientation: int | None = None
    ) -> None:
        self.format = str(header.format) if header is not None else format_of(data)
        tags = getattr(header, "tag_v2", {})
        _check_parts(tags, len(data))
        self._data = data
        self._image = self._open()
        self.size: tuple[int, int] = (self._image.width, self._image.height)
        self.orientation = orientation or _told(self._image, "orientation", 1)
        if header is not None:
            self.profile: bytes | None = profile_of(header)
            self.bytes_needed = _bytes_needed(data, header, self._image)
        else:
            self.profile = _told(self._image, "icc-profile-data", None)
            self.bytes_needed = BUFFERS + WHOLE_COPIES * _whole_bytes(self._image)

    def read(self, factor: int) -> Image.Image:
        """Decode it, once, in RGB on white, reduced by a whole factor."""
        image = self._image
        if self.format == "WEBP":
            image, factor = self._open(scale=1 / factor), 1
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
        return to_rgb(from_numbers(values, is_cmyk), profile=self.profile)

    def _open(self, **options: object) -> pyvips.Image:
        library = _library()
        loader = getattr(library.Image, f"{LOADERS[self.format]}_buffer")
        try:
            # Decoded as it is read, so that a file which is cut short is noticed.
            return loader(self._data, access="sequential", fail_on="truncated", **options)
        except library.Error as error:
            raise UnreadableError(str(error)) from error


def format_of(data: bytes) -> str:
    """The format of a file that the library may read where Pillow does not; empty for others."""
    if data.startswith(TIFF_STARTS):
        return "TIFF"
    return "AVIF" if data[4:12] in AVIF_STARTS else ""


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
    whole = _whole_bytes(image)
    if header.format == "AVIF":
        return BUFFERS + AVIF_COPIES * whole
    if header.format == "WEBP":
        return BUFFERS + pixels * (8 if moves(data) else 4 if is_lossless(data) else 1)
    if header.format == "PNG":
        return BUFFERS + (whole if header.info.get("interlace") else 0)
    tags = header.tag_v2  # type: ignore[attr-defined]
    rows = tags.get(TILE_LENGTH) or min(tags.get(ROWS_PER_STRIP, header.height), header.height)
    width = tags.get(TILE_WIDTH) or header.width
    return BUFFERS + 2 * int(rows) * int(width) * whole // pixels


def _told(image: pyvips.Image, field: str, otherwise: Value) -> Value:
    """What the library has found in the file's tags."""
    return image.get(field) if image.get_typeof(field) else otherwise


def _whole_bytes(image: pyvips.Image) -> int:
    depth = {"uchar": 1, "char": 1, "ushort": 2, "short": 2, "double": 8}.get(image.format, 4)
    return int(image.width * image.height * image.bands * depth)


def _check_parts(tags: Mapping[int, Any], size: int) -> None:
    """Whether all the strips or tiles lie in the file, which the library does not mind."""
    for offsets, lengths in (STRIPS, TILES):
        ends = zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False)
        if any(offset + length > size for offset, length in ends):
            raise ValueError("it ends before its pixels do")
