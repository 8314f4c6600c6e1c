"""Small files that would take minutes or gigabytes, not for their pixels but for all besides."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import pyvips
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.catalogue.pictures import segments
from pipeline.catalogue.pictures.decoders.containers import is_lossless
from pipeline.catalogue.pictures.limits import MOST_BLOCKS, MOST_SCANS
from pipeline.errors import PictureError
from tests.catalogue.test_picture_blocks import segment
from tests.catalogue.test_picture_memory import chunk
from tests.catalogue.test_pictures import encoded
from tests.support.heic import TILE, TILE_SIDE, box, full

RED = Image.new("RGB", (64, 48), "red")
SHORT, LONG, TEXT, RATIONAL = 3, 4, 2, 5
MB = 2**20
Entry = tuple[int, int, int, int]
"""The tag, kind and count of an entry, and its value or where that lies."""
GREY: list[Entry] = [
    *((256, SHORT, 1, 64), (257, SHORT, 1, 64), (258, SHORT, 1, 8), (259, SHORT, 1, 1)),
    *((262, SHORT, 1, 1), (273, LONG, 1, 8), (278, SHORT, 1, 64), (279, LONG, 1, 4096)),
]
"""The directory of a grey picture of 64 x 64 pixels that lie first in the file."""


def tiff(body: bytes, *more: Entry) -> bytes:
    """A grey picture, another body behind its pixels, and more entries in its directory."""
    entries = {entry[0]: entry for entry in (*GREY, *more)}
    rows = b"".join(struct.pack("<HHII", *entries[tag]) for tag in sorted(entries))
    start = struct.pack("<4sI", b"II*\0", 8 + 4096 + len(body))
    return start + bytes(4096) + body + struct.pack("<H", len(entries)) + rows + bytes(4)


def exif(megabytes: int) -> bytes:
    """A block of tags that all have the same megabyte for their value."""
    rows = b"".join(struct.pack("<HHII", 40000 + n, TEXT, MB, 8) for n in range(megabytes))
    table = struct.pack("<H", megabytes) + rows + bytes(4)
    return struct.pack("<4sI", b"II*\0", 8 + MB) + b"a" * MB + table


def jpeg_of_parts(block: bytes) -> bytes:
    """A JPEG without the segment that tells its resolution, its tags spread over many segments."""
    data = encoded(RED, "JPEG")
    parts = [block[start : start + 60_000] for start in range(0, len(block), 60_000)]
    tags = b"".join(segment(0xE1, b"Exif\0\0" + part) for part in parts)
    return data[:2] + tags + data[data.index(b"\xff\xdb") :]


ALIASES: dict[str, Callable[[], bytes]] = {
    "TIFF": lambda: tiff(b"a" * MB, *((40000 + n, TEXT, MB, 8 + 4096) for n in range(60))),
    "JPEG": lambda: jpeg_of_parts(exif(60)),
    "AVIF": lambda: encoded(RED, "AVIF", exif=exif(60)),
    "a TIFF of a million resolutions": lambda: tiff(bytes(MB), (282, RATIONAL, MB // 8, 4104)),
}


@pytest.mark.parametrize("make", ALIASES.values(), ids=ALIASES.keys())
def test_tags_that_nobody_wants_take_no_memory(make: Callable[[], bytes]) -> None:
    data = make()
    open_picture(encoded(RED, "AVIF"))  # so that what is imported is not counted
    tracemalloc.start()
    opened = open_picture(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened.width == 64
    assert peak < 8 * MB


def heic_of(pictures: int, parts: int = 1, junk: int = 0) -> bytes:
    """As many pictures as one likes, all of the same pixels and the same megabyte of a profile.

    The pixels of each may be told in parts, all at the same place, and have junk behind them.
    """
    start, numbers = TILE.index(b"hvcC") - 4, range(1, pictures + 1)
    coded = TILE[start : start + int.from_bytes(TILE[start : start + 4], "big")]
    size = full(b"ispe", struct.pack(">II", TILE_SIDE, TILE_SIDE))
    known = box(b"ipco", coded + size + box(b"colr", b"prof" + bytes(MB)))
    said = b"".join(struct.pack(">H4B", number, 3, 0x81, 2, 3) for number in numbers)
    said = full(b"ipma", struct.pack(">I", pictures) + said)
    infos = b"".join(full(b"infe", struct.pack(">HH", n, 0) + b"hvc1\0", 2) for n in numbers)
    # The pixels stand first, so that where they lie is known.
    begin = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    pixels = TILE[TILE.index(b"mdat") + 4 :] + bytes(junk)
    place = len(begin) + 8
    part = struct.pack(">II", place, len(pixels))
    lies = b"".join(struct.pack(">HHHH", n, 0, 0, parts) + part * parts for n in numbers)
    return (
        begin
        + box(b"mdat", pixels)
        + full(
            b"meta",
            full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + full(b"pitm", struct.pack(">H", 1))
            + full(b"iinf", struct.pack(">H", pictures) + infos)
            + box(b"iprp", known + said)
            + full(b"iloc", struct.pack(">HH", 0x4400, pictures) + lies, 1),
        )
    )


def test_pictures_beside_the_main_one_of_a_heic_take_no_memory() -> None:
    pytest.importorskip("pi_heif", reason="pi-heif is not installed")
    data = heic_of(100)
    tracemalloc.start()
    opened = open_picture(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened.size == (TILE_SIDE, TILE_SIDE)
    assert peak < 12 * MB


def test_pixels_of_a_heic_that_lie_at_one_place_thirty_times_are_refused() -> None:
    with pytest.raises(PictureError, match="its items are longer than the file"):
        open_picture(heic_of(1, parts=30, junk=2 * MB))


@pytest.mark.parametrize("mark", [b"SEFHmark of a phone", b"\0\0\0\5mark", b"mark"])
def test_what_a_phone_writes_behind_an_avif_is_no_reason_to_refuse_it(mark: bytes) -> None:
    assert open_picture(encoded(RED, "AVIF") + mark).size == RED.size


LIES: dict[str, tuple[bytes, str]] = {
    "strips": (tiff(bytes(MB), (273, LONG, MB // 4, 4104)), "its tag 273 has 262144 values"),
    "bits": (tiff(bytes(MB), (258, SHORT, MB // 2, 4104)), "its tag 258 has 524288 values"),
    "tags over each other": (
        tiff(bytes(4096), *((tag, TEXT, 4096, 4104) for tag in range(512, 522))),
        "its tags are longer than the file",
    ),
    "tiles": (
        tiff(b"", *((322, LONG, 1, 32_000), (323, LONG, 1, 32_000))),
        "its tiles are larger than the picture",
    ),
    "tiles of no number": (tiff(b"", (322, 16, 1, 8), (323, LONG, 1, 16)), "tag 322 is no number"),
}


@pytest.mark.parametrize(("data", "reason"), LIES.values(), ids=LIES.keys())
def test_a_tiff_whose_tags_cannot_be_true_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        open_picture(data)


@pytest.mark.parametrize("order", [">", "<"])
def test_a_tiff_of_64_bit_numbers_is_read_and_its_tags_are_left_out(order: str) -> None:
    rows = [(tag, kind, count, value + 8 * (tag == 273)) for tag, kind, count, value in GREY]
    rows += [(40000 + n, TEXT, MB, 16) for n in range(60)]
    forms = {SHORT: "Hxxxxxx", LONG: "Ixxxx", TEXT: "Q"}
    table = struct.pack(f"{order}Q", len(rows))
    table += b"".join(struct.pack(f"{order}HHQ{forms[row[1]]}", *row) for row in rows) + bytes(8)
    mark = b"II" if order == "<" else b"MM"
    start = mark + struct.pack(f"{order}HHHQ", 43, 8, 0, 16 + 4096 + MB)
    assert open_picture(start + b"\x50" * 4096 + bytes(MB) + table).getpixel((9, 9)) == (80,) * 3


def progressive(scans: int) -> bytes:
    """A JPEG whose last scan is told again, until there are so many."""
    data = encoded(Image.new("L", (64, 48)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    more = scans - data.count(b"\xff\xda")
    return data[:-2] + data[last:-2] * more + data[-2:]


def test_a_jpeg_of_thousands_of_scans_is_refused_and_said_why() -> None:
    with pytest.raises(
        PictureError, match=r"has 3000 scans; .* is 100\. Open it and save it again"
    ):
        open_picture(progressive(3000))
    assert open_picture(progressive(MOST_SCANS)).size == (64, 48)
    # Decoders skip what is no marker of a segment; a length that it seems to have hides nothing.
    hidden = (
        progressive(3000)
        .replace(b"\xff\xda", b"\xff\x01\xff\xff\xff\xda")
        .replace(b"\xff\x01\xff\xff\xff\xda", b"\xff\xda", 1)
    )
    with pytest.raises(PictureError, match="has 3000 scans"):
        open_picture(hidden)


def test_the_larger_a_jpeg_the_fewer_scans_it_may_have() -> None:
    data = bytearray(progressive(60))
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 9000, 9000)
    with pytest.raises(PictureError, match="has 60 scans; the limit for its size is 24"):
        open_picture(bytes(data))


def test_scans_of_what_comes_behind_a_jpeg_are_not_its_own() -> None:
    assert open_picture(progressive(90) + progressive(90)).size == (64, 48)


def gif_with(extension: bytes) -> bytes:
    data = encoded(RED.convert("P"), "GIF")
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:start] + extension + data[start:]


def jpeg_with(more: bytes) -> bytes:
    data = encoded(RED, "JPEG")
    return data[:2] + more + data[2:]


def png_with(more: bytes) -> bytes:
    data = encoded(RED, "PNG")
    return data[:33] + more + data[33:]


def webp_with(more: bytes, side: int = 64) -> bytes:
    """An animation with more chunks behind its first two frames."""
    frames = [Image.new("RGB", (side, side), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0)
    return data[:4] + struct.pack("<I", len(data) + len(more) - 8) + data[8:] + more


def webp_frames(count: int) -> bytes:
    picture = encoded(Image.new("RGB", (2, 2)), "WEBP", lossless=True)[12:]
    body = bytes(6) + b"\1\0\0" * 3 + bytes(1) + picture
    return (b"ANMF" + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)) * count


MANY = MOST_BLOCKS + 1
CROWDS: dict[str, Callable[[], bytes]] = {
    "segments": lambda: jpeg_with(segment(0xE1, b"") * MANY),
    "segments behind something else": lambda: jpeg_with(
        segment(0xFE, b"") + b"\0" + segment(0xFE, b"") * MANY
    ),
    "texts": lambda: png_with(chunk(b"tEXt", b"") * MANY),
    "pixels that are none": lambda: png_with(chunk(b"IDAT", b"") * MANY),
    "comments": lambda: gif_with(b"!\xfe\0" * MANY),
    "a comment in parts": lambda: gif_with(b"!\xfe" + b"\1a" * MANY + b"\0"),
    "chunks": lambda: webp_with(b"none\0\0\0\0" * MANY),
}


@pytest.mark.parametrize("make", CROWDS.values(), ids=CROWDS.keys())
def test_a_file_of_more_blocks_than_any_program_writes_is_refused(
    make: Callable[[], bytes],
) -> None:
    with pytest.raises(PictureError, match="has more than 65536 blocks"):
        open_picture(make())


SLOW: dict[str, Callable[[], bytes]] = {
    "a comment of 5 MB": lambda: gif_with(b"!\xfe" + (b"\xff" + b"a" * 255) * 20_000 + b"\0"),
    "60 thousand blocks of tags": lambda: jpeg_with(
        segment(0xE1, b"Exif\0\0" + bytes(20)) * 60_000
    ),
    "9 MB that fill": lambda: jpeg_with(b"\xff" * (9 * MB)),
    "a thousand profiles": lambda: png_with(
        chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(MB - 99))) * 1000
    ),
    "20 thousand frames": lambda: webp_with(webp_frames(20_000), side=2100),
}


@pytest.mark.parametrize("make", SLOW.values(), ids=SLOW.keys())
def test_what_nobody_wants_takes_no_time(make: Callable[[], bytes]) -> None:
    data = make()
    before = time.process_time()
    assert open_picture(data, 48).width >= 48
    assert time.process_time() - before < 1


def test_a_packed_bmp_counts_what_unpacking_it_takes() -> None:
    head = struct.pack("<IiiHHIIiiII", 40, 6000, 6000, 1, 8, 1, 2, 0, 0, 256, 0)
    data = b"BM" + struct.pack("<IHHI", 1080, 0, 0, 1078) + head + bytes(1024) + b"\0\1"
    with pytest.raises(PictureError, match="BMP of 6000 x 6000 pixels that takes"):
        open_picture(data)


def test_a_webp_is_known_as_lossless_behind_a_profile() -> None:
    for is_so in (True, False):
        data = encoded(RED, "WEBP", lossless=is_so, icc_profile=bytes(5000))
        assert is_lossless(data) is is_so


ORDINARY: dict[str, Callable[[], bytes]] = {
    "600 parts of a description": lambda: jpeg_with(
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(60_000)) * 600
    ),
    "200 parts of a profile": lambda: jpeg_with(
        b"".join(
            segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 200]) + bytes(15_000)) for n in range(1, 201)
        )
    ),
    "3000 frames": lambda: encoded(
        RED.convert("P"),
        "GIF",
        save_all=True,
        append_images=[Image.new("P", RED.size, n % 2) for n in range(3000)],
    ),
    "40 pages": lambda: encoded(RED, "TIFF", save_all=True, append_images=[RED] * 39),
    "a moving PNG": lambda: encoded(
        RED, "PNG", save_all=True, append_images=[Image.new("RGB", RED.size)] * 9
    ),
    "tiles of a small TIFF": lambda: (
        pyvips.Image.black(64, 48, bands=3)
        .linear(1, [255, 0, 0], uchar=True)
        .tiffsave_buffer(compression="deflate", tile=True, tile_width=512, tile_height=512)
    ),
}


@pytest.mark.parametrize("make", ORDINARY.values(), ids=ORDINARY.keys())
def test_what_cameras_and_programs_write_opens(make: Callable[[], bytes]) -> None:
    red, green, blue = open_picture(make()).getpixel((5, 5))  # type: ignore[misc]
    assert red > 240
    assert max(green, blue) < 16


def test_how_a_jpeg_says_that_its_colours_are_coded_is_kept() -> None:
    data = encoded(RED, "JPEG")
    frame = data.index(b"\xff\xc0") + 10
    named = bytearray(data)
    named[frame : frame + 9 : 3] = b"RGB"
    scan = data.index(b"\xff\xda") + 5
    named[scan : scan + 6 : 2] = b"RGB"
    assert b"JFIF" in segments.without_side_segments(bytes(named))
    shown = Image.open(io.BytesIO(bytes(named))).getpixel((5, 5))
    assert open_picture(bytes(named)).getpixel((5, 5)) == shown
