"""Compressed lists: most items are never looked at, and 72 bytes are kept of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from pipeline.index.colour import ColourQuery
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import (
    CHUNK,
    COMPONENTS,
    FEW,
    JUDGED_MATCHES,
    MIN_RECALL,
    THREADS,
    TRAINING_ROWS,
    unseen_queries,
)
from pipeline.index.engines.ranking import comparable, rank
from pipeline.index.index import Metric
from pipeline.spreading import spread

BITS = 4
LISTS_PER_ROOT = 4
"""Lists, by the root of the number of items: few to compare with, and few items in each."""
ROWS_PER_LIST = 40
"""That faiss asks for to find a centre."""
WIDTHS = (100, 200, 400, 800, 1600)
"""How many candidates are scored exactly: the first that reaches the recall is kept. Half as many
lists are looked into."""
JUDGED_AT_ONCE = 32_768
"""Items that are compared with all queries at once: all of them would take 4 bytes an item each."""
JUDGED_ITEMS = 100
COLOUR_POOL = 32_768
"""Where colours are weighed, so many of the nearest by embedding alone are held against them."""
COLOUR_RANKED = 2_048
"""And so many of those, with as many that are nearest by colour alone, are scored exactly."""


class CompressedIndex:
    """See `Index`. Approximate: `judge` measures how often it finds the exact five nearest.

    The items lie in lists around centres, and a query looks into the lists of the nearest centres
    (Sivic and Zisserman 2003). Of each item's first principal components a product quantiser keeps
    4 bits each (Jégou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57), compared in registers
    (André, Kermarrec and Le Scouarnec 2015, VLDB 9(4)), by `IndexIVFPQFastScan` of faiss. The
    candidates are scored on the embeddings themselves.

    Args:
        embeddings: ``(n, dimension)`` float32, memory-mapped or not.
        metric: What it searches by.
        lists: What `make` or `read` gives.
        width: How many candidates a query scores.
    """

    name = "compressed"

    def __init__(
        self, embeddings: np.ndarray, metric: Metric, lists: faiss.Index, width: int = WIDTHS[0]
    ) -> None:
        self.metric = metric
        self.width = width
        self._embeddings = embeddings
        self._lists = lists

    @classmethod
    def make(cls, embeddings: np.ndarray, metric: Metric) -> CompressedIndex:
        """Find the centres and compress every item; memory beyond that stays flat."""
        count, dimension = embeddings.shape
        components = min(COMPONENTS, dimension, count)
        to_components = faiss.PCAMatrix(dimension, components)
        to_components.train(comparable(embeddings[spread(count, TRAINING_ROWS)], metric))
        lists = max(1, min(int(LISTS_PER_ROOT * count**0.5), count // ROWS_PER_LIST))
        centres = faiss.IndexFlatL2(components)
        stored = faiss.IndexIVFPQFastScan(
            centres, components, lists, components, BITS, faiss.METRIC_L2
        )
        chosen = spread(count, ROWS_PER_LIST * max(lists, 1 << 2 * BITS))
        parts = np.array_split(chosen, 1 + len(chosen) // CHUNK)
        sample = np.concatenate(
            [to_components.apply(comparable(embeddings[part], metric)) for part in parts]
        )
        # Fewer items than a code has values stand for several.
        sample = np.resize(sample, (max(len(sample), 1 << BITS), components))
        # Thousands of short steps: threads that meet after each wait longer than they work.
        faiss.omp_set_num_threads(1)
        try:
            stored.train(sample)
        finally:
            faiss.omp_set_num_threads(THREADS)
        index = faiss.IndexPreTransform(to_components, stored)
        for start in range(0, count, CHUNK):
            index.add(comparable(embeddings[start : start + CHUNK], metric))
        return cls(embeddings, metric, index)

    @classmethod
    def read(
        cls, path: Path, embeddings: np.ndarray, metric: Metric, width: int
    ) -> CompressedIndex:
        """Read what `write` wrote.

        Raises:
            ValueError: If it is another index, or belongs to other embeddings.
            RuntimeError: If it is damaged.
        """
        index = faiss.read_index(str(path))
        if (index.ntotal, index.d) != embeddings.shape:
            raise ValueError(f"it is of {(index.ntotal, index.d)}, not {embeddings.shape}")
        is_own = isinstance(index, faiss.IndexPreTransform) and isinstance(
            faiss.downcast_index(index.index), faiss.IndexIVFPQFastScan
        )
        if not is_own:
            raise ValueError("it holds an index of another kind")
        return cls(embeddings, metric, index, width)

    def write(self, path: Path) -> None:
        """Write the lists in the format of faiss; the embeddings stay in a file of their own."""
        faiss.write_index(self._lists, str(path))

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`. Every allowed row is scored where the lists give too few."""
        ranked = []
        for number, query in enumerate(np.asarray(queries, dtype=np.float32)):
            colour = colours[number] if colours is not None else None
            rows = self._near(query, k, allowed, colour)
            if len(rows) < k:
                rows = (
                    np.arange(len(self._embeddings)) if allowed is None else np.flatnonzero(allowed)
                )
            ranked.append(rank(self._embeddings, rows, query, self.metric, k, colour=colour))
        return np.stack([rows for rows, _ in ranked]), np.stack([scores for _, scores in ranked])

    def judge(self) -> float:
        """Widen the search until it finds enough; give the recall of the five nearest.

        The less of two is taken: for queries that the catalogue does not hold, and for items that
        ask for their neighbours, of which a dense catalogue has many that are nearly as near.
        """
        count = len(self._embeddings)
        own = spread(count, JUDGED_ITEMS)
        queries = np.concatenate([unseen_queries(self._embeddings), self._embeddings[own]])
        k = min(JUDGED_MATCHES + 1, count)
        truth = self._exact(queries, k)
        recall = 0.0
        for self.width in WIDTHS:
            found, _ = self.search(queries, k)
            unseen = _recall(found[: -len(own), :-1], truth[: -len(own), :-1])
            recall = min(unseen, _recall(found[-len(own) :, 1:], truth[-len(own) :, 1:]))
            if recall >= MIN_RECALL:
                break
        return recall

    def _exact(self, queries: np.ndarray, k: int) -> np.ndarray:
        """The rows of the exact nearest, ``(m, k)`` int64; the embeddings are gone through once."""
        near = []
        for start in range(0, len(self._embeddings), JUDGED_AT_ONCE):
            part = self._embeddings[start : start + JUDGED_AT_ONCE]
            rows, _ = ExactIndex(part, self.metric).search(queries, min(k, len(part)))
            near.append(start + rows)
        candidates = zip(np.concatenate(near, axis=1), queries, strict=True)
        return np.stack(
            [rank(self._embeddings, rows, query, self.metric, k)[0] for rows, query in candidates]
        )

    def _near(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, colour: ColourQuery | None
    ) -> np.ndarray:
        """The rows that are worth to be scored, ``(m,)`` int64."""
        share = 1.0 if allowed is None else float(allowed.mean())
        if allowed is not None and share < FEW:
            return np.flatnonzero(allowed)
        width = max(self.width, 2 * k)
        if colour is None:
            rows, _ = self._candidates(query, width, width / 2 / share, allowed)
            return rows
        pool = max(COLOUR_POOL, 2 * k)
        rows, squares = self._candidates(query, pool, pool / 2 / share, allowed)
        is_cosine = self.metric is Metric.COSINE
        # Of two directions, 1 - cosine is half the squared distance.
        mixed = colour.mix(squares / 2 if is_cosine else squares, rows, squared=not is_cosine)
        every = np.zeros(len(self._embeddings), np.float32)
        alone = colour.mix(every, slice(None), squared=not is_cosine)
        if allowed is not None:
            alone[~allowed] = np.inf
        count = max(COLOUR_RANKED, 2 * k)
        chosen = np.union1d(rows[_least(mixed, count)], _least(alone, count))
        return chosen if allowed is None else chosen[allowed[chosen]]

    def _candidates(
        self, query: np.ndarray, width: int, probes: float, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The nearest of some lists and their squared distances, as far as codes tell them."""
        options = faiss.SearchParametersIVF(nprobe=max(1, int(probes)))
        if allowed is not None:
            options.sel = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        parameters = faiss.SearchParametersPreTransform(index_params=options)
        # Waking a second thread for a query takes longer than a second thread saves.
        faiss.omp_set_num_threads(1)
        try:
            squares, rows = self._lists.search(
                comparable(query[None], self.metric),
                min(width, len(self._embeddings)),
                params=parameters,
            )
        finally:
            faiss.omp_set_num_threads(THREADS)
        found = rows[0] >= 0
        return rows[0][found], squares[0][found]


def _least(distances: np.ndarray, count: int) -> np.ndarray:
    """Where the least of some distances are, ``count`` of them or all."""
    if len(distances) <= count:
        return np.arange(len(distances))
    return np.argpartition(distances, count - 1)[:count]


def _recall(found: np.ndarray, truth: np.ndarray) -> float:
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    return float(np.mean(shared) / max(1, truth.shape[1]))
