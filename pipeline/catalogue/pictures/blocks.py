"""Blocks: what a JPEG's and a PNG's own blocks tell, and those that nobody wants left out."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"
WANTED = {b"IHDR", b"iCCP", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"}
"""The chunks that pixels, their colours and their orientation come from (PNG, third edition)."""
MAX_PROFILE = 2**20
"""Bytes of an unpacked colour profile: what Pillow reads of one."""
COLOUR_TYPE = 25
"""Where the header of a PNG says whether its pixels are grey, colours or a palette's."""
TRANSPARENCY_BYTES = {0: (2,), 2: (6,), 3: range(1, 257)}
"""What a clear grey, a clear colour, and the shades of a palette take, by that type."""
DEFLATED = b"\0"
"""The one method of packing that there is."""
PROFILE = b"ICC_PROFILE\0"
JPEG_NAMES = {0xE1: (b"Exif\0\0",), 0xE2: (PROFILE,), 0xEE: (b"Adobe",)}
"""What the segments that are wanted begin with, by their marker."""
SIDE_SEGMENTS = {*range(0xE0, 0xF0), 0xFE}
"""The markers of what applications add, and of comments."""
ORIENTATION = 0x0112
INTEGERS = {3: "H", 4: "I"}
COEFFICIENT_BYTES = 2
BASELINE_SCANS = {0xC0, 0xC1, 0xC9}
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN = 0xDA


def without_texts(data: bytes) -> bytes:
    """A PNG without its side blocks: texts and the like, which may be large, odd or damaged.

    An orientation behind the pixels is moved before them, where decoders find it.
    """
    chunks = list(_chunks(data))
    colour_type = data[COLOUR_TYPE] if len(data) > COLOUR_TYPE else 0
    kept = [c for c in chunks if c[0] in WANTED and _is_sound(data, *c, colour_type)]
    # A stable sort: only what stands behind the pixels and must not moves.
    in_order = sorted(kept, key=lambda chunk: _place(chunk[0]))
    if in_order == chunks:
        return data
    return PNG_START + b"".join(data[start:stop] for _, start, stop in in_order)


def without_side_segments(data: bytes) -> bytes:
    """A JPEG without the segments that say nothing of its pixels, which may be odd.

    Left are its first block of tags, its colour profile, and how its colours are coded.
    """
    parts, seen = [data[:2]], set()
    end = 2
    for marker, start, stop in _segments(data):
        body = data[start + 4 : stop]
        name = next((name for name in JPEG_NAMES.get(marker, ()) if body.startswith(name)), b"")
        is_wanted = len(body) > len(name) + 1 and name and (name == PROFILE or name not in seen)
        if is_wanted or marker not in SIDE_SEGMENTS:
            parts.append(data[start:stop])
        seen.add(name)
        end = stop
    return b"".join([*parts, data[end:]])


def coefficient_bytes(data: bytes) -> int:
    """The bytes of coefficients that a JPEG makes its decoder keep, at any fraction.

    One whose scans each hold a part of the picture, such as a progressive one, is kept whole,
    at two bytes a sample, before a single pixel comes out (ITU-T T.81).
    """
    samples = components = 0
    is_whole = False
    for marker, start, stop in _segments(data):
        body = data[start + 4 : stop]
        if marker in FRAMES and len(body) >= 6:
            height, width, components = struct.unpack(">HHB", body[1:6])
            factors = [(b >> 4, b & 15) for b in body[7 : 6 + 3 * components : 3]]
            most = max((h for h, _ in factors), default=1) * max((v for _, v in factors), default=1)
            samples = sum(h * v for h, v in factors) * width * height // max(1, most)
            is_whole = marker not in BASELINE_SCANS
        if marker == START_OF_SCAN and body:
            return samples * COEFFICIENT_BYTES if is_whole or body[0] < components else 0
    return 0


def orientation_in(exif: bytes) -> int:
    """The orientation of an EXIF block; 1 where it has none that makes sense.

    Only its tag is read (EXIF 3.0, 4.6.2): whatever is wrong with another is nobody's concern.
    """
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return 1
    start = struct.unpack_from(f"{order}I", block, 4)[0] + 2
    count = struct.unpack_from(f"{order}H", block, start - 2)[0] if start <= len(block) else 0
    for position in range(start, min(start + 12 * count, len(block) - 11), 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", block, position)
        if tag == ORIENTATION and kind in INTEGERS and values == 1:
            return int(struct.unpack_from(order + INTEGERS[kind], block, position + 8)[0])
    return 1


def _place(kind: bytes) -> int:
    return {b"IDAT": 1, b"IEND": 2}.get(kind, 0)


def _is_sound(data: bytes, kind: bytes, start: int, stop: int, colour_type: int) -> bool:
    """Whether a chunk can be read, or holds pixels, which are read or refused."""
    if kind[:1].isupper():
        return True
    body = data[start + 8 : stop - 4]
    if zlib.crc32(data[start + 4 : stop - 4]).to_bytes(4, "big") != data[stop - 4 : stop]:
        return False
    if kind == b"tRNS":
        return len(body) in TRANSPARENCY_BYTES.get(colour_type, ())
    return kind != b"iCCP" or _unpacks(body)


def _unpacks(profile: bytes) -> bool:
    """Whether a packed colour profile is one, and not too large."""
    _, _, packed = profile.partition(b"\0")
    if packed[:1] != DEFLATED:
        return False
    try:
        return len(zlib.decompressobj().decompress(packed[1:], MAX_PROFILE + 1)) <= MAX_PROFILE
    except zlib.error:
        return False


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start and end of each chunk of a PNG."""
    position = len(PNG_START)
    while position + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        yield kind, position, position + size + 12
        if kind == b"IEND":
            return
        position += size + 12


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The marker, start and end of each segment of a JPEG, up to its first scan."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # a byte that fills
            position += 1
            continue
        size = int.from_bytes(data[position + 2 : position + 4], "big")
        yield marker, position, position + 2 + size
        if marker == START_OF_SCAN:
            return
        position += 2 + size
