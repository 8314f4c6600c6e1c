"""The reasons: two pictures, where each makes up the score, and what the items share."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.index import Metric
from pipeline.page.parts.cards import picture, score_text
from pipeline.recommender import Explanation
from pipeline.recommender.saying import spaced

TITLES = {
    Metric.COSINE: "The brighter a place, the more it makes them alike",
    Metric.EUCLIDEAN: "The brighter a place, the more it sets them apart",
}


def reasons(explanation: Explanation, metric: str, folder: Path) -> dict[str, Any]:
    """An explanation as the page shows it, in JSON values.

    Args:
        explanation: The explanation.
        metric: What was asked by.
        folder: Where its pictures are kept.
    """
    told = explanation.record()
    return {
        "title": TITLES[Metric.parse(metric)],
        "score": score_text(explanation.score, metric),
        "maps": [told["query_map"], told["item_map"]],
        "pictures": [picture(_encoded(seen), folder) for seen in explanation.seen],
        "agree": [f"{titled(name)}: {value}" for name, value in explanation.agree.items()],
        "differ": [
            f"{titled(name)}: {ours}, {theirs}" for name, (ours, theirs) in told["differ"].items()
        ],
    }


def titled(name: str) -> str:
    """The name of an attribute as the page's filters have it: *Base colour* for ``baseColour``."""
    said = spaced(name)
    return said[:1].upper() + said[1:]


def _encoded(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=88)
    return stream.getvalue()
