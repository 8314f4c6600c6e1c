"""A picture is refused for its pixels only: odd side blocks of its file are nobody's concern."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import make_thumbnail, open_picture
from tests.catalogue.test_picture_memory import chunk
from tests.catalogue.test_pictures import encoded
from tests.support.profiles import srgb

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
    "tags with a wrong checksum": chunk(b"eXIf", b"MM\0*")[:-1] + b"!",
    "a profile packed otherwise": chunk(b"iCCP", b"a\0\7packed"),
    "a profile with a wrong checksum": chunk(b"iCCP", b"a\0\0" + zlib.compress(b"b"))[:-1] + b"!",
    "a clear colour cut short": chunk(b"tRNS", b"\0"),
    "a clear colour that is too long": chunk(b"tRNS", bytes(300)),
    "a block of a maker's own": chunk(b"prVt", b"own" * 100_000),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("side", [60, 2400], ids=["small", "large"])
@pytest.mark.parametrize("block", SIDE_BLOCKS.values(), ids=SIDE_BLOCKS.keys())
def test_side_blocks_of_a_png_are_ignored(block: bytes, side: int) -> None:
    data = encoded(Image.new("RGB", (side, side), "red"), "PNG")
    opened = open_picture(data[:33] + block + data[33:])
    assert opened.size == (side, side)
    assert opened.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["L", "P", "I;16"])
@pytest.mark.parametrize("odd", [b"", b"\0", bytes(300)], ids=len)
def test_transparency_that_makes_no_sense_is_ignored(mode: str, odd: bytes) -> None:
    pixels = np.full((40, 60), 120, np.uint8)
    image = Image.fromarray(pixels).quantize(4) if mode == "P" else Image.fromarray(pixels)
    data = encoded(Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else image)
    start = data.index(b"IDAT") - 4
    opened = open_picture(data[:start] + chunk(b"tRNS", odd) + data[start:])
    if (mode, len(odd)) != ("P", 1):  # which is whole: the first colour is clear
        assert opened.getpixel((5, 5)) == (120, 120, 120)


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 255, marker, len(body) + 2) + body


SEGMENTS = {
    "a start cut short": segment(0xE0, b"JFIF\0"),
    "a block of an editor that is cut short": segment(0xED, b"Photoshop 3.0\0008BIM\4\4"),
    "a resolution of an editor that is cut short": segment(
        0xED, b"Photoshop 3.0\0008BIM\3\xed\0\0\0\0\0\2\0\0"
    ),
    "a profile cut short": segment(0xE2, b"ICC_PROFILE\0\1"),
    "a part of a profile that has no others": segment(0xE2, b"ICC_PROFILE\0\7\3abc"),
    "a coding of colours cut short": segment(0xEE, b"Adobe\0"),
    "a comment of 64 kB": segment(0xFE, b"\xff" * 65_000),
    "3 MB of descriptions": segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(60_000))
    * 50,
    "one that is shorter than it can be": b"\xff\xe5\0\0",
    "bytes that fill": b"\xff\xff\xff" + segment(0xE5, b"a"),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("odd", SEGMENTS.values(), ids=SEGMENTS.keys())
def test_side_segments_of_a_jpeg_are_ignored(odd: bytes) -> None:
    data = encoded(LANDSCAPE, "JPEG", icc_profile=srgb())
    for start in (2, 20):
        turned = segment(0xE1, b"Exif\0\0" + exif_of(TURNED))
        opened = open_picture(data[:start] + odd + turned + data[start:])
        assert opened.size == (40, 60)
        assert opened.getpixel((5, 5)) == (254, 0, 0)


ODD_TAGS = {
    "a description in numbers": (270, SHORT, 1),
    "a resolution in words": (282, TEXT, 4),
    "a unit that is none": (296, LONG, 1),
    "a description of another kind": (700, SIGNED_RATIONAL, 1),
    "a profile of one number": (34675, SHORT, 1),
    "tags of a camera that are elsewhere": (34665, LONG, 1),
    "a type that is none": (305, 99, 1),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("side", [60, 2100], ids=["small", "large"])
@pytest.mark.parametrize(("tag", "kind", "count"), ODD_TAGS.values(), ids=ODD_TAGS.keys())
def test_side_tags_of_a_tiff_are_ignored(tag: int, kind: int, count: int, side: int) -> None:
    image = Image.new("RGB", (side, side), "red")
    data = encoded(image, "TIFF", compression="tiff_lzw") + bytes(1)
    (start,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, start)
    rows = [data[start + 2 + 12 * n : start + 14 + 12 * n] for n in range(entries)]
    rows = [row for row in rows if row[:2] != struct.pack("<H", tag)]
    rows.append(struct.pack("<HHI", tag, kind, count) + b"\xff\xff\xff\0")
    rows.sort(key=lambda row: struct.unpack_from("<H", row))
    data = data[: len(data) // 2 * 2]
    table = struct.pack("<H", len(rows)) + b"".join(rows) + bytes(4)
    opened = open_picture(data[:4] + struct.pack("<I", len(data)) + data[8:] + table)
    assert opened.size == (side, side)
    assert opened.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("size", [(60, 40), (2400, 2000)], ids=["small", "large"])
def test_odd_tags_in_an_avif_are_ignored(size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "somebody"
    data = encoded(Image.new("RGB", size, "red"), "AVIF", exif=exif.tobytes(), speed=10)
    odd = data.replace(b"MM\0*", b"none").replace(b"II*\0", b"none")
    assert odd != data
    assert open_picture(odd).size == size[::-1]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_small_pictures_with_odd_tags_have_a_thumbnail() -> None:
    for exif in (*ODD.values(), *TURNED_ODD.values()):
        data = jpeg_with(exif)
        opened = open_picture(data)
        assert Image.open(io.BytesIO(make_thumbnail(data, opened))).size == opened.size


@pytest.mark.parametrize("size", [(60, 40), (2400, 2000)], ids=["small", "large"])
def test_an_orientation_behind_the_pixels_of_a_png_is_found(size: tuple[int, int]) -> None:
    data = encoded(Image.new("RGB", size, "red"), "PNG")
    turned = data[:-12] + chunk(b"eXIf", exif_of(TURNED)) + data[-12:]
    assert open_picture(turned).size == size[::-1]
