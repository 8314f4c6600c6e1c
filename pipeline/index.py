"""The index: which embeddings of a catalogue are nearest to a query."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import numpy as np
from sklearn.neighbors import NearestNeighbors

from pipeline.errors import QueryError

TIE = 1e-6
"""Scores closer than this are a tie: below what float32 sums of 2048 products can tell apart."""


class Metric(StrEnum):
    """How alike two embeddings are.

    ``COSINE`` scores the angle, in [-1, 1], higher is more alike. ``EUCLIDEAN`` scores the
    distance between the raw embeddings, from 0 up, lower is more alike.
    """

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"

    @classmethod
    def parse(cls, name: str) -> Metric:
        """Read a metric's name, whatever its case.

        Raises:
            QueryError: If there is no such metric.
        """
        try:
            return cls(str(name).strip().lower())
        except ValueError:
            raise QueryError(
                f"There is no metric '{name}'. Choose one of: {', '.join(cls)}."
            ) from None


class Index(Protocol):
    """What every search engine offers."""

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Find the nearest rows.

        Args:
            queries: ``(m, dimension)`` float32.
            k: How many, from 1 to the number of embeddings.

        Returns:
            Rows ``(m, k)`` int64 and scores ``(m, k)`` float32, most alike first, ties by row.
        """
        ...


class ExactIndex:
    """scikit-learn's brute-force neighbours: exact, and the reference for every other engine."""

    def __init__(self, embeddings: np.ndarray, metric: Metric):
        self.metric = metric
        self._neighbours = NearestNeighbors(metric=metric.value, algorithm="brute").fit(embeddings)

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        distances, _ = self._neighbours.kneighbors(queries, n_neighbors=k)
        rows = np.empty((len(queries), k), dtype=np.int64)
        scores = np.empty((len(queries), k), dtype=np.float32)
        for number, query in enumerate(queries):
            rows[number], found = self._settle_ties(query, distances[number, -1], k)
            scores[number] = 1 - found if self.metric is Metric.COSINE else found
        return rows, scores

    def _settle_ties(
        self, query: np.ndarray, reach: float, k: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Take every row as near as the k-th, so that the lowest rows win where several tie."""
        distances, rows = self._neighbours.radius_neighbors(query[None], radius=reach + TIE)
        order = np.lexsort((rows[0], np.round(distances[0] / TIE)))[:k]
        return rows[0][order], distances[0][order]
