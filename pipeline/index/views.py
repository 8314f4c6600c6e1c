"""Items of several pictures: that which is nearest to a query is the one that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.artifacts import Views
from pipeline.index.colour import ColourQuery, Colours
from pipeline.index.index import TIE, Index, Metric


class ViewsIndex:
    """See `Index`. Two indexes, of the items' first pictures and of their further ones, as one.

    Args:
        items: Searches the first pictures; its rows are the items.
        views: Searches the further ones.
        further: Which item each of those is of, and their colours.
    """

    def __init__(self, items: Index, views: Index, further: Views) -> None:
        self.name = items.name
        self.metric = items.metric
        self._items = items
        self._views = views
        self._further = further

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`."""
        rows, scores = self._items.search(queries, k, allowed, colours)
        merged = []
        for number, query in enumerate(queries):
            colour = colours[number] if colours is not None else None
            further = self._nearest_views(query, k, allowed, colour)
            merged.append(self._merge((rows[number], scores[number]), further, k))
        return np.stack([one for one, _ in merged]), np.stack([one for _, one in merged])

    def _nearest_views(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The items of the nearest further pictures, ``k`` different ones where there are."""
        of = self._further.rows
        may = of >= 0 if allowed is None else (of >= 0) & allowed[of]
        left = int(may.sum())
        if left == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        colours = None if colour is None else [self._beside(colour)]
        count = min(k, left)
        while True:
            found, scores = self._views.search(query[None], count, may, colours)
            rows = of[found[0]]
            if count == left or len(np.unique(rows)) >= k:
                return rows, scores[0]
            count = min(left, 2 * count)

    def _beside(self, colour: ColourQuery) -> ColourQuery:
        if self._further.colours is None:
            raise ValueError("colours are weighed, and the further pictures have none")
        return replace(colour, colours=Colours(self._further.colours, colour.colours.scale))

    def _merge(
        self,
        first: tuple[np.ndarray, np.ndarray],
        further: tuple[np.ndarray, np.ndarray],
        k: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The nearest items of both, each with its best score, ties by row."""
        rows, scores = (np.concatenate(pair) for pair in zip(first, further, strict=True))
        distances = scores.astype(np.float64)
        if self.metric is Metric.COSINE:
            distances = 1 - distances
        order = np.lexsort((rows, np.round(distances / TIE)))
        _, earliest = np.unique(rows[order], return_index=True)
        best = order[np.sort(earliest)][:k]
        return rows[best], scores[best]
