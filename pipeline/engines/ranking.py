"""The exact ranking of candidates, which every engine but the reference ends with."""

from __future__ import annotations

import numpy as np

from pipeline.index import TIE, Metric

CHUNK = 1024


def rank(
    embeddings: np.ndarray, rows: np.ndarray, query: np.ndarray, metric: Metric, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Score candidates in float64 and keep the ``k`` most alike, ties by row.

    Args:
        embeddings: ``(n, dimension)`` float32, all of them.
        rows: The candidates, ``(m,)`` with ``m >= k``.
        query: ``(dimension,)``.
        metric: What to score by.
        k: How many to keep.

    Returns:
        Rows ``(k,)`` int64 and scores ``(k,)`` float32.
    """
    query = query.astype(np.float64)
    parts = [
        _scores(np.asarray(embeddings[part], dtype=np.float64), query, metric)
        for part in np.array_split(rows, 1 + len(rows) // CHUNK)
    ]
    scores = np.concatenate(parts)
    distances = 1 - scores if metric is Metric.COSINE else scores
    order = np.lexsort((rows, np.round(distances / TIE)))[:k]
    return rows[order].astype(np.int64), scores[order].astype(np.float32)


def _scores(part: np.ndarray, query: np.ndarray, metric: Metric) -> np.ndarray:
    if metric is Metric.EUCLIDEAN:
        return np.linalg.norm(part - query, axis=1)
    lengths = np.linalg.norm(part, axis=1) * np.linalg.norm(query)
    # An embedding of zeros has no direction: it is like nothing.
    return np.clip(part @ query / np.where(lengths > 0, lengths, np.inf), -1, 1)
