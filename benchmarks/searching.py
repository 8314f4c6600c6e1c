"""Searching: one query over catalogues of growing size."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.timing import Timing, alternate
from benchmarks.usual import usual_search
from pipeline.index import Index, Metric
from pipeline.index.engines.bounded import BoundedIndex
from pipeline.index.engines.compressed import CompressedIndex
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import HnswIndex
from pipeline.index.search import EXACT_ITEMS, make_index

COMPONENTS = 512
QUERIES = 100
USUAL_LIMIT = 200_000
"""Above, scikit-learn's copies of the embeddings do not fit into the memory of a small machine."""
CHUNK = 20_000


@dataclass(frozen=True)
class SearchRow:
    """One size of catalogue.

    Attributes:
        items: How many.
        engine: What Lookalike searches with at this size.
        usual: scikit-learn's time for a query, if it was run.
        exact: The exact scan's.
        lookalike: The chosen engine's.
        recall: The share of the exact five nearest that it finds, on queries not in the catalogue.
        embeddings_bytes: The size of the embeddings.
        index_bytes: That of the index beside them.
        build_seconds: What making the index took.
    """

    items: int
    engine: str
    usual: Timing | None
    exact: Timing
    lookalike: Timing
    recall: float
    embeddings_bytes: int
    index_bytes: int
    build_seconds: float


class SyntheticEmbeddings:
    """Embeddings with the mean and the covariance of real ones, by their principal components."""

    def __init__(self, real: np.ndarray, seed: int = 3) -> None:
        sample = np.asarray(real[:: max(1, len(real) // 4000)], dtype=np.float32)
        self.mean = sample.mean(axis=0)
        _, spread, axes = np.linalg.svd(sample - self.mean, full_matrices=False)
        self.axes = axes[:COMPONENTS] * (spread[:COMPONENTS, None] / np.sqrt(len(sample)))
        self._generator = np.random.default_rng(seed)

    def draw(self, count: int) -> np.ndarray:
        """``(count, dimension)`` float32."""
        weights = self._generator.standard_normal((count, len(self.axes)), dtype=np.float32)
        return weights @ self.axes + self.mean

    def write(self, path: Path, count: int) -> np.ndarray:
        """Write so many to a file and give them memory-mapped."""
        shape = (count, len(self.mean))
        rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, count, CHUNK):
            rows[start : start + CHUNK] = self.draw(min(CHUNK, count - start))
        rows.flush()
        return np.load(path, mmap_mode="r")


def measure_search(real: np.ndarray, sizes: list[int], work: Path) -> list[SearchRow]:
    """Search each size by cosine, one query at a time."""
    synthetic = SyntheticEmbeddings(real)
    rows = []
    for items in sizes:
        embeddings = synthetic.write(work / "embeddings.npy", items)
        rows.append(_measure(embeddings, synthetic.draw(QUERIES), work))
        del embeddings
        (work / "embeddings.npy").unlink()
    return rows


def _measure(embeddings: np.ndarray, queries: np.ndarray, work: Path) -> SearchRow:
    exact = ExactIndex(embeddings, Metric.COSINE)
    chosen, seconds = _make(embeddings, exact)
    turn = {"number": 0}

    def next_query() -> np.ndarray:
        turn["number"] = (turn["number"] + 1) % len(queries)
        return queries[turn["number"]][None]

    runs = {
        "exact": lambda: exact.search(next_query(), 5),
        "lookalike": lambda: chosen.search(next_query(), 5),
    }
    if len(embeddings) <= USUAL_LIMIT:
        neighbours = usual_search(embeddings)
        runs["usual"] = lambda: neighbours.kneighbors(next_query())
    times = alternate(runs, 15 if len(embeddings) <= USUAL_LIMIT else 5)
    # A quick engine is timed over every query as well: a few would not show its spread.
    quick = alternate({"lookalike": runs["lookalike"]}, len(queries))["lookalike"]
    truth, _ = exact.search(queries, 5)
    found, _ = chosen.search(queries, 5)
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    size = 0
    if isinstance(chosen, HnswIndex | BoundedIndex | CompressedIndex):
        chosen.write(work / "index")
        size = (work / "index").stat().st_size
        (work / "index").unlink()
    return SearchRow(
        len(embeddings),
        f"{chosen.name} ({chosen.width} candidates)"
        if isinstance(chosen, HnswIndex | CompressedIndex)
        else chosen.name,
        times.get("usual"),
        times["exact"],
        quick,
        float(np.mean(shared)) / 5,
        embeddings.nbytes,
        size,
        seconds,
    )


def _make(embeddings: np.ndarray, exact: ExactIndex) -> tuple[Index, float]:
    if len(embeddings) <= EXACT_ITEMS:
        return exact, 0.0
    started = time.perf_counter()
    index, _ = make_index(embeddings, Metric.COSINE)
    return index, time.perf_counter() - started


def read_bandwidth(gigabytes: float = 1.0) -> float:
    """Bytes a second that this machine reads from memory: what bounds an exact scan."""
    block = np.ones(int(gigabytes * 2**30 / 4), dtype=np.float32)
    vector = np.ones(2048, dtype=np.float32)
    matrix = block[: len(block) // 2048 * 2048].reshape(-1, 2048)
    return matrix.nbytes / alternate({"read": lambda: matrix @ vector}, 7)["read"].low


def peak_memory() -> int:
    """Bytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
