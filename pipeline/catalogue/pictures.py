"""Decoding of pictures, hostile until proven otherwise, into upright RGB on a white ground."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import PictureError

Picture = str | Path | bytes | Image.Image
"""What a query may be: a path, the encoded bytes, or a decoded picture."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MAX_BYTES = 40 * 2**20
MAX_PIXELS = 64_000_000
"""Above the 50 megapixels of today's phones; decoded, it is 192 MB of RGB."""
MIN_SIDE = 12
MAX_ASPECT = 10
"""The longer side over the shorter: a belt photographed whole stays under 8."""


def open_picture(source: Picture, side: int | None = None) -> Image.Image:
    """Decode a picture within limits, as people see it.

    The size is read from the header and checked before any pixel is decoded. The EXIF
    orientation is applied, transparency is laid on white, and an animation gives its first
    frame. Grey, palette, CMYK and 16-bit pictures are converted.

    Args:
        source: A path, encoded bytes, or a PIL image.
        side: A large JPEG may be decoded at a half, a quarter or an eighth of its size, as
            long as its shorter side keeps at least so many pixels; None decodes it whole.

    Returns:
        An upright image of mode ``RGB``.

    Raises:
        PictureError: If the picture cannot be read, or its size is outside the limits.
    """
    try:
        image = source if isinstance(source, Image.Image) else _read_header(source)
        _check_size(*image.size)
        if side is not None and image.format in ("JPEG", "MPO"):
            shrink = min(1.0, side / min(image.size))
            image.draft(None, (round(image.width * shrink), round(image.height * shrink)))
        return _on_white(ImageOps.exif_transpose(_eight_bit(image)))
    except UnidentifiedImageError:
        raise PictureError(
            "This is not a picture that can be read. Give a JPEG, PNG, WebP, GIF, BMP, TIFF or "
            "AVIF file."
        ) from None
    except Image.DecompressionBombError:
        raise PictureError(_too_many_pixels()) from None
    except PictureError:
        raise
    except Exception as error:
        # On damaged files, Pillow's decoders raise almost any class: OSError, SyntaxError,
        # ValueError, TypeError, MemoryError, and RuntimeError for AVIF.
        raise PictureError(
            f"The picture is damaged or cut short ({error}). Save or copy it again."
        ) from error


def _read_header(source: str | Path | bytes) -> Image.Image:
    if isinstance(source, bytes):
        size, stream = len(source), io.BytesIO(source)
    else:
        path = Path(source)
        if not path.is_file():
            raise PictureError(f"There is no picture file at '{path}'. Check the path.")
        size = path.stat().st_size
        # Read whole, so that no file handle outlives this call.
        stream = io.BytesIO(path.read_bytes() if size <= MAX_BYTES else b"")
    if size == 0:
        raise PictureError("The picture file is empty (0 bytes). Choose another file.")
    if size > MAX_BYTES:
        raise PictureError(
            f"The picture file has {size / 2**20:.0f} MB; the limit is {MAX_BYTES // 2**20} MB. "
            "Save it smaller."
        )
    return Image.open(stream, formats=FORMATS)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PictureError(_too_many_pixels(width, height))
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"The picture is {width} x {height} pixels; each side needs at least {MIN_SIDE}."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(
            f"The picture is {width} x {height} pixels, too narrow to show a garment: the longer "
            f"side may be at most {MAX_ASPECT} times the shorter. Crop it."
        )


def _too_many_pixels(width: int | None = None, height: int | None = None) -> str:
    size = f"{width} x {height} pixels" if width else "too many pixels"
    return (
        f"The picture has {size}; the limit is {MAX_PIXELS // 1_000_000} megapixels. "
        "Save it smaller."
    )


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float grey down to 8 bits, which Pillow's convert would clip."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    # A float may be no number, or too great for one more product.
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0.0)
    full_scale = 1.0 if image.mode == "F" and values.max() <= 1.0 else 65535.0
    grey = (np.clip(values / full_scale, 0, 1) * 255).astype(np.uint8)
    converted = Image.fromarray(grey)
    converted.info = {key: image.info[key] for key in ("exif",) if key in image.info}
    return converted


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")
