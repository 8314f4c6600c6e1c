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
BLOCK = 65_536
"""Rows that are scaled at a time."""
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
        lookalike: Those of Lookalike, asked in turn with it.
        made: Processor seconds that making it took.
        recall: The share of the exact five that it finds.
        width: How widely its graph is searched; None for what is exact.
    """

    items: int
    engine: str
    query: Timing
    lookalike: Timing
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
    """Search each size by cosine, one query at a time, each engine in turn with Lookalike.

    Only these two are held at a time, so that a million embeddings fit into the memory.
    """
    mixed = MixedEmbeddings(real)
    faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        return [row for items in sizes for row in _measure(mixed.draw(items), mixed.draw(QUERIES))]


def _measure(embeddings: np.ndarray, queries: np.ndarray) -> list[EngineRow]:
    truth, _ = ExactIndex(embeddings, Metric.COSINE).search(queries, MATCHES)
    lookalike, seconds = _made(_lookalike, embeddings)
    ours = _asking(lookalike, WIDTHS[0], queries)
    alone = alternate({"Lookalike": ours}, ROUNDS, time.process_time)["Lookalike"]
    recall = _recall(lookalike, WIDTHS[0], queries, truth)
    rows = [EngineRow(len(embeddings), "Lookalike", alone, alone, seconds, recall, None)]
    for name, (make, is_tuned) in OTHERS.items():
        search, seconds = _made(make, embeddings)
        width, recall = _widened(search, WIDTHS if is_tuned else WIDTHS[:1], queries, truth)
        pair = {"Lookalike": ours, name: _asking(search, width, queries)}
        times = alternate(pair, ROUNDS, time.process_time)
        asked = times[name], times["Lookalike"]
        searched = width if is_tuned else None
        rows.append(EngineRow(len(embeddings), name, *asked, seconds, recall, searched))
        del search, pair
    return rows


def _made(make: Callable[[np.ndarray], Search], embeddings: np.ndarray) -> tuple[Search, float]:
    """What searches, and the processor seconds that making it took."""
    started = time.process_time()
    search = make(embeddings)
    return search, time.process_time() - started


def _widened(
    search: Search, widths: Sequence[int], queries: np.ndarray, truth: np.ndarray
) -> tuple[int, float]:
    """The least width that finds `RECALL`, or the greatest, and what it finds."""
    recall = 0.0
    for width in widths:
        recall = _recall(search, width, queries, truth)
        if recall >= RECALL:
            break
    return width, recall


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
    for start in range(0, len(embeddings), BLOCK):
        index.add(_of_length_one(embeddings[start : start + BLOCK]))
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


OTHERS: dict[str, tuple[Callable[[np.ndarray], Search], bool]] = {
    "scikit-learn, brute": (_sklearn, False),
    "faiss, IndexFlatIP": (_faiss, False),
    "hnswlib": (_hnswlib, True),
    "usearch": (_usearch, True),
}
"""What makes each, and whether its search is widened until it finds `RECALL`."""
