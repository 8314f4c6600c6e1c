"""Grids: HEIC pictures that are stored as tiles, each of which can be decoded by itself.

Phones store what is larger than one HEVC picture may be as tiles of, mostly, 512 x 512 pixels
(ISO/IEC 23008-12, 6.6.2.3). Libraries decode all of them before the first pixel can be had; here
each becomes a small file of its own, so that only a row of them is in memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.catalogue.pictures.limits import MAX_BYTES, check_blocks

BOX = struct.Struct(">I4s")
TURNED = {0: 1, 1: 8, 2: 3, 3: 6}
"""The EXIF orientation of each number of quarters to the left (6.5.10, ``irot``)."""
UNTOLD = {b"imir", b"clap"}
"""What a grid may have besides that is not followed here: phones mirror and crop no grid."""
HANDLER = b"\0" * 8 + b"pict" + b"\0" * 13
MOST_TILES = 4096
"""Two hundred megapixels in tiles of 512 are 800."""


@dataclass(frozen=True)
class Property:
    """What is said of an item: the whole box, and whether a reader must know it."""

    box: bytes
    is_essential: bool

    @property
    def kind(self) -> bytes:
        """Its four letters."""
        return self.box[4:8]


@dataclass(frozen=True)
class Grid:
    """The tiles of a picture.

    Attributes:
        size: Width and height of the picture in pixels, as it lies.
        rows: How many rows of tiles there are.
        columns: How many there are in each.
        tile_size: Width and height of each tile in pixels.
        orientation: How the picture is to be turned upright, as EXIF has it.
    """

    size: tuple[int, int]
    rows: int
    columns: int
    tile_size: tuple[int, int]
    orientation: int
    _start: bytes
    _tiles: tuple[tuple[bytes, bytes, tuple[Property, ...]], ...]

    @classmethod
    def find(cls, data: bytes) -> Grid | None:
        """The tiles of a file's main picture; None where it has none that can be told apart.

        Raises:
            ValueError, struct.error, LookupError: If the file is damaged.
        """
        meta = _Meta(data)
        main = meta.main
        told = {one.kind: one for one in meta.properties.get(main, ())}
        if meta.kinds.get(main) != b"grid" or UNTOLD & told.keys():
            return None
        body = meta.body(main)
        form = ">BBBBII" if body[1] & 1 else ">BBBBHH"
        _, _, rows, columns, width, height = struct.unpack_from(form, body)
        rows, columns, tiles = rows + 1, columns + 1, meta.tiles.get(main, ())
        sizes = {_size(meta.properties[tile]) for tile in tiles}
        if len(tiles) != rows * columns or len(tiles) > MOST_TILES or len(sizes) != 1:
            return None
        (tile_size,) = sizes
        if tile_size[0] * columns < width or tile_size[1] * rows < height:
            return None
        colours = tuple(one for kind, one in told.items() if kind == b"colr")
        return cls(
            size=(width, height),
            rows=rows,
            columns=columns,
            tile_size=tile_size,
            orientation=TURNED[told[b"irot"].box[8] & 3] if b"irot" in told else 1,
            _start=data[: BOX.unpack_from(data)[0]],
            _tiles=tuple(
                (meta.kinds[tile], meta.body(tile), _with(meta.properties[tile], colours))
                for tile in tiles
            ),
        )

    def tile(self, row: int, column: int) -> bytes:
        """One tile as a file that holds it alone."""
        kind, body, properties = self._tiles[row * self.columns + column]
        places = bytes(
            number | one.is_essential << 7 for number, one in enumerate(properties, start=1)
        )
        known = _box(b"ipco", b"".join(one.box for one in properties))
        said = _box(b"ipma", struct.pack(">IIHB", 0, 1, 1, len(places)) + places)
        named = _box(b"infe", struct.pack(">IHH", 2 << 24, 1, 0) + kind + b"\0")

        def meta(place: int) -> bytes:
            lies = struct.pack(">IHHHHHII", 0, 0x4400, 1, 1, 0, 1, place, len(body))
            parts = [
                _box(b"hdlr", HANDLER),
                _box(b"pitm", struct.pack(">IH", 0, 1)),
                _box(b"iinf", struct.pack(">IH", 0, 1) + named),
                _box(b"iprp", known + said),
                _box(b"iloc", lies),
            ]
            return _box(b"meta", bytes(4) + b"".join(parts))

        before = len(self._start) + len(meta(0)) + BOX.size
        return self._start + meta(before) + _box(b"mdat", body)


class _Meta:
    """What a file says of the items in it (ISO/IEC 14496-12, 8.11)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        _, start, end = next(box for box in _boxes(data, 0, len(data)) if box[0] == b"meta")
        boxes = {kind: (first, last) for kind, first, last in _boxes(data, start + 4, end)}
        self._idat = boxes.get(b"idat", (0, 0))
        first, _ = boxes[b"pitm"]
        self.main: int = _number(data, first + 4, 4 if data[first] else 2)
        self.kinds = dict(self._read_kinds(*boxes[b"iinf"]))
        self.tiles = dict(self._read_tiles(*boxes[b"iref"])) if b"iref" in boxes else {}
        self._places = dict(_places(data, boxes[b"iloc"][0]))
        self.properties = dict(self._read_properties(*boxes[b"iprp"]))

    def body(self, item: int) -> bytes:
        """The bytes of an item."""
        method, extents = self._places[item]
        base = self._idat[0] if method == 1 else 0
        if method > 1 or any(base + start + size > len(self._data) for start, size in extents):
            raise ValueError("it ends before its pixels do")
        return b"".join(self._data[base + start : base + start + size] for start, size in extents)

    def _read_kinds(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        first = start + (8 if self._data[start] else 6)
        for kind, body, _ in _boxes(self._data, first, end):
            wide = 4 if self._data[body] > 2 else 2
            if kind == b"infe" and self._data[body] >= 2:
                after = body + 4 + wide + 2
                yield _number(self._data, body + 4, wide), self._data[after : after + 4]

    def _read_tiles(self, start: int, end: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        wide = 4 if self._data[start] else 2
        for kind, body, _ in _boxes(self._data, start + 4, end):
            if kind == b"dimg":
                count = _number(self._data, body + wide, 2)
                first = body + wide + 2
                places = range(first, first + count * wide, wide)
                tiles = tuple(_number(self._data, place, wide) for place in places)
                yield _number(self._data, body, wide), tiles

    def _read_properties(self, start: int, end: int) -> Iterator[tuple[int, tuple[Property, ...]]]:
        boxes = [*_boxes(self._data, start, end)]
        _, first, last = next(box for box in boxes if box[0] == b"ipco")
        known = [
            self._data[body - BOX.size : after]
            for _, body, after in _boxes(self._data, first, last)
        ]
        for kind, body, _ in boxes:
            if kind != b"ipma":
                continue
            wide = 2 if self._data[body + 3] & 1 else 1
            reader = _Reader(self._data, body + 4)
            for _ in range(reader.take(4)):
                item = reader.take(4 if self._data[body] else 2)
                told = [reader.take(wide) for _ in range(reader.take(1))]
                top = 1 << (8 * wide - 1)
                yield (
                    item,
                    tuple(
                        Property(known[(one & ~top) - 1], bool(one & top))
                        for one in told
                        if one & ~top
                    ),
                )


def check_items(data: bytes) -> None:
    """Refuse a file whose items have the same bytes over and over, which decoders copy each time.

    Raises:
        PictureError: If it has more boxes than any program writes.
        ValueError: If all its items are longer together than a file may be, or it is damaged.
    """
    boxes = _boxes(data, 0, len(data), is_strict=False)
    total = 0
    for number, (kind, start, end) in enumerate(boxes):
        check_blocks(number)
        if kind == b"meta":
            total += sum(_item_bytes(data, start + 4, end))
    if total > MAX_BYTES:
        raise ValueError("its items are longer than the file")


def _item_bytes(data: bytes, start: int, end: int) -> Iterator[int]:
    """The bytes of each place of each item that boxes tell of."""
    for number, (kind, first, _) in enumerate(_boxes(data, start, end, is_strict=False)):
        check_blocks(number)
        for _, (_, extents) in _places(data, first) if kind == b"iloc" else ():
            # A place without a size is the file from there on.
            yield from (size or len(data) - begin for begin, size in extents)


def _places(data: bytes, start: int) -> Iterator[tuple[int, tuple[int, list[tuple[int, int]]]]]:
    """Each item, how its places are told, and the start and size of each."""
    version, sizes = data[start], data[start + 4 : start + 6]
    offset, length, base = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index = sizes[1] & 15 if version else 0
    reader = _Reader(data, start + 6)
    wide = 4 if version > 1 else 2
    for _ in range(reader.take(wide)):
        item = reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        begin = reader.take(base)
        extents = []
        for _ in range(reader.take(2)):
            reader.take(index)
            extents.append((begin + reader.take(offset), reader.take(length)))
        yield item, (method, extents)


class _Reader:
    """Numbers of a file, one after the other, most significant byte first."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self._place = data, place

    def take(self, wide: int) -> int:
        number = _number(self._data, self._place, wide)
        self._place += wide
        return number


def _number(data: bytes, place: int, wide: int) -> int:
    if place + wide > len(data):
        raise ValueError("it is cut short")
    return int.from_bytes(data[place : place + wide], "big")


def _boxes(
    data: bytes, start: int, end: int, is_strict: bool = True
) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start and end of the body of each box.

    Not strictly, one that goes on for longer than there is anything ends there, and what is no box
    ends it all, as decoders have it: phones write films and marks of their own behind a picture.
    """
    while start + BOX.size <= min(end, len(data)):
        size, kind = BOX.unpack_from(data, start)
        body = start + BOX.size
        if size == 1:
            size, body = _number(data, body, 8), body + 8
        after = end if size == 0 else start + size
        if is_strict and not body <= after <= end:
            raise ValueError("it is cut short")
        if after < body:
            return
        yield kind, body, min(after, end)
        start = after


def _box(kind: bytes, body: bytes) -> bytes:
    return BOX.pack(BOX.size + len(body), kind) + body


def _size(properties: tuple[Property, ...]) -> tuple[int, int]:
    """The width and height that an item's properties tell."""
    told = next(one.box for one in properties if one.kind == b"ispe")
    width, height = struct.unpack_from(">II", told, 12)
    return width, height


def _with(properties: tuple[Property, ...], colours: tuple[Property, ...]) -> tuple[Property, ...]:
    """A tile's properties, its colours as the grid has them where it says none itself."""
    has_own = any(one.kind == b"colr" for one in properties)
    return properties if has_own else (*properties, *colours)
