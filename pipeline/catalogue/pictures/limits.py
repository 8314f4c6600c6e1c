"""Limits: which pictures are refused by their size, before any pixel of them is decoded."""

from __future__ import annotations

from pipeline.catalogue.pictures.memory import MB, PICTURE_BYTES
from pipeline.errors import PictureError

MAX_BYTES = 40 * MB
MAX_PIXELS = 216_000_000
"""Phones save up to 200 megapixels. What a format takes to decode is limited besides."""
MIN_SIDE = 12
MAX_ASPECT = 10
"""The longer side over the shorter: a belt photographed whole stays under 8."""
MOST_BLOCKS = 2**16
"""Of which a file is made. One of 40 MB has ten thousand where its writer stores 4 kB in each."""
MOST_SCANS = 100
"""Of a JPEG. Programs write ten or so; a scan may take 50 bytes and yet go over all pixels."""
SCANNED_SAMPLES = 2 * 10**9
"""What all the scans of a JPEG may go over, together: two or three seconds."""


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


def check_size(width: int, height: int) -> None:
    """Refuse a picture of too many pixels, too few, or too narrow a shape.

    Raises:
        PictureError: If it is one of these.
    """
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"The picture has {width} x {height} pixels; the limit is "
            f"{MAX_PIXELS // 1_000_000} megapixels. Save it smaller."
        )
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


def check_blocks(count: int) -> None:
    """Refuse a file of so many blocks that to walk through them takes long.

    Raises:
        PictureError: If it has more than any program writes.
    """
    if count > MOST_BLOCKS:
        raise PictureError(
            f"The picture file has more than {MOST_BLOCKS} blocks. Open it and save it again."
        )


def check_scans(scans: int, samples: int) -> None:
    """Refuse a JPEG whose scans go over its samples so often that it takes long to decode.

    Raises:
        PictureError: If there are more of them than programs write for its size.
    """
    most = min(MOST_SCANS, max(1, SCANNED_SAMPLES // max(1, samples)))
    if scans > most:
        raise PictureError(
            f"The picture is a JPEG that has {scans} scans; the limit for its size is {most}. "
            "Open it and save it again."
        )
