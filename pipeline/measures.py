"""Measures of retrieval: how many of the nearest items share a value with the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

DEPTH = 5
"""The page shows five matches, so that is the depth that counts."""


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
        The mean precision by attribute, between 0 and 1.
    """
    directions = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True).clip(1e-12)
    nearest = np.empty((len(embeddings), k), dtype=np.int64)
    for start in range(0, len(embeddings), 1024):
        similarity = directions[start : start + 1024] @ directions.T
        rows = np.arange(len(similarity))
        similarity[rows, rows + start] = -np.inf
        nearest[start : start + 1024] = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    precision = {}
    for attribute, column in values.items():
        labels = np.array([value if value is not None else "" for value in column])
        asked = labels != ""
        hits = labels[nearest] == labels[:, None]
        precision[attribute] = float(hits[asked].mean()) if asked.any() else float("nan")
    return precision
