"""The cards: what the page shows of each match."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.index import Metric
from pipeline.page.answers import thumbnail_file
from pipeline.page.front import Shop
from pipeline.page.guards.routes import FILE
from pipeline.recommender import (
    Answer,
    Example,
    Item,
    Match,
    Suggestion,
    product_of,
)

READING = {
    Metric.COSINE: "Similarity is 1 for the same picture; higher is more alike.",
    Metric.EUCLIDEAN: "Distance is 0 for the same picture; lower is more alike.",
}


def card(match: Match, metric: str, folder: Path, shop: Shop) -> dict[str, Any]:
    """A match as a shopper sees it, in JSON values.

    Args:
        match: The match.
        metric: What was asked by.
        folder: Where its picture is kept.
        shop: What is shown of it.
    """
    product = product_of(match.attributes, match.name, shop.columns, shop.currency)
    return {
        "id": match.id,
        "name": match.name,
        **vars(product),
        "near": match.nearness,
        "score": score_text(match.score, metric),
        "doubles": len(match.doubles),
        "picture": picture(match.thumbnail, folder),
    }


def picture(thumbnail: bytes, folder: Path) -> dict[str, Any]:
    """A picture of the catalogue as the page's components take it."""
    path = str(thumbnail_file(thumbnail, folder))
    return {"path": path, "url": FILE + quote(path), "meta": {"_type": "gradio.FileData"}}


def example_card(example: Example | Item, folder: Path) -> dict[str, Any]:
    """An item to try, in JSON values."""
    return {"id": example.id, "name": example.name, "picture": picture(example.thumbnail, folder)}


def suggestion_card(match: Match, folder: Path, shop: Shop) -> dict[str, Any]:
    """A match that has a reason of its own: how near it is to something is none."""
    reason = match.plainly if isinstance(match, Suggestion) else ""
    told = card(match, Metric.COSINE, folder, shop)
    return told | {"near": "", "score": "", "reason": reason[:1].upper() + reason[1:]}


def answer_record(answer: Answer, metric: str, folder: Path, shop: Shop) -> dict[str, Any]:
    """An answer as the page shows it, in JSON values."""
    count = len(answer.matches)
    found = "The closest item" if count == 1 else f"The {count} closest items"
    return {
        "state": "nothing" if answer.unlike else "found",
        "message": answer.unlike or found,
        "reading": READING[Metric.parse(metric)],
        "notes": [note for note in answer.notes if note != answer.unlike],
        "cards": [card(match, metric, folder, shop) for match in answer.matches],
        "box": answer.matches[0].box,
        "boxes": answer.matches[0].boxes,
    }


def refusal(sentence: str) -> dict[str, Any]:
    """What the page shows where it has no answer."""
    return {"state": "error", "message": sentence}


def score_text(score: float, metric: str) -> str:
    """A score as people read it."""
    is_cosine = Metric.parse(metric) is Metric.COSINE
    return f"similarity {score:.3f}" if is_cosine else f"distance {score:.2f}"
