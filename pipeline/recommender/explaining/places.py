"""Explaining: which places of two pictures make up the score that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import AttributeValue, open_picture
from pipeline.encoder import DECODED_SIDE, Encoder, seen
from pipeline.errors import QueryError
from pipeline.index import ColourQuery, Metric

AVERAGED = 0.1
"""How far the mean of a map may be from the embedding, as a share of its length: a thumbnail and
int8 differ by less, other kinds of pooling by more."""


@dataclass(frozen=True)
class Explained:
    """A query of one picture or one item, to be explained.

    Attributes:
        picture: The picture, or the item's thumbnail.
        row: The item's row; None for a picture.
        embedding: What was searched for, ``(dimension,)`` float32.
        colours: What was weighed beside it.
        metric: What was searched by.
    """

    picture: Image.Image
    row: int | None
    embedding: np.ndarray
    colours: ColourQuery | None
    metric: Metric


@dataclass(frozen=True)
class Explanation:
    """Why an item has its score.

    Attributes:
        score: The score, as the match shows it; of an item of several pictures that of its first.
        query_map: What each place of the query adds to the score, ``(rows, columns)`` float64, of
            the square that the encoder sees.
        item_map: What each place of the item adds to it, ``(rows, columns)`` float64. Each map and
            ``colour`` add up to the score.
        colour: What the colours of both add to it; 0 where none are weighed.
        agree: The attributes that the query's item and this one share; empty for a picture.
        differ: Those in which they differ, the query's value first; empty for a picture.
        seen: The squares that the maps lie over, as the encoder sees the query and the item, each
            ``(side, side, 3)`` uint8.
    """

    score: float
    query_map: np.ndarray
    item_map: np.ndarray
    colour: float
    agree: dict[str, AttributeValue]
    differ: dict[str, tuple[AttributeValue, AttributeValue]]
    seen: tuple[np.ndarray, np.ndarray]

    def record(self) -> dict[str, Any]:
        """The explanation as JSON values, without its pictures."""
        maps = {"query_map": self.query_map.tolist(), "item_map": self.item_map.tolist()}
        told = vars(self) | maps
        del told["seen"]
        return told


def share_out(
    places: np.ndarray,
    own: np.ndarray,
    other: np.ndarray,
    *,
    metric: Metric,
    colour_weight: float,
    score: float,
) -> np.ndarray:
    """Share a score out over the places of one of the two pictures.

    An embedding ``e`` that is the mean of the ``P`` places ``f`` of the last map makes the score a
    sum over places (Stylianou, Souvenir and Pless 2019, arXiv 1901.00536; Zhu, Yang and Chen 2019,
    arXiv 1909.12977; for Euclidean by the same reasoning)::

        cos(e, x)   = sum of  f . x / (P |e| |x|)
        |e - x|     = sum of  (f - x) . (e - x) / (P |e - x|)

    With colours of a weight w mixed in (`pipeline.index.colour`), the parts of the first are
    multiplied by 1 - w, and those of the second by (1 - w) |e - x| / score.

    Args:
        places: The last map, ``(dimension, rows, columns)`` float32. Its mean is moved onto the
            embedding, from which it differs by the rounding of int8 and thumbnails.
        own: The embedding of this picture, ``(dimension,)``.
        other: That of the other, ``(dimension,)``.
        metric: What was searched by.
        colour_weight: How much colour counts.
        score: The score to be shared out.

    Returns:
        ``(rows, columns)`` float64.
    """
    own, other = own.astype(np.float64), other.astype(np.float64)
    features = places.astype(np.float64)
    features += (own - features.mean(axis=(1, 2)))[:, None, None]
    count = features.shape[1] * features.shape[2]
    if metric is Metric.COSINE:
        length = np.linalg.norm(own) * np.linalg.norm(other)
        scale = (1 - colour_weight) / (count * length) if length > 0 else 0.0
        return np.asarray(scale * np.einsum("drc,d->rc", features, other))
    scale = (1 - colour_weight) / (count * score) if score > 0 else 0.0
    apart = own - other
    return np.asarray(scale * np.einsum("drc,d->rc", features - other[:, None, None], apart))


def share_of_colours(colours: ColourQuery | None, row: int, metric: Metric, score: float) -> float:
    """What the colours add to a score; see `share_out`."""
    if colours is None:
        return 0.0
    apart = colours.colours.rows[row].astype(np.float64) - colours.query
    squares = float(apart @ apart)
    if metric is Metric.COSINE:
        return colours.weight * (1 - squares / 2)
    return colours.weight * colours.colours.scale**2 * squares / score if score > 0 else 0.0


def is_averaged(places: np.ndarray, embedding: np.ndarray) -> bool:
    """Whether an embedding is the mean of its last map."""
    apart = float(np.linalg.norm(places.mean(axis=(1, 2)) - embedding))
    return apart <= AVERAGED * max(float(np.linalg.norm(embedding)), 1e-12)


def explain_score(
    encoder: Encoder, built: BuiltCatalogue, query: Explained, row: int, score: float
) -> Explanation:
    """Explain the score of one item.

    Args:
        encoder: What embeds both.
        built: The catalogue.
        query: What is asked.
        row: The item's row.
        score: Its score.

    Raises:
        QueryError: If the encoder does not average its last map, so that scores are no such sums.
    """
    item = np.asarray(built.embeddings[row])
    pictures = [query.picture, open_picture(built.thumbnail(row), DECODED_SIDE)]
    maps = encoder.maps(pictures)
    if not all(is_averaged(*pair) for pair in zip(maps, (query.embedding, item), strict=True)):
        raise QueryError(
            f"The encoder '{encoder.identity.name}' does not average its last map, so its scores "
            "cannot be shared out over places. Ask without an explanation."
        )
    weight = query.colours.weight if query.colours is not None else 0.0
    shown: Any = {"metric": query.metric, "colour_weight": weight, "score": score}
    agree, differ = _compared(built, query.row, row)
    return Explanation(
        score=score,
        query_map=share_out(maps[0], query.embedding, item, **shown),
        item_map=share_out(maps[1], item, query.embedding, **shown),
        colour=share_of_colours(query.colours, row, query.metric, score),
        agree=agree,
        differ=differ,
        seen=(seen(encoder.prepare(pictures[0])), seen(encoder.prepare(pictures[1]))),
    )


def _compared(
    built: BuiltCatalogue, own: int | None, row: int
) -> tuple[dict[str, AttributeValue], dict[str, tuple[AttributeValue, AttributeValue]]]:
    if own is None:
        return {}, {}
    ours, theirs = built.attributes(own), built.attributes(row)
    both = [name for name in ours if name in theirs]
    agree = {name: ours[name] for name in both if ours[name] == theirs[name]}
    return agree, {name: (ours[name], theirs[name]) for name in both if name not in agree}
