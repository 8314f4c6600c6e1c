"""Sizes: pictures that a program has put beside one of theirs, larger or smaller."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from pipeline.catalogue.pictures import FORMATS
from pipeline.catalogue.reading.spelling import one_format

_SIZED = re.compile(
    r"(?P<name>.+?)[-_](?:(?P<width>\d{2,5})x(?P<height>\d{2,5})|(?P<scaled>scaled))"
)
"""``dress-150x150`` and ``dress-scaled``, as WordPress calls what it makes of ``dress``."""
_Size = tuple[int, int]


def sizes_of(paths: Iterable[Path]) -> dict[Path, Path]:
    """Pictures that are another of the same folder in another size, each with that one.

    Their names say so, and their pixels: one that is called as a size and has another is a picture
    of its own.
    """
    known = list(paths)
    named = [(path, found) for path in known if (found := _SIZED.fullmatch(path.stem))]
    if not named:
        return {}
    by_stem = {path.with_suffix(""): path for path in one_format(known)}
    sizes = {}
    for path, found in named:
        stem = path.with_name(found["name"])
        whole = by_stem.get(stem) or by_stem.get(path.with_name(f"{found['name']}-scaled"))
        if whole is not None and whole != path and _is_size(path, whole, found):
            sizes[path] = whole
    return sizes


def _is_size(path: Path, whole: Path, found: re.Match[str]) -> bool:
    """Whether the pixels of a picture agree with its name, and are no more than the whole one's."""
    own, others = _pixels(path), _pixels(whole)
    # By its sides as they are long, since a camera may have turned the whole one.
    if own is None or others is None:
        return False
    (short, long), (other_short, other_long) = sorted(own), sorted(others)
    if short > other_short or long > other_long:
        return False
    if found["scaled"]:
        return abs(short * other_long - long * other_short) <= max(other_long, long)
    box = (int(found["width"]), int(found["height"]))
    # Cut to the very size, or made to fit within it.
    fits = own[0] <= box[0] and own[1] <= box[1]
    return fits and (own[0] == box[0] or own[1] == box[1])


def _pixels(path: Path) -> _Size | None:
    """The size of a picture; none where it is not told by its beginning."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
