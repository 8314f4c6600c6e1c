"""A picture is refused for its pixels only: odd side blocks of its file are nobody's concern."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from pipeline.catalogue import open_picture
from tests.catalogue.test_picture_memory import chunk
from tests.catalogue.test_pictures import encoded

LANDSCAPE = Image.new("RGB", (60, 40), "red")
ORIENTATION, BIAS, MAKER = 0x0112, 0x9204, 0x010F
SHORT, LONG, TEXT, SIGNED_RATIONAL = 3, 4, 2, 10


def jpeg_with(exif: bytes) -> bytes:
    data = encoded(LANDSCAPE, "JPEG")
    body = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def exif_of(*entries: tuple[int, int, int, bytes]) -> bytes:
    """A block of one directory; each entry its tag, type, count and four bytes."""
    rows = b"".join(struct.pack(">HHI", *entry[:3]) + entry[3] for entry in entries)
    return b"MM\0*" + struct.pack(">IH", 8, len(entries)) + rows + bytes(4)


TURNED = (ORIENTATION, SHORT, 1, b"\0\6\0\0")
ODD = {
    "no TIFF": b"this is no block of tags",
    "nothing": b"",
    "cut in the header": b"MM\0*\0",
    "a directory that is elsewhere": b"MM\0*\xff\xff\xff\xff",
    "an orientation in words": exif_of((ORIENTATION, TEXT, 4, b"top\0")),
    "an orientation out of range": exif_of((ORIENTATION, SHORT, 1, b"\0\x63\0\0")),
    "two orientations": exif_of((ORIENTATION, SHORT, 2, b"\0\1\0\1")),
    "a type that is none": exif_of((MAKER, 99, 1, b"abcd")),
}
TURNED_ODD = {
    "a bias by nought": exif_of(TURNED, (BIAS, SIGNED_RATIONAL, 1, b"\0\0\0\x08")),
    "a text for a number": exif_of(TURNED, (0x0100, TEXT, 4, b"wide")),
    "a number for a text": exif_of((MAKER, SHORT, 1, b"\0\7\0\0"), TURNED),
    "a value that is elsewhere": exif_of((MAKER, TEXT, 999, b"\xff\xff\xff\0"), TURNED),
    "more entries than there are": exif_of(TURNED).replace(b"\0\1\x01\x12", b"\0\x40\x01\x12"),
    "a directory of its own that is none": exif_of(TURNED, (0x8769, LONG, 1, b"\0\xff\xff\0")),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own on what it mends
@pytest.mark.parametrize("exif", ODD.values(), ids=ODD.keys())
def test_a_block_of_tags_that_makes_no_sense_is_ignored(exif: bytes) -> None:
    assert open_picture(jpeg_with(exif)).size == (60, 40)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("exif", TURNED_ODD.values(), ids=TURNED_ODD.keys())
def test_odd_tags_beside_the_orientation_are_ignored(exif: bytes) -> None:
    assert open_picture(jpeg_with(exif)).size == (40, 60)


SIDE_BLOCKS = {
    "a text that unpacks to 32 MB": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(32 << 20))),
    "a text of 4 MB": chunk(b"tEXt", b"a\0" + b"b" * (4 << 20)),
    "a text that is not packed": chunk(b"zTXt", b"a\0\0no zlib"),
    "a text of a kind that is none": chunk(b"zTXt", b"a\0\7"),
    "a block with a wrong checksum": chunk(b"tEXt", b"a\0b")[:-1] + b"!",
    "resolutions cut short": chunk(b"pHYs", b"\0"),
    "a gamma cut short": chunk(b"gAMA", b""),
    "an animation that is none": chunk(b"acTL", b"\0\0"),
    "a profile that is none": chunk(b"iCCP", b"a\0\0no zlib"),
    "a profile that unpacks to 32 MB": chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(32 << 20))),
    "tags that make no sense": chunk(b"eXIf", b"no tags"),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("side", [60, 2400], ids=["small", "large"])
@pytest.mark.parametrize("block", SIDE_BLOCKS.values(), ids=SIDE_BLOCKS.keys())
def test_side_blocks_of_a_png_are_ignored(block: bytes, side: int) -> None:
    data = encoded(Image.new("RGB", (side, side), "red"), "PNG")
    opened = open_picture(data[:33] + block + data[33:])
    assert opened.size == (side, side)
    assert opened.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("size", [(60, 40), (2400, 2000)], ids=["small", "large"])
def test_an_orientation_behind_the_pixels_of_a_png_is_found(size: tuple[int, int]) -> None:
    data = encoded(Image.new("RGB", size, "red"), "PNG")
    turned = data[:-12] + chunk(b"eXIf", exif_of(TURNED)) + data[-12:]
    assert open_picture(turned).size == size[::-1]
