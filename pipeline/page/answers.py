"""What the core answers, in the shapes that the page and the API show."""

from __future__ import annotations

import hashlib
import html
import os
import re
import tempfile
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import quote

from pipeline.folders import put_in_place
from pipeline.index import Metric
from pipeline.recommender import NOTHING_ALIKE, Item, Match, nothing_alike
from pipeline.settings import looks_like_path

SHOWN_ATTRIBUTES = ("articleType", "baseColour", "gender", "label")
"""What a shopper looks for first; the API gives every attribute."""

SHOP_ATTRIBUTES = ("url", "price")
"""What a shop's own page needs of a match, where the catalogue has it."""

HOW_TO_READ = {
    Metric.COSINE: "Similarity is 1 for the same picture; higher is more alike.",
    Metric.EUCLIDEAN: "Distance is 0 for the same picture; lower is more alike.",
}


def caption(match: Match, metric: str) -> str:
    """Rank and score, name, and the attributes that tell most, on three lines."""
    values = {name: str(value) for name, value in match.attributes.items()}
    shown = [values[name] for name in SHOWN_ATTRIBUTES if name in values]
    shown = [value for value in shown or list(values.values())[:3] if value != match.name]
    lines = [f"{match.rank}. {score_text(match.score, metric)}", match.name, " · ".join(shown)]
    return "\n".join(line for line in lines if line)


def score_text(score: float, metric: str) -> str:
    """A score as people read it."""
    is_cosine = Metric.parse(metric) is Metric.COSINE
    return f"similarity {score:.3f}" if is_cosine else f"distance {score:.2f}"


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


def item_record(item: Item | Match, folder: Path, root: str) -> dict[str, Any]:
    """What the page adds to an item: what a shop's own page needs, and its picture's address.

    Args:
        item: The item, or the match.
        folder: Where its picture is kept.
        root: The address of the page's files, to which a path is added.
    """
    path = str(thumbnail_file(item.thumbnail, folder))
    known = {name: item.attributes[name] for name in SHOP_ATTRIBUTES if name in item.attributes}
    return known | {"picture": root + quote(path)}


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


def loaded_html(info: dict[str, Any]) -> str:
    """What is loaded, why if that was not the first choice, and which metric suits it, as HTML."""
    info = public_info(info)
    catalogue, encoder = (html.escape(info[key]) for key in ("catalogue", "encoder"))
    skipped = f" ({info['skipped']:,} skipped)" if info["skipped"] else ""
    line = (
        f"<b>{info['items']:,} items</b>{skipped} · catalogue <b>{catalogue}</b> "
        f"({html.escape(info['source'])}) · encoder <b>{encoder}</b>"
    )
    notice = f"<p class='notice'>{html.escape(info['notice'])}</p>" if info["notice"] else ""
    advice = f"<p class='advice'>{html.escape(info['advice'])}</p>" if info["advice"] else ""
    return f"<div class='loaded'><p>{line}</p>{notice}{advice}</div>"


def message(state: str, text: str) -> str:
    """A sentence in one of the page's states: ``empty`` or ``error``."""
    role = "alert" if state == "error" else "status"
    return f"<p class='message {state}' role='{role}'>{html.escape(text)}</p>"


def result_message(matches: list[Match], metric: str) -> str:
    """What the gallery shows and how to read its scores."""
    if nothing_alike(matches):
        return f"<p class='message result' role='status'><b>{html.escape(NOTHING_ALIKE)}</b></p>"
    count = len(matches)
    items = "The closest item" if count == 1 else f"The {count} closest items"
    reading = HOW_TO_READ[Metric.parse(metric)]
    return f"<p class='message result' role='status'><b>{items}</b>{html.escape(reading)}</p>"


def public_info(info: dict[str, Any]) -> dict[str, Any]:
    """What is loaded, with no path of this machine in it."""
    named = {key: _short(info[key]) for key in ("catalogue", "encoder")}
    return info | named | {"notice": public_text(info["notice"])}


def public_text(text: str) -> str:
    """A sentence for strangers: of each path in it they are told the last part."""
    return re.sub(r"'([^']*[/\\][^']*)'", lambda quoted: f"'{_short(quoted[1])}'", text)


def _short(name: str) -> str:
    """A hub id as it is, a folder by its own name, as Windows or another system writes it."""
    return (PureWindowsPath(name).name or name) if looks_like_path(name) else name


def _suffix(picture: bytes) -> str:
    if picture.startswith(b"\x89PNG"):
        return "png"
    return "webp" if picture[8:12] == b"WEBP" else "jpg"
