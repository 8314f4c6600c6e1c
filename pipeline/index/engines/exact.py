"""The exact scan: one product with every embedding, then the exact ranking of the nearest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.index.colour import ColourQuery
from pipeline.index.engines.ranking import rank
from pipeline.index.index import TIE, Metric

FLOAT32_ERROR = 4e-6
"""How far a float32 product of two directions may be off; the sum of 2048 products of them was
off by at most 6e-7 on pooled features."""
CHUNK = 4096


class ExactIndex:
    """See `Index`. Bound by memory bandwidth: every query reads every embedding once."""

    name = "exact"

    def __init__(self, embeddings: np.ndarray, metric: Metric) -> None:
        self.metric = metric
        self._embeddings = embeddings
        squares = np.empty(len(embeddings), dtype=np.float32)
        for start in range(0, len(embeddings), CHUNK):
            part = embeddings[start : start + CHUNK]
            squares[start : start + CHUNK] = np.einsum("ij,ij->i", part, part)
        self._squares = squares
        self._lengths = np.sqrt(squares)

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`. Holds ``(m, n)`` float32 products of queries and items at once."""
        queries = np.asarray(queries, dtype=np.float32)
        rows = np.empty((len(queries), k), dtype=np.int64)
        scores = np.empty((len(queries), k), dtype=np.float32)
        for number, (query, products) in enumerate(
            zip(queries, queries @ self._embeddings.T, strict=True)
        ):
            colour = colours[number] if colours is not None else None
            near = self._nearest(query, products, k, allowed, colour)
            rows[number], scores[number] = rank(
                self._embeddings, near, query, self.metric, k, colour=colour
            )
        return rows, scores

    def _nearest(
        self,
        query: np.ndarray,
        products: np.ndarray,
        k: int,
        allowed: np.ndarray | None,
        colour: ColourQuery | None,
    ) -> np.ndarray:
        """Every row that may be among the ``k`` nearest once rounding is accounted for."""
        length = float(np.linalg.norm(query))
        if self.metric is Metric.COSINE:
            lengths = self._lengths * length
            distances = -products / np.where(lengths > 0, lengths, np.inf)
            error: np.ndarray = np.full_like(distances, FLOAT32_ERROR)
        else:
            distances = self._squares - 2 * products
            error = FLOAT32_ERROR * (self._squares + length * length)
        if colour is not None:
            distances, error = self._beside(colour, distances, error, length)
        latest, earliest = distances + error, distances - error
        if allowed is not None:
            latest = np.where(allowed, latest, np.inf)
            earliest = np.where(allowed, earliest, np.inf)
        reach = float(np.partition(latest, k - 1)[k - 1])
        if self.metric is Metric.EUCLIDEAN:
            # Among short embeddings a tie is wider than what rounding hides.
            farthest = np.sqrt(max(0.0, reach + length * length)) + TIE
            reach = farthest * farthest - length * length
        return np.flatnonzero(earliest <= reach)

    def _beside(
        self, colour: ColourQuery, distances: np.ndarray, error: np.ndarray, length: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mix the colours into distances that lack a constant, and into their error."""
        is_cosine = self.metric is Metric.COSINE
        lacking = 1.0 if is_cosine else length * length
        mixed = colour.mix(np.maximum(distances + lacking, 0), slice(None), squared=not is_cosine)
        scale = 1.0 if is_cosine else colour.colours.scale**2
        return mixed - lacking, (1 - colour.weight) * error + colour.weight * scale * FLOAT32_ERROR
