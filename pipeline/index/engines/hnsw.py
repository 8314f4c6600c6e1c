"""HNSW over principal components: a graph finds candidates, exact scores rank them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np

from pipeline.index.colour import ColourQuery
from pipeline.index.engines.ranking import comparable, rank
from pipeline.index.index import Metric
from pipeline.spreading import spread

COMPONENTS = 128
LINKS = 32
BUILD_WIDTH = 120
WIDTHS = (48, 96, 128, 192, 256, 384, 768)
"""How many candidates a query looks at: the first that reaches the recall is kept."""
MIN_RECALL = 0.99
TRAINING_ROWS = 16_384
JUDGED_QUERIES = 200
JUDGED_MATCHES = 5
CHUNK = 16_384
THREADS = faiss.omp_get_max_threads()
FEW = 0.02
"""Where a filter leaves a smaller share, walking the graph finds too few: those rows are
scanned instead."""
ROWS_MARK = b"hnswrows"
RANKED_WITH_COLOUR = 4
"""Where colours are weighed, so many times as many candidates are ranked exactly."""


class HnswIndex:
    """See `Index`. Approximate: `judge` measures how often it finds the exact five nearest.

    The graph of Malkov and Yashunin (2018, arXiv:1603.09320) over the 128 first principal
    components in float16, from faiss; the candidates are scored on the embeddings themselves.
    The graph knows nothing of colours: where these are weighed, every item's components and
    colours are looked at instead, which is a tenth of its embedding.

    Args:
        embeddings: ``(n, dimension)`` float32, memory-mapped or not.
        metric: What it searches by.
        graph: What `make` or `read` gives.
        width: How many candidates a query looks at.
        rows: The row of each node of the graph, ``(nodes,)`` int64, -1 for one that is no more;
            None where nodes and rows are the same.
    """

    name = "hnsw"

    def __init__(
        self,
        embeddings: np.ndarray,
        metric: Metric,
        graph: faiss.Index,
        width: int = WIDTHS[0],
        rows: np.ndarray | None = None,
    ) -> None:
        self.metric = metric
        self.width = width
        self._embeddings = embeddings
        self._graph = graph
        self._rows = rows

    @classmethod
    def make(cls, embeddings: np.ndarray, metric: Metric) -> HnswIndex:
        """Make the graph over every embedding; memory beyond it stays flat."""
        count, dimension = embeddings.shape
        components = min(COMPONENTS, dimension, count)
        hnsw = faiss.IndexHNSWSQ(components, faiss.ScalarQuantizer.QT_fp16, LINKS)
        hnsw.hnsw.efConstruction = BUILD_WIDTH
        graph = faiss.IndexPreTransform(faiss.PCAMatrix(dimension, components), hnsw)
        graph.train(comparable(embeddings[spread(count, TRAINING_ROWS)], metric))
        for start in range(0, count, CHUNK):
            graph.add(comparable(embeddings[start : start + CHUNK], metric))
        return cls(embeddings, metric, graph)

    @classmethod
    def read(cls, path: Path, embeddings: np.ndarray, metric: Metric, width: int) -> HnswIndex:
        """Read what `write` wrote.

        Raises:
            ValueError: If it belongs to other embeddings.
            RuntimeError: If it is damaged.
        """
        graph, rows = faiss.read_index(str(path)), _read_rows(path)
        count, dimension = graph.ntotal, graph.d
        if rows is not None:
            count = int((rows >= 0).sum())
            is_whole = np.array_equal(np.sort(rows[rows >= 0]), np.arange(len(embeddings)))
            if len(rows) != graph.ntotal or not is_whole:
                raise ValueError("its nodes are not the items")
        if (count, dimension) != embeddings.shape:
            raise ValueError(f"it is of {(count, dimension)}, not {embeddings.shape}")
        return cls(embeddings, metric, graph, width, rows)

    def write(self, path: Path) -> None:
        """Write the graph in the format of faiss; the embeddings stay in a file of their own.

        Behind its end, which faiss does not read, stand the rows of its nodes if they differ.
        """
        faiss.write_index(self._graph, str(path))
        if self._rows is not None:
            with path.open("ab") as stream:
                stream.write(self._rows.astype("<i8").tobytes())
                stream.write(ROWS_MARK + len(self._rows).to_bytes(8, "little"))

    def carry(self, embeddings: np.ndarray, moved: np.ndarray) -> float:
        """Go on to the embeddings of the next version: what is new is inserted, what is gone left.

        Args:
            embeddings: Its embeddings, ``(m, dimension)`` float32.
            moved: Which row of them each of the embeddings until now is, ``(n,)`` int64; -1 where
                it is no more.

        Returns:
            The share of nodes that are new or gone, by which the graph may have suffered.
        """
        rows = np.arange(len(moved)) if self._rows is None else self._rows
        rows = np.where(rows >= 0, moved[rows], -1)
        new = np.setdiff1d(np.arange(len(embeddings)), rows)
        for start in range(0, len(new), CHUNK):
            self._graph.add(comparable(embeddings[new[start : start + CHUNK]], self.metric))
        self._rows = np.concatenate([rows, new])
        self._embeddings = embeddings
        self.__dict__.pop("_components", None)
        return float((len(new) + (rows < 0).sum()) / len(self._rows))

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`. Every allowed row is scored where the graph finds too few."""
        queries = np.asarray(queries, dtype=np.float32)
        near: Iterable[np.ndarray] = (
            self._near(queries, k, allowed)
            if colours is None
            else [
                self._near_by_both(query, k, allowed, colour)
                for query, colour in zip(queries, colours, strict=True)
            ]
        )
        ranked = []
        for number, (query, found) in enumerate(zip(queries, near, strict=True)):
            rows = found[found >= 0]
            if len(rows) < k:
                # Rare: the graph ended early, under a filter or with k near the count.
                rows = (
                    np.arange(len(self._embeddings)) if allowed is None else np.flatnonzero(allowed)
                )
            colour = colours[number] if colours is not None else None
            ranked.append(rank(self._embeddings, rows, query, self.metric, k, colour=colour))
        return np.stack([rows for rows, _ in ranked]), np.stack([scores for _, scores in ranked])

    def judge(self) -> float:
        """Widen the search until it finds enough; give the recall of the five nearest."""
        from pipeline.index.engines.exact import ExactIndex

        queries = unseen_queries(self._embeddings)
        k = min(JUDGED_MATCHES, len(self._embeddings))
        truth, _ = ExactIndex(self._embeddings, self.metric).search(queries, k)
        recall = 0.0
        for self.width in WIDTHS:
            found, _ = self.search(queries, k)
            shared = [
                len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)
            ]
            recall = float(np.mean(shared)) / k
            if recall >= MIN_RECALL:
                break
        return recall

    def _near(self, queries: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
        """Candidates of each query, ``(m, width)``, those that were not found as -1."""
        share = 1.0 if allowed is None else float(allowed.mean())
        if allowed is not None and share < FEW:
            return np.tile(np.flatnonzero(allowed), (len(queries), 1))
        # The graph is walked through rows that are not allowed too, so a filter needs more of it.
        width = int(max(self.width, 2 * k) / max(share, FEW))
        return self._candidates(queries, width, allowed)

    def _near_by_both(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, colour: ColourQuery
    ) -> np.ndarray:
        """Candidates by components and colour, ``(width,)``."""
        if allowed is not None and allowed.mean() < FEW:
            return np.flatnonzero(allowed)
        (asked,) = self._to_components.apply(comparable(query[None], self.metric))
        distances = np.empty(len(self._embeddings), dtype=np.float32)
        for start in range(0, len(distances), CHUNK):
            rows = slice(start, start + CHUNK)
            apart = self._components[rows].astype(np.float32) - asked
            squares = np.einsum("ij,ij->i", apart, apart)
            is_cosine = self.metric is Metric.COSINE
            # Of two directions, 1 - cosine is half the squared distance.
            apart_by = squares / 2 if is_cosine else squares
            distances[rows] = colour.mix(apart_by, rows, squared=not is_cosine)
        if allowed is not None:
            distances[~allowed] = np.inf
        count = min(RANKED_WITH_COLOUR * max(self.width, 2 * k), len(distances))
        near = np.argpartition(distances, count - 1)[:count]
        return near[np.isfinite(distances[near])]

    @property
    def _to_components(self) -> faiss.VectorTransform:
        return faiss.downcast_VectorTransform(self._graph.chain.at(0))

    @cached_property
    def _components(self) -> np.ndarray:
        """What the graph stores of every item, ``(n, components)`` float16."""
        storage = faiss.downcast_index(faiss.downcast_index(self._graph.index).storage)
        codes: np.ndarray = faiss.vector_to_array(storage.codes)
        stored = codes.view(np.float16).reshape(self._graph.ntotal, -1)
        if self._rows is None:
            return stored
        nodes = np.empty(len(self._embeddings), np.int64)
        nodes[self._rows[self._rows >= 0]] = np.flatnonzero(self._rows >= 0)
        return stored[nodes]

    def _candidates(
        self, queries: np.ndarray, width: int, allowed: np.ndarray | None
    ) -> np.ndarray:
        options = faiss.SearchParametersHNSW(efSearch=width)
        if allowed is not None:
            if self._rows is not None:
                allowed = (self._rows >= 0) & allowed[self._rows]
            options.sel = faiss.IDSelectorBatch(np.flatnonzero(allowed))
        parameters = faiss.SearchParametersPreTransform(index_params=options)
        # Waking a second thread for a query takes longer than a second thread saves.
        faiss.omp_set_num_threads(1 if len(queries) == 1 else THREADS)
        count = min(width, self._graph.ntotal)
        try:
            near: np.ndarray = self._graph.search(
                comparable(queries, self.metric), count, params=parameters
            )[1]
        finally:
            # A graph that is made after a query is made on every thread again.
            faiss.omp_set_num_threads(THREADS)
        return near if self._rows is None else np.where(near >= 0, self._rows[near], -1)


def _read_rows(path: Path) -> np.ndarray | None:
    """The rows that stand behind a graph, ``(nodes,)`` int64; None where there are none."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 16))
        mark, count = stream.read(8), int.from_bytes(stream.read(8), "little")
        if mark != ROWS_MARK or size < 16 + 8 * count:
            return None
        stream.seek(size - 16 - 8 * count)
        return np.frombuffer(stream.read(8 * count), "<i8").astype(np.int64)


def unseen_queries(embeddings: np.ndarray) -> np.ndarray:
    """Queries that the catalogue does not hold, with the mean and the covariance of its items.

    A graph finds the neighbours of its own items more easily than those of a new photo. Each
    query is an item moved by half the difference of two others and drawn back to the mean, which
    is harder still: on real photos the graph finds more.
    """
    count = len(embeddings)
    mean = np.asarray(embeddings[spread(count, TRAINING_ROWS)]).mean(axis=0)
    chosen = np.random.default_rng(count).integers(count, size=(3, JUDGED_QUERIES))
    item, one, other = (np.asarray(embeddings[rows]) for rows in chosen)
    # The variances of the three add up to 1 + 1/4 + 1/4 times that of the items.
    moved = (item - mean + (one - other) / 2) / np.sqrt(1.5)
    queries: np.ndarray = (mean + moved).astype(np.float32)
    return queries
