"""Measures of retrieval: how well the items nearest to a query share a value with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from sklearn.metrics import average_precision_score, ndcg_score
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from pipeline.index import Metric

DEPTH = 5
"""The page shows five matches, so that is the depth that counts."""
CHUNK = 500


def likeness(queries: np.ndarray, items: np.ndarray, metric: Metric) -> np.ndarray:
    """How alike each query and item are, ``(m, n)`` float32, higher is more alike."""
    alike: np.ndarray
    if metric is Metric.COSINE:
        alike = cosine_similarity(queries, items)
    else:
        alike = -euclidean_distances(queries, items)
    return alike


def nearest_rows(likenesses: np.ndarray, k: int = DEPTH) -> np.ndarray:
    """The ``k`` most alike items of each query, ``(m, k)`` int64, ties in row order."""
    return np.argsort(-likenesses, axis=1, kind="stable")[:, :k]


def equal_values(asked: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Whether values are the same and known; the arrays are broadcast against each other."""
    shared: np.ndarray = (asked == held) & (asked != "")
    return shared


def measure(
    likenesses: np.ndarray,
    query_values: np.ndarray,
    item_values: np.ndarray,
    shares: Callable[[np.ndarray, np.ndarray], np.ndarray] = equal_values,
) -> dict[str, np.ndarray]:
    """Score every query on one attribute.

    Args:
        likenesses: ``(m, n)``, higher is more alike; ``-inf`` leaves an item out.
        query_values: The value of each query, ``(m,)`` text, empty where it has none.
        item_values: The value of each item, ``(n,)`` text.
        shares: Tells which of these values count as the same.

    Returns:
        By measure, one value a query, ``(m,)`` float64, NaN where the query has no value or no
        item shares it: ``precision@5``; ``recall@1`` and ``recall@5``, whether any of the
        nearest 1 or 5 shares the value (as in DeepFashion, Liu et al. 2016); ``map``, average
        precision over all items; ``ndcg@5``, gains discounted by rank.
    """
    searched = np.isfinite(likenesses)
    relevant = shares(query_values[:, None], item_values) & searched
    asked = relevant.any(axis=1)
    scores = np.full((5, len(likenesses)), np.nan)
    if asked.any():
        chosen, truth = np.where(searched, likenesses, -1e9)[asked], relevant[asked]
        nearest = nearest_rows(chosen)
        hits = np.take_along_axis(truth, nearest, axis=1)
        answered = np.take_along_axis(searched[asked], nearest, axis=1)
        scores[0, asked] = share_right(hits, answered)
        scores[1, asked] = hits[:, 0]
        scores[2, asked] = hits.any(axis=1)
        scores[3, asked] = [
            average_precision_score(wanted, found)
            for wanted, found in zip(truth, chosen, strict=True)
        ]
        scores[4, asked] = [
            ndcg_score(wanted[None], found[None], k=DEPTH, ignore_ties=True)
            for wanted, found in zip(truth, chosen, strict=True)
        ]
    return dict(zip(MEASURES, scores, strict=True))


def share_right(hits: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """The share of the answered places that are right, ``(m,)``, NaN where none is answered.

    Args:
        hits: Whether the item in each place shares the query's value, ``(m, k)`` bool.
        answered: Whether it may answer, ``(m, k)`` bool: few items leave places to barred ones.
    """
    places = answered.sum(axis=1)
    right = (hits & answered).sum(axis=1)
    shares: np.ndarray = np.where(places > 0, right / np.maximum(places, 1), np.nan)
    return shares


MEASURES = ("precision@5", "recall@1", "recall@5", "map", "ndcg@5")
OVER_KINDS = " over kinds"
"""Follows the name of a measure where it is a mean over kinds and not over queries."""


def chunks(count: int) -> Iterator[slice]:
    """Slices of queries, so that memory stays flat."""
    for start in range(0, count, CHUNK):
        yield slice(start, min(start + CHUNK, count))


def precision_at_k(
    embeddings: np.ndarray, values: Mapping[str, Sequence[str | None]], k: int = DEPTH
) -> dict[str, float]:
    """Share of each item's ``k`` nearest other items, by cosine, that have its value.

    Items without a value are no queries for that attribute, and count as misses as matches.

    Args:
        embeddings: ``(n, dimension)`` float32.
        values: The value of every item, by attribute.
        k: The number of matches looked at.

    Returns:
        The mean precision by attribute, between 0 and 1; over all the others where there are
        fewer than ``k``, NaN where there is none.
    """
    k = min(k, len(embeddings) - 1)
    nearest = np.empty((len(embeddings), k), dtype=np.int64)
    for rows in chunks(len(embeddings)):
        alike = likeness(embeddings[rows], embeddings, Metric.COSINE)
        alike[np.arange(len(alike)), np.arange(rows.start, rows.stop)] = -np.inf
        nearest[rows] = nearest_rows(alike, k)
    precision = {}
    for attribute, column in values.items():
        labels = as_text(column)
        asked = labels != ""
        hits = labels[nearest] == labels[:, None]
        precision[attribute] = float(hits[asked].mean()) if asked.any() and k else float("nan")
    return precision


def as_text(values: Sequence[str | None]) -> np.ndarray:
    """Values as an array of text, empty where there is none."""
    return np.array([value if value is not None else "" for value in values], dtype=str)
