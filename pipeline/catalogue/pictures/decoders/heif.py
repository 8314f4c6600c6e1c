"""HEIF: what iPhones and other phones save (`.heic`), read by `pi-heif` where that is installed."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pipeline.catalogue.pictures.memory import MB
from pipeline.catalogue.pictures.pixels import to_rgb
from pipeline.errors import PictureError

HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
ANY_BRANDS = {b"mif1", b"mif2", b"miaf", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}
"""What files of this family call themselves (ISO/IEC 23008-12, annex B; AV1 Image Format, 7)."""
BUFFERS = 12 * MB
"""What the library keeps besides the pixels, and a strip that is converted."""
PLANES = {420: 1.5, 422: 2.0, 444: 3.0}
"""Bytes a pixel of the planes that are decoded, by how their colours are sampled."""
STRIP_PIXELS = 500_000
MISSING = (
    "The picture is a HEIC file, as iPhones save them, and pi-heif, which reads these, is not "
    "installed here. Save the picture as a JPEG, or install it: python -m pip install pi-heif."
)


def is_heif(data: bytes) -> bool:
    """Whether a file is of the HEIF family, AVIF left out, which Pillow reads."""
    if data[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[start : start + 4] for start in range(16, size, 4)}
    major = data[8:12]
    return major in HEVC_BRANDS or (major in ANY_BRANDS and not brands & AVIF_BRANDS)


class Heif:
    """A HEIF picture, upright, that is decoded whole and reduced from there, strip by strip.

    Attributes:
        format: Its name, for people.
        size: Its width and height in pixels.
        orientation: 1: the library has turned it upright.
        profile: The ICC profile in it, if any.
        is_clear: Whether some of it may be transparent.
        bytes_needed: What reading it takes, more or less, besides the result.

    Args:
        data: The encoded picture.

    Raises:
        PictureError: If `pi-heif` is not installed.
        Exception: Of the library, if it is damaged.
    """

    format = "HEIC"
    orientation = 1

    def __init__(self, data: bytes) -> None:
        try:
            import pi_heif
        except ImportError:
            raise PictureError(MISSING) from None
        file = pi_heif.open_heif(io.BytesIO(data))
        self._picture = file[file.primary_index]
        info = self._picture.info
        self.size: tuple[int, int] = self._picture.size
        self.profile: bytes | None = info.get("icc_profile")
        channels = len(self._picture.mode.split(";")[0])
        self.is_clear = channels % 2 == 0
        planes = PLANES.get(info.get("chroma"), 3.0) + self.is_clear
        depth = 1 if info["bit_depth"] <= 8 else 2
        pixels = self.size[0] * self.size[1]
        self.bytes_needed = BUFFERS + int(pixels * depth * (planes + channels))

    def read(self, factor: int) -> Image.Image:
        """Decode it, in RGB on white, reduced by a whole factor."""
        mode = self._picture.mode
        values = np.asarray(self._picture)
        height, width = self._picture.size[::-1]
        result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
        rows = max(1, STRIP_PIXELS // width // factor) * factor
        for top in range(0, height, rows):
            part = values[top : top + rows, :width]
            strip = Image.frombytes(mode, (width, len(part)), part.tobytes())
            result.paste(to_rgb(strip, factor, self.profile), (0, top // factor))
        return result
