"""What engines share: the exact ranking of candidates that each ends with, and directions."""

from __future__ import annotations

import numpy as np

from pipeline.index.colour import ColourQuery
from pipeline.index.index import TIE, Metric

CHUNK = 128
"""Rows that are scored at once: few enough to stay in a core's own cache."""
ROUGH = 1e-4
"""More than float32 is ever wrong by, as a share of a distance or of 1."""


def rank(
    embeddings: np.ndarray,
    rows: np.ndarray,
    query: np.ndarray,
    metric: Metric,
    k: int,
    *,
    colour: ColourQuery | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Score candidates in float64 and keep the ``k`` most alike, ties by row.

    Those that float32 already tells to be too far are left out before.

    Args:
        embeddings: ``(n, dimension)`` float32, all of them.
        rows: The candidates, ``(m,)`` with ``m >= k``.
        query: ``(dimension,)``.
        metric: What to score by.
        k: How many to keep.
        colour: What to weigh beside the embedding; None for nothing.

    Returns:
        Rows ``(k,)`` int64 and scores ``(k,)`` float32.
    """
    rough, _ = _measure(embeddings, rows, query, metric, colour)
    limit = float(np.partition(rough, k - 1)[k - 1])
    rows = rows[rough <= limit + ROUGH * max(1.0, limit)]
    distances, scores = _measure(embeddings, rows, query.astype(np.float64), metric, colour)
    order = np.lexsort((rows, np.round(distances / TIE)))[:k]
    return rows[order].astype(np.int64), scores[order].astype(np.float32)


def comparable(embeddings: np.ndarray, metric: Metric) -> np.ndarray:
    """Float32 embeddings whose Euclidean distance ranks by the metric."""
    rows = np.ascontiguousarray(embeddings, dtype=np.float32)
    if metric is Metric.EUCLIDEAN:
        return rows
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions: np.ndarray = rows / np.maximum(lengths, np.finfo(np.float32).tiny)
    return directions


def _measure(
    embeddings: np.ndarray,
    rows: np.ndarray,
    query: np.ndarray,
    metric: Metric,
    colour: ColourQuery | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and scores in the query's precision, ``(m,)`` each, a chunk at a time."""
    parts = np.array_split(rows, 1 + len(rows) // CHUNK)
    scores = np.concatenate(
        [_scores(embeddings[part].astype(query.dtype, copy=False), query, metric) for part in parts]
    )
    if metric is Metric.COSINE:
        distances = 1 - scores
        if colour is not None:
            distances = colour.mix(distances, rows, squared=False)
            scores = 1 - distances
        return distances, scores
    if colour is not None:
        scores = np.sqrt(colour.mix(scores**2, rows, squared=True))
    return scores, scores


def _scores(part: np.ndarray, query: np.ndarray, metric: Metric) -> np.ndarray:
    if metric is Metric.EUCLIDEAN:
        return _lengths(part - query)
    lengths = _lengths(part) * np.linalg.norm(query)
    # Not `@`: it wakes threads, which beside other work takes longer than they save.
    products = np.einsum("ij,j->i", part, query)
    # An embedding of zeros has no direction: it is like nothing.
    cosines: np.ndarray = np.clip(products / np.where(lengths > 0, lengths, np.inf), -1, 1)
    return cosines


def _lengths(rows: np.ndarray) -> np.ndarray:
    # A half of the time of numpy's norm, which keeps all squares first.
    lengths: np.ndarray = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return lengths
