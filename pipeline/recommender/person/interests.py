"""Interests: the few kinds of things that a person keeps, each told by one item of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from pipeline.artifacts import BuiltCatalogue
from pipeline.index import Metric

MOST = 3
"""Interests of one person: those that PinnerSage asks by at a time."""


@dataclass(frozen=True)
class Interest:
    """Kept items that look alike.

    Attributes:
        medoid: The row of the one that is nearest to all of them.
        rows: Their rows, in the order of keeping.
    """

    medoid: int
    rows: tuple[int, ...]


def find_interests(built: BuiltCatalogue, rows: Sequence[int], metric: Metric) -> list[Interest]:
    """Group kept items by Ward's method, and tell each group by its medoid.

    As PinnerSage does (Pal et al. 2020, arXiv 2007.03634, sections 3.2 and 4): groups are merged
    while that adds least to the squared distances within them (Ward 1963), and a group is told by
    the member nearest to the others, since a mean of unlike things looks like none of them. Groups
    are merged while they look alike (`pipeline.closeness`), and then until `MOST` are left.

    Args:
        built: The catalogue.
        rows: The kept items, one at least, in the order of keeping.
        metric: What they are compared by.

    Returns:
        The interests, of the most items first, of as many the one that was kept to last.
    """
    vectors = np.asarray(built.embeddings[list(rows)]).astype(np.float64)
    if metric is Metric.COSINE:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1)
    groups = np.ones(len(rows), dtype=np.int64)
    if len(rows) > 1:
        tree = linkage(vectors, "ward")
        groups = fcluster(tree, _reach(built, metric), "distance")
        if groups.max() > MOST:
            groups = fcluster(tree, MOST, "maxclust")
    found = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found.sort(key=lambda members: (-len(members), -members[-1]))
    return [
        Interest(
            rows[members[_nearest_to_all(vectors[members])]],
            tuple(rows[member] for member in members.tolist()),
        )
        for members in found
    ]


def _reach(built: BuiltCatalogue, metric: Metric) -> float:
    """The greatest distance of two items that look alike; 0 where the build did not measure it."""
    records = (r for r in built.manifest.closeness if r.metric == metric.value)
    farthest = next((record.farthest for record in records), 0.0)
    # Of two directions, 1 - cosine is half the squared distance.
    return float(np.sqrt(2 * farthest)) if metric is Metric.COSINE else farthest


def _nearest_to_all(vectors: np.ndarray) -> int:
    """The number of the medoid: the least sum of squared distances, the one kept last of equals."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    # The sum over all v of |u - v|^2, short of what is the same for every u.
    sums = len(vectors) * squares - 2 * vectors @ vectors.sum(axis=0)
    return int(np.flatnonzero(np.isclose(sums, sums.min(), rtol=1e-9, atol=1e-12))[-1])
