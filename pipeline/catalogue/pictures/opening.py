"""Opening: any picture, hostile until proven otherwise, as upright RGB on a white ground."""

from __future__ import annotations

import contextlib
import io
import math
import struct
from pathlib import Path

from PIL import (  # each is registered as it is imported
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)
from PIL.JpegImagePlugin import JpegImageFile

from pipeline.catalogue.pictures.blocks import only_pixels
from pipeline.catalogue.pictures.decoders import (
    LOADERS,
    Heif,
    Stream,
    TiledHeif,
    UnreadableError,
    format_of,
    heif_of,
    is_heif,
)
from pipeline.catalogue.pictures.limits import (
    check_bytes,
    check_memory,
    check_size,
)
from pipeline.catalogue.pictures.memory import FILES, MB, PICTURE_BYTES, PIXELS
from pipeline.catalogue.pictures.pixels import profile_of, to_rgb
from pipeline.catalogue.pictures.segments import JPEG_START, coefficient_bytes
from pipeline.catalogue.pictures.tags import BIG_ENDIAN_BIG_TIFF, orientation_in
from pipeline.catalogue.pictures.unread import name_of_unread
from pipeline.errors import PictureError, lines_of
from pipeline.timing import timed

Picture = str | Path | bytes | Image.Image
"""What a query may be: a path, the encoded bytes, or a decoded picture."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Those that Pillow reads."""
FORMAT_NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
"""All, for people."""
# Pillow unpacks such numbers, and only does not know that a TIFF may have them: it is what arrays
# of float64 are saved as.
TiffImagePlugin.OPEN_INFO.setdefault((b"II", 1, (3,), 1, (64,), ()), ("F", "F;64F"))
TiffImagePlugin.OPEN_INFO.setdefault((b"MM", 1, (3,), 1, (64,), ()), ("F", "F;64BF"))
LARGE_PIXELS = 4_000_000
"""From here on a picture is reduced while it is decoded."""
WHOLE_PIXELS = 8_000_000
"""No picture comes out larger."""
JPEG_BYTES = 8
"""A pixel as a JPEG is decoded, the result included."""
RESULT_BYTES = 10
"""A pixel of the result, while it is converted and turned."""
PACKED_BMP = (1, 2)
"""What Pillow calls the packing of a BMP by runs of pixels."""
PACKED_BMP_BYTES = 8
"""A pixel of a BMP that is packed, which Pillow unpacks in Python, slowly and in several copies."""
ONE_BYTE_MODES = ("1", "L", "P")
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How each EXIF orientation (EXIF 3.0, tag 274) is turned upright."""


@timed("decode")
def open_picture(source: Picture, side: int | None = None) -> Image.Image:
    """Decode a picture within limits, as people see it.

    The size is read from the header and checked before any pixel is decoded. The EXIF
    orientation is applied, transparency is laid on white, and an animation gives its first
    frame. Grey, palette, CMYK, 16-bit and float pictures are converted, and colours that a profile
    in the file describes are turned to sRGB; one that is broken is not heeded. Decoding takes at
    most 250 MB, and all the pictures that are decoded at once at most 600 MB.

    Args:
        source: A path, encoded bytes, or a PIL image.
        side: A large picture may be decoded at a fraction of its size, as long as its shorter
            side keeps at least so many pixels; None decodes it whole up to 8 megapixels.

    Returns:
        An upright image of mode ``RGB`` in sRGB.

    Raises:
        PictureError: If the picture cannot be read, or its size is outside the limits.
    """
    try:
        if isinstance(source, Image.Image):
            check_size(*source.size)
            encoded = _encoded(source)
            return _decode(source, side) if encoded is None else _decode_bytes(encoded, side)
        if isinstance(source, bytes):
            check_bytes(len(source))
            return _decode_bytes(source, side)
        path = Path(source)
        if not path.is_file():
            raise PictureError(f"There is no picture file at '{path}'. Check the path.")
        check_bytes(path.stat().st_size)
        with FILES.taken(path.stat().st_size):
            # Read whole, so that no file handle outlives this call.
            return _decode_bytes(path.read_bytes(), side)
    except UnidentifiedImageError as error:
        named = f"{error}, which is not read" if str(error) else "not a picture that can be read"
        raise PictureError(f"This is {named}. Give a {FORMAT_NAMES} file.") from None
    except PictureError:
        raise
    except Exception as error:
        # On damaged files, Pillow's decoders raise almost any class: OSError, SyntaxError,
        # ValueError, TypeError, MemoryError, and RuntimeError for AVIF; libvips has its own.
        reason = lines_of(error)[-1].strip()
        raise PictureError(
            f"The picture is damaged or cut short ({reason}). Save or copy it again."
        ) from error


def _encoded(image: Image.Image) -> bytes | None:
    """The bytes of a JPEG that whoever holds it has only opened; None for any other picture.

    They are read again, since to decode the picture itself at a fraction would change its size for
    its holder.
    """
    if not isinstance(image, JpegImageFile) or image.fp is None:
        return None
    if not image.tile or image.decoderconfig or image.tell() != 0:
        return None  # decoded, reduced or turned to another frame already: as its holder wants it
    place = image.fp.tell()
    try:
        image.fp.seek(0)
        return image.fp.read()
    finally:
        image.fp.seek(place)


def _decode_bytes(data: bytes, side: int | None) -> Image.Image:
    # Under the same name, so that nothing holds what is left out.
    data = only_pixels(data)
    if data.startswith(JPEG_START):
        return _decode_jpeg(data, side)
    if is_heif(data):
        return _read(heif_of(data), side)
    try:
        image = _identified(data)
    except Exception:
        # Of tags that make no sense, and of kinds of numbers, that the other library minds not.
        if not format_of(data):
            raise
        return _read(Stream(data, None), side)
    check_size(*image.size)
    # An AVIF is turned upright by the library.
    orientation = 1 if image.format == "AVIF" else _orientation(image, is_decoded=False)
    if _is_streamed(image):
        with contextlib.suppress(UnreadableError):
            return _read(Stream(data, image, orientation), side)
    needed = _bytes_needed(image)
    check_memory(needed, *image.size, image.format)
    try:
        with PIXELS.taken(needed + _result_bytes(image.size, side)):
            return _decode(image, side)
    except Exception:
        # With its pixels, Pillow reads tags of a TIFF that nobody needs.
        if image.format != "TIFF":
            raise
        return _read(Stream(data, image, orientation), side)


def _identified(data: bytes) -> Image.Image:
    """Open a picture as Pillow does, but for its limit of pixels, which is below what phones save.

    Raises:
        UnidentifiedImageError: If it is none.
    """
    if data.startswith(BIG_ENDIAN_BIG_TIFF):
        raise UnidentifiedImageError("a TIFF that Pillow takes for one of another kind")
    for name in FORMATS:
        factory, accepts = Image.OPEN[name]
        with contextlib.suppress(SyntaxError, IndexError, TypeError, struct.error):
            if accepts is None or accepts(data[:16]) is True:
                return factory(io.BytesIO(data), "")
    raise UnidentifiedImageError(name_of_unread(data[:64]))


def _read(decoder: Stream | Heif | TiledHeif, side: int | None) -> Image.Image:
    check_size(*decoder.size)
    check_memory(decoder.bytes_needed, *decoder.size, decoder.format)
    with PIXELS.taken(decoder.bytes_needed + _result_bytes(decoder.size, side)):
        return _upright(decoder.read(_factor(decoder.size, side)), decoder.orientation)


def _result_bytes(size: tuple[int, int], side: int | None) -> int:
    return RESULT_BYTES * size[0] * size[1] // _factor(size, side) ** 2


def _decode_jpeg(data: bytes, side: int | None) -> Image.Image:
    # Opened without Pillow's own limit of pixels, which is below what phones save, and as the
    # first of the pictures that it may hold: a gain map or a second view is not wanted.
    image = JpegImageFile(io.BytesIO(data))
    check_size(*image.size)
    size, kept = image.size, coefficient_bytes(data)
    if kept > PICTURE_BYTES // 2:
        # What it leaves for pixels is little.
        image.draft(None, (size[0] // 8, size[1] // 8))
    else:
        _draft(image, side)
    needed = kept + JPEG_BYTES * image.width * image.height
    check_memory(needed, *size, image.format)
    with PIXELS.taken(needed):
        return _decode(image, side)


def _decode(image: Image.Image, side: int | None) -> Image.Image:
    rgb = to_rgb(image, _factor(image.size, side), profile_of(image))
    # Only now: Pillow turns a TIFF upright itself, as it decodes it.
    return _upright(rgb, _orientation(image))


def _upright(rgb: Image.Image, orientation: int) -> Image.Image:
    turn = UPRIGHT.get(orientation)
    upright = rgb if turn is None else rgb.transpose(turn)
    # Nothing of it may be taken for another picture's: its colours are turned to sRGB already.
    upright.info = {}
    return upright


def _draft(image: Image.Image, side: int | None) -> None:
    """Have a large JPEG decoded at a half, a quarter or an eighth."""
    width, height = image.size
    wanted = side / min(width, height) if side else math.sqrt(WHOLE_PIXELS / (width * height))
    if wanted < 1:
        image.draft(None, (math.ceil(width * wanted), math.ceil(height * wanted)))


def _factor(size: tuple[int, int], side: int | None) -> int:
    """By how much a large picture is reduced; 1 for any other."""
    pixels = size[0] * size[1]
    if pixels <= LARGE_PIXELS:
        return 1
    return max(math.ceil(math.sqrt(pixels / WHOLE_PIXELS)), min(size) // side if side else 1)


def _is_streamed(image: Image.Image) -> bool:
    if image.width * image.height <= LARGE_PIXELS or image.format not in LOADERS:
        return False
    # An interlaced picture is decoded whole whatever decodes it, and Pillow keeps these smaller.
    return not (image.info.get("interlace") and image.mode in ONE_BYTE_MODES)


def _bytes_needed(image: Image.Image) -> int:
    """What Pillow takes to decode a picture, more or less, besides the result."""
    pixels = image.width * image.height
    if image.format in ("WEBP", "AVIF"):
        return 20 * pixels
    if image.info.get("compression") in PACKED_BMP:
        return PACKED_BMP_BYTES * pixels
    return 32 * MB + pixels * (1 if image.mode in ONE_BYTE_MODES else 4)


def _orientation(image: Image.Image, is_decoded: bool = True) -> int:
    if "exif" in image.info:
        return orientation_in(image.info["exif"])
    # Asked for its tags, Pillow would decode a picture; those of a TIFF it has read.
    tags = getattr(image, "tag_v2", {})
    if is_decoded:
        try:
            tags = image.getexif()
        except Exception:
            # No tag but this one is wanted, so nothing else in them is a reason to refuse.
            return 1
    value = tags.get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) else 1
