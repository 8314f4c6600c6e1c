"""Segments: what a JPEG's own blocks tell, and those that nobody wants left out."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from pipeline.catalogue.pictures.limits import check_blocks, check_scans
from pipeline.catalogue.pictures.tags import only_orientation

JPEG_START = b"\xff\xd8\xff"
EXIF, PROFILE = b"Exif\0\0", b"ICC_PROFILE\0"
WANTED = {0xE0: b"JFIF\0", 0xE1: EXIF, 0xE2: PROFILE, 0xEE: b"Adobe"}
"""What the side segments that are wanted begin with, by their marker."""
SIDE_SEGMENTS = {*range(0xE0, 0xF0), 0xFE}
"""The markers of what applications add, and of comments."""
MAX_PROFILE = 4 * 2**20
"""Bytes of a colour profile. A longer one is not heeded."""
MOST_TABLE_BYTES = 2**17
"""What stands before the first scan besides; the tables of a picture take 2 kB."""
COEFFICIENT_BYTES = 2
BASELINE_SCANS = {0xC0, 0xC1, 0xC9}
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
MARKER = re.compile(rb"\xff([^\xff\x00\x01\xd0-\xd8])")
"""Those that start a segment, or end the picture; decoders skip what stands between segments."""


def without_side_segments(data: bytes) -> bytes:
    """A JPEG without the segments that say nothing of its pixels, which may be many, long or odd.

    Left are its orientation, its colour profile, and how its colours are coded.

    Raises:
        PictureError: If it has more segments than any camera writes.
        ValueError: If its tables are too long, or it ends before its pixels do.
    """
    parts, seen, tables, profile = [data[:2]], set[bytes](), 0, 0
    for marker, start, stop in _segments(data):
        if marker == START_OF_SCAN:
            return b"".join([*parts, memoryview(data)[start:]])
        if marker not in SIDE_SEGMENTS:
            tables += stop - start
            parts.append(data[start:stop])
        if tables > MOST_TABLE_BYTES:
            raise ValueError("its tables are longer than they can be")
        name, body = WANTED.get(marker, b""), data[start + 4 : stop]
        if not name or not body.startswith(name) or len(body) <= len(name) + 1:
            continue
        if name == PROFILE:
            profile += len(body)
            parts += [data[start:stop]] if profile <= MAX_PROFILE else []
        elif name not in seen:
            parts.append(_turned(body) if name == EXIF else data[start:stop])
        seen.add(name)
    raise ValueError("it ends before its pixels do")


def coefficient_bytes(data: bytes) -> int:
    """The bytes of coefficients that a JPEG makes its decoder keep, at any fraction.

    One whose scans each hold a part of the picture, such as a progressive one, is kept whole,
    at two bytes a sample, before a single pixel comes out (ITU-T T.81).

    Raises:
        PictureError: If it has so many scans that it would be decoded for minutes.
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
        if marker == START_OF_SCAN and body and (is_whole or body[0] < components):
            # Each scan goes over all that is kept, however little it says of it.
            check_scans(_scans(data, stop), samples)
            return samples * COEFFICIENT_BYTES
    return 0


def _turned(exif: bytes) -> bytes:
    """A segment of the orientation alone; empty where there is nothing to turn."""
    block = only_orientation(exif)
    body = EXIF + block
    return struct.pack(">HH", 0xFFE1, len(body) + 2) + body if block else b""


def _scans(data: bytes, position: int) -> int:
    """How many scans a JPEG has, the first of which starts just before a position."""
    scans = 1
    for marker, _, _ in _blocks(data, position):
        scans += marker == START_OF_SCAN
    return scans


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The marker, start and end of each segment of a JPEG, up to its first scan."""
    for number, (marker, start, stop) in enumerate(_blocks(data, 2)):
        check_blocks(number)
        yield marker, start, stop
        if marker == START_OF_SCAN:
            return


def _blocks(data: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """The marker, start and end of each segment from a position to the end of the picture."""
    while (found := MARKER.search(data, position)) and found[1][0] != END_OF_IMAGE:
        start = found.start()
        size = int.from_bytes(data[start + 2 : start + 4], "big")
        position = start + 2 + max(size, 2)
        yield found[1][0], start, position
