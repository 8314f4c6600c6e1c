"""The index: which embeddings of a catalogue are nearest to a query."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import numpy as np
from sklearn.neighbors import NearestNeighbors

from pipeline.errors import QueryError

TIE = 1e-6
"""Scores closer than this are a tie: below what float32 sums of 2048 products can tell apart."""
ROUNDING = 1e-6
"""How far scikit-learn's distance of two near embeddings may be off, as a share of their length:
some times the square root of float64's precision, since it subtracts squares."""
CHUNK = 1024


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
        self._embeddings = embeddings
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
        reach += TIE
        if self.metric is Metric.EUCLIDEAN:
            reach += ROUNDING * (reach + float(np.linalg.norm(query)))
        found, rows = (part[0] for part in self._neighbours.radius_neighbors(query[None], reach))
        if self.metric is Metric.EUCLIDEAN:
            found = self._exact_distances(query, rows)
        order = np.lexsort((rows, np.round(found / TIE)))[:k]
        return rows[order], found[order]

    def _exact_distances(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """From the differences themselves, so that equal embeddings are at equal distances."""
        parts = (self._embeddings[part] for part in np.array_split(rows, 1 + len(rows) // CHUNK))
        return np.concatenate(
            [np.linalg.norm(part.astype(np.float64) - query, axis=1) for part in parts]
        )
