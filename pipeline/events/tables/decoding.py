"""Decoding: a file of text as UTF-8, whatever it is written in, a block at a time."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from pipeline.catalogue.reading.tables.decoding import encoding_of

UTF_8 = "utf-8"
OTHER = "cp1252"
"""Of what is not UTF-8 in a file that is: ids are of ASCII in nearly every log."""
SAMPLE_BYTES = 2**20
"""The beginning of a file, which tells what it is written in."""
PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp874", "koi8_r", "cp932", "euc_jp", "gb18030", "cp949", "cp950"),
)
"""Those by which the names in a header are read, to see whether they are known."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_MENDING = "utf-8-or-else"


def find_encoding(sample: bytes, known: Callable[[str], int]) -> str:
    """What a file is written in: UTF-8, UTF-16 or UTF-32, or a code page as Python calls it.

    A code page is told as that of one of the catalogue's tables is, but where more names in the
    header are known by another one: a log may have letters beyond ASCII nowhere else.

    Args:
        sample: Its beginning, of `SAMPLE_BYTES` at most.
        known: Tells how many names of columns are known in a text.
    """
    if len(sample) == SAMPLE_BYTES:
        sample = sample[: _whole(sample)]
    if b"\0" not in sample and _is_utf8(sample):
        return UTF_8
    encoding = encoding_of(sample)
    if encoding.startswith("utf"):
        return encoding

    def known_by(page: str) -> int:
        # So that what a page has no letter for is not passed over, and the rest known by itself.
        return known(sample.decode(page, "backslashreplace"))

    return max((encoding, *PAGES), key=known_by)


class Decoded(io.RawIOBase):
    """A file as UTF-8 without a mark.

    A line of UTF-8 in a file of a code page was pasted from elsewhere, and is read as such. In a
    file of UTF-8, the bytes that are none are read as `OTHER`, and the rest of their line is kept.

    Args:
        path: The file.
        packing: How it is packed, as pyarrow calls it; None if it is not.
        encoding: What it is written in.
    """

    def __init__(self, path: Path, packing: str | None, encoding: str) -> None:
        self._stream = pa.input_stream(str(path), compression=packing)
        self._page = encoding
        is_wide = encoding.startswith(("utf-16", "utf-32"))
        self._wide = codecs.getincrementaldecoder(encoding)("replace") if is_wide else None
        self._is_first, self._is_at_end = True, False
        self._rest, self._ready = b"", memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, and say with how many bytes; 0 at the end."""
        while not self._ready and not self._is_at_end:
            data = self._stream.read(SAMPLE_BYTES)
            self._is_at_end = not data
            self._ready = memoryview(self._decode(data))
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()

    def _decode(self, data: bytes) -> bytes:
        if self._wide is not None:
            decoded = self._wide.decode(data, final=not data).encode()
        else:
            data = self._rest + data
            end = len(data) if self._is_at_end else _whole(data)
            data, self._rest = data[:end], data[end:]
            decoded = data if _is_utf8(data) else b"".join(map(self._line, data.splitlines(True)))
        if self._is_first and decoded:
            self._is_first = False
            decoded = decoded.removeprefix(codecs.BOM_UTF8)
        return decoded

    def _line(self, line: bytes) -> bytes:
        if _is_utf8(line):
            return line
        if self._page == UTF_8:
            return line.decode(UTF_8, _MENDING).encode()
        return line.decode(self._page, "replace").encode()


def _whole(data: bytes) -> int:
    """Where to cut data so that no letter is cut in two: after a line, else after one of ASCII."""
    end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    return end or len(data.rstrip(_BEYOND_ASCII)) or len(data)


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _mend(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as `OTHER`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(OTHER, "replace"), error.end


codecs.register_error(_MENDING, _mend)
