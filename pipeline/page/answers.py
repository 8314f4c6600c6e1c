"""What the core answers, in the shapes that the API and the page show."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import quote

from pipeline.errors import QueryError
from pipeline.folders import put_in_place
from pipeline.recommender import Answer, Item, Match, product_of
from pipeline.settings import looks_like_path

FAILED = "The query failed on the server."
"""Told of a fault of ours, whose stack is in the log."""
_QUOTED = re.compile(r"(?<!\w)'((?:[^']|(?<=\w)'(?=\w))*)'(?!\w)")
"""What stands in quotation marks in a sentence; an apostrophe between letters is none."""
_OWN = re.compile(rf"(?:^|(?<=catalogue )){_QUOTED.pattern}")
"""What a sentence is about, or a catalogue: the rest of what a query's error quotes was sent."""


def match_record(match: Match, folder: Path, root: str) -> dict[str, Any]:
    """What the page adds to a match: what it adds to items, and a file that the client downloads.

    Args:
        match: The match.
        folder: Where its picture is kept.
        root: The address of the page's files, to which a path is added.
    """
    image = {
        "path": str(thumbnail_file(match.thumbnail, folder)),
        "orig_name": f"match-{match.rank}",
        "meta": {"_type": "gradio.FileData"},
    }
    return item_record(match, folder, root) | {"image": image}


def answer_record(answer: Answer, folder: Path, root: str) -> dict[str, Any]:
    """An answer for callers that open pictures by their addresses.

    Args:
        answer: The answer.
        folder: Where the pictures of its matches are kept.
        root: The address of the page's files, to which a path is added.
    """
    found = [match.record() | item_record(match, folder, root) for match in answer.matches]
    return {"matches": found, "notes": list(answer.notes)}


def item_record(item: Item | Match, folder: Path, root: str) -> dict[str, Any]:
    """What the page adds to an item: what a shop's own page needs, and its picture's address.

    Args:
        item: The item, or the match.
        folder: Where its picture is kept.
        root: The address of the page's files, to which a path is added.
    """
    path = str(thumbnail_file(item.thumbnail, folder))
    return _sold(item) | {"picture": root + quote(path)}


def _sold(item: Item | Match) -> dict[str, Any]:
    """Its `url` and `price`, where the catalogue has them, by these names or others.

    The price is what is to be paid, in a sale the sale's; the attributes have both. A shop's
    page puts the address into a link, so it is one of the web or left out.
    """
    product = product_of(item.attributes, item.name)
    # As the catalogue holds them: a price that is a number stays one.
    held = {str(value).strip(): value for value in item.attributes.values()}
    read = {"url": product.link, "price": held.get(product.price, "")}
    return {name: value for name, value in read.items() if value != ""}


def thumbnail_file(thumbnail: bytes, folder: Path) -> Path:
    """Keep a thumbnail as a file, named by its content, and give its path.

    Old files are removed, and cleaners of the system's remove whole folders: both are made again.
    """
    path = folder / f"{hashlib.sha256(thumbnail).hexdigest()[:24]}.{_suffix(thumbnail)}"
    try:
        os.utime(path)
    except OSError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(thumbnail)
        put_in_place(Path(part.name), path)
    return path


def public_info(info: dict[str, Any]) -> dict[str, Any]:
    """What is loaded, with no path of this machine in it."""
    named = {key: _short(info[key]) for key in ("catalogue", "encoder")}
    return info | named | {"notice": public_text(info["notice"])}


def public_text(text: str) -> str:
    """A sentence for strangers: of each path in it they are told the last part."""
    return _QUOTED.sub(lambda quoted: f"'{_short(quoted[1])}'", text)


def public_error(error: Exception) -> str:
    """The same of an error; what a query names, such as the id ``/a/b``, is told as it was sent."""
    if not isinstance(error, QueryError):
        return public_text(str(error))
    return _OWN.sub(
        lambda said: f"'{_short(said[1])}'" if _is_absolute(said[1]) else said[0], str(error)
    )


def _is_absolute(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith(("/", "~")) or bool(windows.drive and windows.root)


def _short(name: str) -> str:
    """A hub id as it is, a folder by its own name, as Windows or another system writes it."""
    return (PureWindowsPath(name).name or name) if looks_like_path(name) else name


def _suffix(picture: bytes) -> str:
    if picture.startswith(b"\x89PNG"):
        return "png"
    return "webp" if picture[8:12] == b"WEBP" else "jpg"
