"""Tags: the directories of TIFF files and EXIF blocks, and what of them a picture needs.

Whoever loads a directory whole copies what each of its entries points at, and nothing keeps
thousands of entries from pointing at the same megabytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

ORIENTATION = 0x0112
LONG = 4
INTEGERS = {3: "H", LONG: "I"}
TURNED = range(2, 9)
"""The orientations that are to be turned upright."""
ORDERS = {b"II": "<", b"MM": ">"}
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"II\0*", b"MM*\0")
"""Classic ones, those of 64-bit numbers, and two that are wrong and yet read (TIFF 6.0)."""
BIG_ENDIAN_BIG_TIFF = b"MM\0+"
BIG = 43
"""What the header of a TIFF of 64-bit numbers says in place of 42."""
MOST_ENTRIES = 0xFFFF
KIND_BYTES = {2: 1, 3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""The bytes of a value, by its kind; 1 for any other."""
PARTS = (273, 279, 324, 325)
"""Where the strips and tiles of a picture lie, and how long each is."""
COLOUR_MAP, JPEG_TABLES, PROFILE = 320, 347, 34675
MOST_VALUES = {
    **dict.fromkeys(PARTS, 100_000),
    COLOUR_MAP: 3 * 2**16,
    JPEG_TABLES: 2**16,
    PROFILE: 4 * 2**20,
}
"""A picture of 216 megapixels in tiles of 64 x 64 has 53 thousand."""
FEW_VALUES = 4096
"""What any other tag may have: some have one for each channel."""
SIZE, TILE_SIZE = (256, 257), (322, 323)
TILE_PIXELS, TILE_SHARE = 2**22, 4
"""A tile may have so many pixels, or so many times those of the picture: it is decoded whole."""
PIXEL_TAGS = {
    *(254, 255, *SIZE, 258, 259, 262, 266, ORIENTATION, 277, 278, 284, 292, 293, 317),
    *(*TILE_SIZE, 326, 327, 328),
    *(332, 334, 338, 339, 340, 341, 37439, 50674),
    *range(512, 522),
    *range(529, 533),
    *range(32995, 32999),
    *MOST_VALUES,
}
"""What pixels, their colours and their orientation come from (TIFF 6.0 and its supplements)."""


class _Entry(NamedTuple):
    """An entry of a directory: its tag, the kind and number of its values, and itself."""

    tag: int
    kind: int
    values: int
    whole: bytes

    @property
    def size(self) -> int:
        """The bytes of its values."""
        return self.values * KIND_BYTES.get(self.kind, 1)


class _Directory:
    """The first directory of a TIFF file or an EXIF block; one without entries if there is none."""

    def __init__(self, data: bytes) -> None:
        self.order = ORDERS.get(data[:2], "")
        self.is_big = BIG in data[2:4]
        # The form of an address, and of how many entries there are.
        self.place = f"{self.order}{'Q' if self.is_big else 'I'}"
        self.count = f"{self.order}{'Q' if self.is_big else 'H'}"
        self.header = 8 if self.is_big else 4
        self._data = data

    def entries(self) -> Iterator[_Entry]:
        """Its entries, as far as they lie in the file."""
        if not self.order or len(self._data) < self.header + struct.calcsize(self.place):
            return
        (start,) = struct.unpack_from(self.place, self._data, self.header)
        first = start + struct.calcsize(self.count)
        if first > len(self._data):
            return
        (count,) = struct.unpack_from(self.count, self._data, start)
        form = struct.Struct(f"{self.order}HH{self.place[1]}")
        size = form.size + struct.calcsize(self.place)
        for number in range(min(count, MOST_ENTRIES, (len(self._data) - first) // size)):
            position = first + number * size
            whole = self._data[position : position + size]
            tag, kind, values = form.unpack_from(whole)
            yield _Entry(tag, kind, values, whole)

    def number(self, entry: _Entry) -> int | None:
        """The number that an entry is of; None for one of several values or of another kind."""
        if entry.kind not in INTEGERS or entry.values != 1:
            return None
        value = entry.whole[-struct.calcsize(self.place) :]
        return int(struct.unpack_from(self.order + INTEGERS[entry.kind], value)[0])


def orientation_in(exif: bytes) -> int:
    """The orientation of an EXIF block; 1 where it has none that makes sense.

    Only its tag is read (EXIF 3.0, 4.6.2): whatever is wrong with another is nobody's concern.
    """
    directory = _Directory(exif.removeprefix(b"Exif\0\0"))
    for entry in directory.entries():
        if entry.tag == ORIENTATION and (value := directory.number(entry)) is not None:
            return value
    return 1


def only_orientation(exif: bytes) -> bytes:
    """An EXIF block that has the orientation of another and nothing else; empty for upright."""
    orientation = orientation_in(exif)
    if orientation not in TURNED:
        return b""
    return struct.pack(">2sHIHHHIII", b"MM", 42, 8, 1, ORIENTATION, LONG, 1, orientation, 0)


def only_pixel_tags(data: bytes) -> bytes:
    """A TIFF of its first picture alone, and of it only the tags that its pixels come from.

    Descriptions, resolutions, further pictures and directories of other kinds are left out: its
    directory is written anew, behind everything else, and points at what the old one did.

    Raises:
        ValueError: If a tag has more values than it may, all are longer together than the file,
            or its tiles are far larger than the picture.
    """
    directory, kept = _Directory(data), dict[int, _Entry]()
    for entry in directory.entries():
        # Too long a profile is not heeded, and is no reason to refuse.
        is_heeded = entry.tag != PROFILE or entry.size <= MOST_VALUES[PROFILE]
        if entry.tag in PIXEL_TAGS and is_heeded:
            kept.setdefault(entry.tag, entry)
    for entry in kept.values():
        if entry.values > MOST_VALUES.get(entry.tag, FEW_VALUES):
            raise ValueError(f"its tag {entry.tag} has {entry.values} values")
    if sum(entry.size for entry in kept.values() if entry.size <= len(data)) > len(data):
        raise ValueError("its tags are longer than the file")
    if kept.keys() & {*TILE_SIZE} and _area(directory, kept, TILE_SIZE) > max(
        TILE_PIXELS, TILE_SHARE * _area(directory, kept, SIZE)
    ):
        raise ValueError("its tiles are larger than the picture")
    place = len(data) + len(data) % 2
    rows = [struct.pack(directory.count, len(kept)), *(entry.whole for entry in kept.values())]
    start = data[: directory.header] + struct.pack(directory.place, place)
    rest = memoryview(data)[len(start) :]
    return b"".join([start, rest, bytes(place - len(data)), *rows, bytes(directory.header)])


def _area(directory: _Directory, kept: dict[int, _Entry], sides: tuple[int, int]) -> int:
    """The product of the numbers of two tags.

    Raises:
        ValueError: If one of them is none.
    """
    area = 1
    for tag in sides:
        value = directory.number(kept[tag]) if tag in kept else None
        if value is None:
            raise ValueError(f"its tag {tag} is no number")
        area *= value
    return area
