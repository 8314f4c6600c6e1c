"""Engines: what a user would search with instead, on the same embeddings, each on one thread."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.timing import Timing, alternate
from benchmarks.usual import usual_search
from pipeline.index import Metric
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.search import EXACT_ITEMS, make_index

MATCHES, QUERIES, ROUNDS = 5, 50, 30
RECALL = 0.99
"""Of the exact five, what a graph's search is widened for."""
WIDTHS = (16, 32, 64, 128, 256, 512)
LINKS, MADE_WIDTH = 16, 200
"""What hnswlib's own examples make a graph with; usearch has its own defaults."""
Search = Callable[[np.ndarray, int], np.ndarray]
"""Gives the rows of the five nearest to a query, ``(5,)``, looking as widely as it is told."""


@dataclass(frozen=True)
class EngineRow:
    """One engine over one size of catalogue.

    Attributes:
        items: How many.
        engine: What searches.
        query: Processor seconds of a query.
        made: Processor seconds that making it took.
        recall: The share of the exact five that it finds.
        width: How widely its graph is searched; None for what is exact.
    """

    items: int
    engine: str
    query: Timing
    made: float
    recall: float
    width: int | None


class MixedEmbeddings:
    """Real embeddings mixed in pairs, with a tenth of their deviation as noise."""

    def __init__(self, real: np.ndarray, seed: int = 3) -> None:
        self._real = np.asarray(real, dtype=np.float32)
        self._noise = 0.1 * self._real.std(axis=0)
        self._generator = np.random.default_rng(seed)

    def draw(self, count: int) -> np.ndarray:
        """``(count, dimension)`` float32."""
        one, other = self._generator.integers(len(self._real), size=(2, count))
        share = self._generator.random((count, 1), dtype=np.float32)
        mixed = share * self._real[one] + (1 - share) * self._real[other]
        noise = self._generator.standard_normal(mixed.shape, dtype=np.float32)
        drawn: np.ndarray = mixed + noise * self._noise
        return drawn


def measure_engines(real: np.ndarray, sizes: Sequence[int]) -> list[EngineRow]:
    """Search each size by cosine, one query at a time, the engines in turn."""
    mixed = MixedEmbeddings(real)
    faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        return [row for items in sizes for row in _measure(mixed.draw(items), mixed.draw(QUERIES))]


def _measure(embeddings: np.ndarray, queries: np.ndarray) -> list[EngineRow]:
    truth, _ = ExactIndex(embeddings, Metric.COSINE).search(queries, MATCHES)
    made, found = {}, {}
    for name, (make, is_tuned) in ENGINES.items():
        started = time.process_time()
        search = make(embeddings)
        seconds = time.process_time() - started
        widths = WIDTHS if is_tuned else WIDTHS[:1]
        width, recall = next(
            (
                (width, recall)
                for width in widths
                if (recall := _recall(search, width, queries, truth)) >= RECALL
            ),
            (widths[-1], _recall(search, widths[-1], queries, truth)),
        )
        made[name] = _asking(search, width, queries)
        found[name] = seconds, recall, width if is_tuned else None
    times = alternate(made, ROUNDS, time.process_time)
    return [EngineRow(len(embeddings), name, times[name], *found[name]) for name in made]


def _asking(search: Search, width: int, queries: np.ndarray) -> Callable[[], object]:
    turns = itertools.cycle(queries)
    return lambda: search(next(turns), width)


def _recall(search: Search, width: int, queries: np.ndarray, truth: np.ndarray) -> float:
    shared = [
        len(set(search(query, width).tolist()) & set(rows.tolist()))
        for query, rows in zip(queries, truth, strict=True)
    ]
    return float(np.mean(shared)) / MATCHES


def _lookalike(embeddings: np.ndarray) -> Search:
    index = (
        ExactIndex(embeddings, Metric.COSINE)
        if len(embeddings) <= EXACT_ITEMS
        else make_index(embeddings, Metric.COSINE)[0]
    )
    return lambda query, _: index.search(query[None], MATCHES)[0][0]


def _sklearn(embeddings: np.ndarray) -> Search:
    neighbours = usual_search(embeddings)
    return lambda query, _: neighbours.kneighbors(query[None])[1][0]


def _faiss(embeddings: np.ndarray) -> Search:
    index = faiss.IndexFlatIP(embeddings.shape[1])
    index.add(_of_length_one(embeddings))
    return lambda query, _: index.search(_of_length_one(query[None]), MATCHES)[1][0]


def _hnswlib(embeddings: np.ndarray) -> Search:
    import hnswlib

    index = hnswlib.Index(space="cosine", dim=embeddings.shape[1])
    index.init_index(len(embeddings), M=LINKS, ef_construction=MADE_WIDTH)
    index.add_items(embeddings, num_threads=1)

    def search(query: np.ndarray, width: int) -> np.ndarray:
        index.set_ef(width)
        rows: np.ndarray = index.knn_query(query, MATCHES, num_threads=1)[0][0]
        return rows

    return search


def _usearch(embeddings: np.ndarray) -> Search:
    from usearch.index import Index

    index = Index(ndim=embeddings.shape[1], metric="cos", dtype="f32")
    index.add(np.arange(len(embeddings)), embeddings, threads=1)

    def search(query: np.ndarray, width: int) -> np.ndarray:
        index.expansion_search = width
        rows: np.ndarray = index.search(query, MATCHES, threads=1).keys
        return rows

    return search


def _of_length_one(rows: np.ndarray) -> np.ndarray:
    of_one: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return of_one


ENGINES: dict[str, tuple[Callable[[np.ndarray], Search], bool]] = {
    "Lookalike": (_lookalike, False),
    "scikit-learn, brute": (_sklearn, False),
    "faiss, IndexFlatIP": (_faiss, False),
    "hnswlib": (_hnswlib, True),
    "usearch": (_usearch, True),
}
"""What makes each, and whether its search is widened until it finds `RECALL`."""
