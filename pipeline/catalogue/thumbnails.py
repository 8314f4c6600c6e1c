"""Thumbnails: what people see of an item."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from pipeline.catalogue.pictures import orientation_in, shows_as_srgb

THUMBNAIL_SIDE = 256
SMALL_BYTES = 40_000
SHOWN = ("JPEG", "PNG")
"""The formats that every viewer shows."""


def make_thumbnail(source: bytes | Path, picture: Image.Image) -> bytes:
    """The source's own bytes where they are small already, else a reduced JPEG.

    Args:
        source: The picture as it is encoded.
        picture: The same, decoded.
    """
    if isinstance(source, bytes) and len(source) < SMALL_BYTES and _shows_as(source, picture):
        return source
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=88)
    return stream.getvalue()


def _shows_as(source: bytes, picture: Image.Image) -> bool:
    """Whether every viewer shows it, as encoded, as it was decoded: upright, opaque, in sRGB."""
    try:
        image = Image.open(io.BytesIO(source), formats=SHOWN)
    except Exception:
        # What has been decoded may still have side blocks that Pillow makes nothing of.
        return False
    with image:
        return (
            image.format in SHOWN
            and image.mode in ("RGB", "L")
            and max(picture.size) <= THUMBNAIL_SIDE
            and not image.has_transparency_data
            and shows_as_srgb(image)
            and orientation_in(image.info.get("exif", b"")) == 1
        )
