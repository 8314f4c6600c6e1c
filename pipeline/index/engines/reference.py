"""scikit-learn's brute-force neighbours: what every other engine is held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.index.colour import ColourQuery
from pipeline.index.engines.ranking import rank
from pipeline.index.index import TIE, Metric

ROUNDING = 1e-6
"""How far scikit-learn's distance of two near embeddings may be off, as a share of their length:
some times the square root of float64's precision, since it subtracts squares."""


class ReferenceIndex:
    """See `Index`. Exact; slower than the others."""

    name = "scikit-learn"

    def __init__(self, embeddings: np.ndarray, metric: Metric) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.metric = metric
        self._embeddings = embeddings
        # In float32 scikit-learn takes whatever is shorter than 1e-6 for no direction at all.
        precise = embeddings.astype(np.float64)
        self._neighbours = NearestNeighbors(metric=metric.value, algorithm="brute").fit(precise)

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`. Whatever is as near as the k-th is ranked too."""
        if colours is not None:
            return self._search_both(queries, k, allowed, colours)
        if allowed is not None:
            rows = np.flatnonzero(allowed)
            found, scores = ReferenceIndex(self._embeddings[rows], self.metric).search(queries, k)
            return rows[found], scores
        precise = queries.astype(np.float64)
        distances, _ = self._neighbours.kneighbors(precise, n_neighbors=k)
        # Ties share a step of TIE; both distances may be off by a part of one besides.
        reach = distances[:, -1] + 2 * TIE
        if self.metric is Metric.EUCLIDEAN:
            reach += ROUNDING * (reach + np.linalg.norm(queries, axis=1))
        # Every row as near as the k-th, so that the lowest rows win where several tie.
        near = [
            self._neighbours.radius_neighbors(query[None], limit, return_distance=False)[0]
            for query, limit in zip(precise, reach, strict=True)
        ]
        ranked = [
            rank(self._embeddings, rows, query, self.metric, k)
            for rows, query in zip(near, queries, strict=True)
        ]
        return np.stack([rows for rows, _ in ranked]), np.stack([scores for _, scores in ranked])

    def _search_both(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None,
        colours: Sequence[ColourQuery],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rank every row by the distance of concatenations, see `pipeline.index.colour`."""
        rows = np.arange(len(self._embeddings)) if allowed is None else np.flatnonzero(allowed)
        found = np.empty((len(queries), k), dtype=np.int64)
        scores = np.empty((len(queries), k), dtype=np.float32)
        for number, (query, colour) in enumerate(zip(queries, colours, strict=True)):
            items = self._concatenated(self._embeddings[rows], colour.colours.rows[rows], colour)
            asked = self._concatenated(query[None], colour.query[None], colour)
            if self.metric is Metric.COSINE:
                measured = (items @ asked.T)[:, 0]
                distances = 1 - measured
            else:
                measured = distances = np.linalg.norm(items - asked, axis=1)
            order = np.lexsort((rows, np.round(distances / TIE)))[:k]
            found[number], scores[number] = rows[order], measured[order]
        return found, scores

    def _concatenated(
        self, embeddings: np.ndarray, descriptors: np.ndarray, colour: ColourQuery
    ) -> np.ndarray:
        """Embeddings and descriptors side by side, each times the root of its weight."""
        parts = [embeddings.astype(np.float64), descriptors.astype(np.float64)]
        if self.metric is Metric.COSINE:
            lengths = np.linalg.norm(parts[0], axis=1, keepdims=True)
            parts[0] /= np.where(lengths > 0, lengths, 1)
        else:
            parts[1] *= colour.colours.scale
        roots = np.sqrt((1 - colour.weight, colour.weight))
        return np.hstack([root * part for root, part in zip(roots, parts, strict=True)])
