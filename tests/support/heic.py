"""HEIC pictures of many tiles, as phones save them, put together from one tile."""

from __future__ import annotations

import struct
from pathlib import Path

TILE = (Path(__file__).parents[1] / "catalogue" / "phones" / "tile.heic").read_bytes()
"""Drawn: 512 x 512 pixels, green, its right eighth dark, a red patch near its top left corner."""
TILE_SIDE = 512


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, body: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24) + body)


def grid(width: int, height: int, quarters: int = 0) -> bytes:
    """A picture of so many pixels, every tile the same, to be turned by quarters to the left."""
    columns, rows = -(-width // TILE_SIDE), -(-height // TILE_SIDE)
    count = columns * rows
    start = TILE.index(b"hvcC") - 4
    coded = TILE[start : start + int.from_bytes(TILE[start : start + 4], "big")]
    pixels = TILE[TILE.index(b"mdat") + 4 :]
    shape = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    items = [(1, b"grid"), *((number, b"hvc1") for number in range(2, count + 2))]
    infos = b"".join(full(b"infe", struct.pack(">HH", n, 0) + kind + b"\0", 2) for n, kind in items)
    sizes = [
        full(b"ispe", struct.pack(">II", *size)) for size in [(TILE_SIDE,) * 2, (width, height)]
    ]
    known = box(b"ipco", coded + b"".join(sizes) + box(b"irot", bytes([quarters])))
    said = struct.pack(">I", count + 1) + struct.pack(">HBBB", 1, 2, 3, 0x84)
    said += b"".join(struct.pack(">HBBB", number, 2, 0x81, 2) for number in range(2, count + 2))
    tiles = struct.pack(f">HH{count}H", 1, count, *range(2, count + 2))

    def meta(place: int) -> bytes:
        lies = struct.pack(">HH", 0x4400, count + 1)
        lies += struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(shape))
        for number in range(2, count + 2):
            lies += struct.pack(">HHHHII", number, 0, 0, 1, place, len(pixels))
        return full(
            b"meta",
            full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + full(b"pitm", struct.pack(">H", 1))
            + full(b"iinf", struct.pack(">H", count + 1) + infos)
            + full(b"iref", box(b"dimg", tiles))
            + box(b"iprp", known + full(b"ipma", said))
            + full(b"iloc", lies, 1)
            + box(b"idat", shape),
        )

    begin = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    place = len(begin) + len(meta(0)) + 8
    return begin + meta(place) + box(b"mdat", pixels)
