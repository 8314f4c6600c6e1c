"""Contents: what a file is, by what it holds first and by its name second."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pipeline.catalogue.pictures.unread import RAW, STILL_BRANDS, name_of_unread


class Content(Enum):
    """What a file holds, as far as a catalogue is concerned."""

    PICTURE = "picture"
    UNREAD_PICTURE = "a picture of a format that is not read"
    PARQUET = "parquet"
    TABLE = "table"
    OTHER = "other"


HEAD_BYTES = 64
PICTURE_ENDINGS = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo"),
        *(".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff"),
        *(".avif", ".avifs", ".heic", ".heif", ".heics", ".heifs", ".hif"),
    )
)
"""What is meant to be a picture of a format that is read: an item, skipped if it is none."""
LISTS = ".json"
"""What may be a table too, or describe one picture, or set up a program: told by what it holds."""
TABLE_ENDINGS = frozenset([".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson"])
UNREAD_ENDINGS = {
    **dict.fromkeys((".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".dng"), RAW),
    **dict.fromkeys((".orf", ".rw2", ".raf", ".pef", ".srw", ".x3f", ".3fr", ".iiq", ".erf"), RAW),
    **dict.fromkeys((".psd", ".psb"), "a Photoshop file"),
    **dict.fromkeys((".svg", ".svgz"), "a drawing (SVG)"),
    **dict.fromkeys((".eps", ".ai"), "a drawing for print"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".webm", ".m4v", ".mkv", ".3gp"), "a film"),
    **dict.fromkeys((".jxl",), "a JPEG XL"),
    **dict.fromkeys((".jp2", ".j2k", ".jpf", ".jpx"), "a JPEG 2000"),
    **dict.fromkeys((".ico", ".cur", ".icns"), "an icon"),
    **dict.fromkeys((".tga", ".pcx", ".ppm", ".pgm", ".exr", ".hdr", ".xcf"), "a rare format"),
    ".pdf": "a PDF",
}
SHEETS = frozenset([".xlsx", ".xls", ".xlsm", ".ods", ".numbers"])
ARCHIVES = frozenset([".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"])
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How files of Excel and the like begin, new and old ones."""
WORKBOOK = "a workbook, whatever it is called, and no text: open it and save it as CSV"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II+\0", b"MM\0+")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_TIFF_STARTS = (b"II*\0", b"MM\0*")
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def content_of(path: Path) -> tuple[Content, str]:
    """What a file holds, and for what is no item a reason in words.

    Raises:
        OSError: If it cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    ending = path.suffix.lower()
    if head.startswith(LFS_POINTER):
        reason = "a pointer of Git LFS and not the file itself: run 'git lfs pull'"
        is_meant = ending in PICTURE_ENDINGS or ending == ".parquet"
        return (Content.UNREAD_PICTURE if is_meant else Content.OTHER), reason
    if head.startswith(b"PAR1"):
        return Content.PARQUET, ""
    if named := _unread(head, ending):
        return Content.UNREAD_PICTURE, f"{named}, which is not read: save it as a JPEG"
    if is_picture(head) or ending in PICTURE_ENDINGS:
        return Content.PICTURE, ""
    if ending == ".parquet":
        return Content.OTHER, "no parquet file, though its name says so"
    if ending in TABLE_ENDINGS or (ending == LISTS and head.lstrip(_BLANKS)[:1] in (b"[", b"{")):
        return Content.TABLE, ""
    if ending in SHEETS:
        return Content.OTHER, "a spreadsheet, which is not read: save it as CSV"
    if ending in ARCHIVES:
        return Content.OTHER, "an archive, which is not opened: unpack it"
    return Content.OTHER, "no picture"


def is_workbook(path: Path) -> bool:
    """Whether a file is one of Excel or the like, which may be called a CSV.

    Raises:
        OSError: If it cannot be opened.
    """
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES).startswith(WORKBOOKS)


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture of a format that is read."""
    if head.startswith((*_STARTS, *_TIFF_STARTS)) or (head[:4], head[8:12]) == (b"RIFF", b"WEBP"):
        return True
    if head[4:8] == b"ftyp":
        return STILL_BRANDS.match(head, 8) is not None
    # Two letters alone would make pictures of texts.
    is_bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    return is_bitmap and int.from_bytes(head[14:18], "little") in _BMP_HEADERS


def _unread(head: bytes, ending: str) -> str:
    """What a picture is called that is of no format that is read; empty for all other files."""
    if named := name_of_unread(head):
        return named
    # A raw file begins as a TIFF does; anything else that is a picture is one whatever its name.
    if is_picture(head) and not head.startswith((*_TIFF_STARTS, b"II+\0")):
        return ""
    if head.startswith(_TIFF_STARTS) and UNREAD_ENDINGS.get(ending) != RAW:
        return ""
    return UNREAD_ENDINGS.get(ending, "")
