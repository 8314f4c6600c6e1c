"""Feedback: one vector for all that a query asks by, comes nearer to and gets away from."""

from __future__ import annotations

import numpy as np

from pipeline.index.index import Metric

OWN, NEARER, AWAY = 1.0, 0.75, 0.15
"""How much the query itself counts, what to come nearer to, and what to get away from: the values
that Manning, Raghavan and Schütze (2008, *Introduction to Information Retrieval*, section 9.1.1)
call reasonable."""
FED_BACK = 10
"""Items that a query is brought nearer to of itself, as if somebody had marked them. Of 10 and 20,
at half and at the whole weight, on three attributes of a held-out part, what lost on none."""


def rocchio(own: np.ndarray, more: np.ndarray, less: np.ndarray, metric: Metric) -> np.ndarray:
    """Move what is asked by to what is marked as wanted, and from what is marked as unwanted.

    By Rocchio (1971, *Relevance feedback in information retrieval*; Manning et al. 2008, chapter
    9), with the means of the three groups::

        q = (a mean(own) + b mean(more) - c mean(less)) / (a + b - c)

    Groups that are empty count nothing. The weights are divided by their sum, so that the query
    stays among the embeddings, which matters to Euclidean distances. For cosine each embedding is
    divided by its length first, so that a long one counts no more than a short one, and the result
    is as long as they are in the mean.

    Args:
        own: What is asked by, ``(m, dimension)`` float32.
        more: What to come nearer to, ``(m', dimension)`` float32; one of the two is not empty.
        less: What to get away from, ``(m'', dimension)`` float32.
        metric: What will be searched by.

    Returns:
        ``(dimension,)`` float32; a query of one embedding and no marks is that embedding.
    """
    if len(own) + len(more) == 1 and not len(less):
        alone: np.ndarray = np.concatenate([own, more])[0]
        return alone
    groups = [group.astype(np.float64) for group in (own, more, less)]
    length = 1.0
    if metric is Metric.COSINE:
        lengths = [np.linalg.norm(group, axis=1, keepdims=True) for group in groups]
        length = float(np.concatenate(lengths).mean())
        groups = [g / np.where(n > 0, n, 1) for g, n in zip(groups, lengths, strict=True)]
    weights = [w if len(g) else 0.0 for w, g in zip((OWN, NEARER, -AWAY), groups, strict=True)]
    parts = [w * g.mean(axis=0) for w, g in zip(weights, groups, strict=True) if len(g)]
    moved = np.sum(parts, axis=0) / sum(weights)
    if metric is Metric.COSINE:
        moved *= length / max(float(np.linalg.norm(moved)), np.finfo(np.float64).tiny)
    return np.asarray(moved, dtype=np.float32)


def rocchio_colours(own: np.ndarray, more: np.ndarray, less: np.ndarray) -> np.ndarray:
    """The same for the descriptors of colours, whose parts are never below 0.

    Returns:
        ``(c,)`` float32 of length 1.
    """
    moved = np.maximum(rocchio(own, more, less, Metric.COSINE), 0)
    return np.asarray(moved / max(float(np.linalg.norm(moved)), 1e-12), dtype=np.float32)


def between(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """A vector between two directions, as long as the first.

    Args:
        one: ``(dimension,)`` float32.
        other: The same.
        share: How near it is to the other, from 0 to 1.
    """
    if share == 0:
        return one
    length = float(np.linalg.norm(one))
    directions = [v / max(float(np.linalg.norm(v)), 1e-12) for v in (one, other)]
    mixed = (1 - share) * directions[0] + share * directions[1]
    return np.asarray(mixed * length / max(float(np.linalg.norm(mixed)), 1e-12), dtype=np.float32)
