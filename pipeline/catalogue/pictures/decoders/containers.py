"""Containers: what a WebP, an AVIF or a HEIF file holds besides its picture, left out."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from pipeline.catalogue.pictures.decoders.grid import check_items
from pipeline.catalogue.pictures.limits import check_blocks
from pipeline.catalogue.pictures.tags import only_orientation

RIFF_HEADER = 12
CHUNK = struct.Struct("<4sI")
WEBP_CHUNKS = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L", b"EXIF"}
"""What the first picture of a WebP and its colours come from (RFC 9649)."""
MOVES = 2
"""The flag, in the first byte of the chunk VP8X, of a file of several pictures."""
MAIN_ITEM = re.compile(rb"pitm(?:\0...(..)|[^\0]...(....))", re.DOTALL)
ITEM = re.compile(rb"infe(?:\x02...(..)|\x03...(....))..(....)", re.DOTALL)
"""What tells the number of the main picture, and of each item its number and its kind; whether it
is hidden is the eighth byte's last bit (ISO/IEC 14496-12, 8.11.4 and 8.11.6)."""
FLAGS, HIDDEN = 7, 1
DESCRIPTIONS = (b"Exif", b"mime")
"""The kinds of items of tags and of texts."""


def is_webp(data: bytes) -> bool:
    """Whether a file is a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def is_boxed(data: bytes) -> bool:
    """Whether a file is of the family of HEIF, AVIF included."""
    return data[4:8] == b"ftyp"


def first_picture(data: bytes) -> bytes:
    """A WebP of its first picture alone; of its tags the orientation is left.

    Raises:
        PictureError: If it has more blocks than any program writes.
    """
    kept, seen = list[bytes | memoryview](), set[bytes]()
    for number, (kind, start, stop) in enumerate(_chunks(data)):
        check_blocks(number)
        if kind not in WEBP_CHUNKS or kind in seen:
            continue
        seen.add(kind)
        if kind != b"EXIF":
            kept.append(memoryview(data)[start:stop])
        elif exif := only_orientation(data[start + CHUNK.size : stop]):
            kept.append(CHUNK.pack(b"EXIF", len(exif)) + exif)
    size = RIFF_HEADER + sum(map(len, kept))
    if size == len(data) and b"EXIF" not in seen:
        return data
    return b"".join([CHUNK.pack(b"RIFF", size - CHUNK.size), b"WEBP", *kept])


def is_lossless(data: bytes) -> bool:
    """Whether the picture of a WebP is kept without loss, which takes more to decode."""
    return any(kind == b"VP8L" for kind, _, _ in _chunks(data))


def moves(data: bytes) -> bool:
    """Whether a WebP says that it is an animation, and so is decoded onto a ground of its own."""
    return data[12:16] == b"VP8X" and bool(data[20] & MOVES)


def only_main_item(data: bytes) -> bytes:
    """An AVIF or a HEIF of which decoders find the main picture, and no tags, texts or others.

    They would copy all of them, each with its colour profile. Its orientation is a property of the
    picture and stays (ISO/IEC 23008-12, 6.5.10).

    Raises:
        ValueError: If its items are longer together than a file may be, or it is damaged.
    """
    check_items(data)
    told = MAIN_ITEM.search(data)
    main = int.from_bytes(told[1] or told[2], "big") if told else 0

    def marked(found: re.Match[bytes]) -> bytes:
        start, kind = bytearray(found[0][:-4]), found[3]
        if int.from_bytes(found[1] or found[2], "big") != main:
            start[FLAGS] |= HIDDEN
        return bytes(start) + (b"free" if kind in DESCRIPTIONS else kind)

    return ITEM.sub(marked, data)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start and end of each chunk of a WebP, the byte that fills it up included."""
    position = RIFF_HEADER
    while position + CHUNK.size <= len(data):
        kind, size = CHUNK.unpack_from(data, position)
        end = position + CHUNK.size + size + size % 2
        yield kind, position, end
        position = end
