"""Limits: which pictures are refused by their size, before any pixel of them is decoded."""

from __future__ import annotations

from pipeline.catalogue.pictures.memory import MB, PICTURE_BYTES
from pipeline.errors import PictureError

MAX_BYTES = 40 * MB
MAX_PIXELS = 64_000_000
"""Above the 50 megapixels that today's phones and cameras save in formats other than JPEG."""
MAX_JPEG_PIXELS = 216_000_000
"""Phones save up to 200 megapixels; a JPEG is decoded at an eighth of its width."""
MIN_SIDE = 12
MAX_ASPECT = 10
"""The longer side over the shorter: a belt photographed whole stays under 8."""


def check_bytes(size: int) -> None:
    """Refuse a file that is empty or too large to read.

    Raises:
        PictureError: If it is.
    """
    if size == 0:
        raise PictureError("The picture file is empty (0 bytes). Choose another file.")
    if size > MAX_BYTES:
        raise PictureError(
            f"The picture file has {size / MB:.0f} MB; the limit is {MAX_BYTES // MB} MB. "
            "Save it smaller."
        )


def check_size(width: int, height: int, is_jpeg: bool) -> None:
    """Refuse a picture of too many pixels, too few, or too narrow a shape.

    Raises:
        PictureError: If it is one of these.
    """
    most = MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS
    if width * height > most:
        raise too_many_pixels(most, width, height)
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"The picture is {width} x {height} pixels; each side needs at least {MIN_SIDE}."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(
            f"The picture is {width} x {height} pixels, too narrow to show a garment: the longer "
            f"side may be at most {MAX_ASPECT} times the shorter. Crop it."
        )


def check_memory(needed: int, width: int, height: int, file_format: str | None) -> None:
    """Refuse a picture that its format keeps from being decoded in little memory.

    Raises:
        PictureError: If it needs more than one picture may have.
    """
    if needed > PICTURE_BYTES:
        raise PictureError(
            f"The picture is a {file_format or 'file'} of {width} x {height} pixels that takes "
            f"{needed // MB} MB to decode; the limit is {PICTURE_BYTES // MB} MB. Save it smaller, "
            "or as an ordinary JPEG."
        )


def too_many_pixels(most: int, width: int = 0, height: int = 0) -> PictureError:
    """The error for a picture that declares more pixels than are decoded."""
    size = f"{width} x {height} pixels" if width else "too many pixels"
    return PictureError(
        f"The picture has {size}; the limit is {most // 1_000_000} megapixels. Save it smaller."
    )
