"""Blocks: what of a file's own blocks its picture needs; the others are left out."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from pipeline.catalogue.pictures.decoders import (
    first_picture,
    is_boxed,
    is_webp,
    only_main_item,
)
from pipeline.catalogue.pictures.limits import check_blocks
from pipeline.catalogue.pictures.segments import JPEG_START, without_side_segments
from pipeline.catalogue.pictures.tags import TIFF_STARTS, only_orientation, only_pixel_tags

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
GIF_STARTS = (b"GIF87a", b"GIF89a")
GIF_HEADER, GIF_FLAGS = 13, 10
"""The bytes of a GIF's header, and where it says whether a palette follows (GIF89a, 18)."""
GIF_BLOCK = re.compile(b"[!,;]")
"""What an extension, a frame and the end begin with; Pillow skips anything else between them."""
CLEAR_COLOUR = b"!\xf9\4"
"""How the extension begins that says which colour of a frame is clear (GIF89a, 23)."""
CLEAR_COLOUR_BYTES = 8


def only_pixels(data: bytes) -> bytes:
    """A picture without what decoders would read besides: tags, texts, and further pictures.

    That may take them minutes and gigabytes, and nobody wants it; its orientation and its colour
    profile are left.

    Raises:
        PictureError: If it is made of more blocks than any program writes.
        ValueError: If it is damaged.
    """
    if data.startswith(JPEG_START):
        return without_side_segments(data)
    if data.startswith(PNG_START):
        return without_texts(data)
    if data.startswith(GIF_STARTS):
        return without_extensions(data)
    if data.startswith(TIFF_STARTS):
        return only_pixel_tags(data)
    if is_webp(data):
        return first_picture(data)
    return only_main_item(data) if is_boxed(data) else data


def without_texts(data: bytes) -> bytes:
    """A PNG without its side blocks: texts and the like, which may be many, large, odd or damaged.

    Of its tags the orientation is left; one behind the pixels is moved before them, where decoders
    find it. Of several blocks of a kind that is no pixels, the first is left.

    Raises:
        PictureError: If it has more blocks than any program writes.
    """
    colour_type = data[COLOUR_TYPE] if len(data) > COLOUR_TYPE else 0
    view, seen = memoryview(data), set[bytes]()
    kept: list[tuple[int, bytes | memoryview]] = []
    for number, (kind, start, stop) in enumerate(_chunks(data)):
        check_blocks(number)
        if kind not in WANTED or (kind in seen and kind != b"IDAT"):
            continue
        seen.add(kind)
        if _is_sound(data, kind, start, stop, colour_type):
            is_tags = kind == b"eXIf"
            chunk = _turned(data[start + 8 : stop - 4]) if is_tags else view[start:stop]
            kept.append((_place(kind), chunk))
    # A stable sort: only what stands behind the pixels and must not moves.
    in_order = sorted(kept, key=lambda placed: placed[0])
    chunks = [PNG_START, *(chunk for _, chunk in in_order)]
    is_same = in_order == kept and b"eXIf" not in seen and sum(map(len, chunks)) == len(data)
    return data if is_same else b"".join(chunks)


def without_extensions(data: bytes) -> bytes:
    """A GIF without what stands before its first frame, but for its palette and its clear colour.

    Raises:
        PictureError: If that is of more blocks than any program writes.
        ValueError: If there is no frame.
    """
    flags = data[GIF_FLAGS] if len(data) > GIF_FLAGS else 0
    position = GIF_HEADER + (3 << (flags & 7) + 1 if flags & 128 else 0)
    head, clear, blocks = data[:position], b"", 0
    while found := GIF_BLOCK.search(data, position):
        start = found.start()
        if found[0] == b",":
            is_same = start == len(head) + len(clear)
            return data if is_same else b"".join([head, clear, memoryview(data)[start:]])
        if found[0] == b";":
            break
        position = start + 2
        while position < len(data) and data[position]:
            blocks += 1
            check_blocks(blocks)
            position += data[position] + 1
        blocks += 1
        check_blocks(blocks)
        position += 1
        if data.startswith(CLEAR_COLOUR, start) and position - start == CLEAR_COLOUR_BYTES:
            clear = data[start:position]
    raise ValueError("it ends before its pixels do")


def _turned(exif: bytes) -> bytes:
    """A chunk of the orientation alone; empty where there is nothing to turn."""
    body = only_orientation(exif)
    named = b"eXIf" + body
    chunk = struct.pack(">I", len(body)) + named + struct.pack(">I", zlib.crc32(named))
    return chunk if body else b""


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
