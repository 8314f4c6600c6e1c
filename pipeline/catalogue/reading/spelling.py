"""Spelling: what a text says of a file's name, whatever files there are."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.letters import bare_number, without_unseen

_BETWEEN = re.compile(r"[,;|\r\n]+")
_COUNTED = re.compile(r"(?P<name>.+?)[\s_.-]*(?:[_-]\s*(?P<number>\d{1,2})|\((?P<other>\d{1,2})\))")
"""``SKU_1``, ``SKU-02`` and ``SKU (3)``: one of several pictures of an item."""
_LONGEST_NAME, _LONGEST_PATH = 255, 4096
"""In bytes: no system that this runs on has longer ones (`NAME_MAX` and `PATH_MAX` of Linux)."""
_FORMATS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".png", ".tif", ".tiff"),
    *(".bmp", ".dib", ".gif", ".mpo", ".heic", ".heif", ".hif", ".webp", ".avif"),
)
"""Of one picture in several formats, the first of these is taken."""
_COPIES = frozenset((".webp", ".avif", ".heic", ".heif", ".hif"))
"""What programs put beside a picture of another format: of a web shop, or of a phone."""


def fold(name: str) -> str:
    """A name without what systems spell differently: normal form, case, what is not seen."""
    return "/".join(
        part.strip()
        for part in unicodedata.normalize("NFC", without_unseen(name)).casefold().split("/")
    )


def names_in(cell: str) -> list[str]:
    """The names of pictures that a cell holds, between commas, semicolons, bars or lines.

    None where any of them has no ending of a picture: a name may have a comma in it.
    """
    listed = cell[1:-1] if cell.startswith("[") and cell.endswith("]") else cell
    names = [name for part in _BETWEEN.split(listed) if (name := part.strip().strip("\"'").strip())]
    bare = (re.split(r"[?#]", name, maxsplit=1)[0] for name in names)
    are_pictures = (posixpath.splitext(name)[1].lower() in PICTURE_ENDINGS for name in bare)
    return names if all(are_pictures) else []


def number_in(named: str) -> str:
    """A name that is a number without the zeros before it; empty where it is no number."""
    return bare_number(fold(named))


def counted(stem: str) -> tuple[str, int] | None:
    """What a picture's stem says before the number of one of several, folded, and that number."""
    found = _COUNTED.fullmatch(stem)
    return (fold(found["name"]), int(found["number"] or found["other"])) if found else None


def is_address(named: str) -> bool:
    """Whether a table names a picture by its address on the web."""
    return named.lower().startswith(("http://", "https://", "//"))


def is_written_out(named: str) -> bool:
    """Whether a table holds a picture itself, and does not name it: as ``data:image/png``."""
    return named[:5].casefold() == "data:"


def is_possible(named: str) -> bool:
    """Whether any file can be called so: a text that encodes, without zeros, of bearable length."""
    if is_written_out(named):
        return False
    try:
        encoded = os.fsencode(named)
    except UnicodeEncodeError:
        return False
    longest = max(map(len, re.split(rb"[/\\]", encoded)))
    return b"\0" not in encoded and longest <= _LONGEST_NAME and len(encoded) < _LONGEST_PATH


def one_format(paths: Iterable[Path]) -> list[Path]:
    """These pictures, but of those that differ in their format only, the one that is taken."""
    taken: dict[Path, Path] = {}
    for path in paths:
        name = _bare(path)
        if name not in taken or _rank(path) < _rank(taken[name]):
            taken[name] = path
    return list(taken.values())


def copies_of(paths: Iterable[Path]) -> dict[Path, Path]:
    """Pictures that a program has put beside one of the same name, each with that one.

    They are ``1.webp`` and ``1.jpg.webp`` beside ``1.jpg``; a ``1.png`` may be another picture.
    """
    known = set(paths)
    originals = {_bare(path): path for path in sorted(known, key=_rank, reverse=True)}
    copies = {}
    for path in known:
        name = _bare(path)
        original = name if name in known else originals[name]
        is_copy = path.suffix.lower() in _COPIES
        if is_copy and original.suffix.lower() not in _COPIES:
            copies[path] = original
    return copies


def _bare(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in PICTURE_ENDINGS else path


def _rank(path: Path) -> int:
    ending = path.suffix.lower()
    return _FORMATS.index(ending) if ending in _FORMATS else len(_FORMATS)
