"""The bounded scan: exact, but reads a few principal components of most embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from pipeline.artifacts import write_tensors
from pipeline.index.colour import ColourQuery
from pipeline.index.engines.ranking import comparable, rank
from pipeline.index.index import TIE, Metric
from pipeline.spreading import spread

COMPONENTS = 64
"""Measured on 44,000 items: with 32 some queries leave half the items to be read, with 96 reading
the components takes longer than they save."""
TRAINING_ROWS = 8192
CHUNK = 4096
SEEDS = 32
"""Items that are scored first, so that the others are held against a near one."""
ERROR = 1e-5
"""More than float32 puts a bound off by, as a share of 1 or of the squared lengths."""


class BoundedIndex:
    """See `Index`. Exact: an item is left out only where it cannot be among the nearest.

    Of an item x and a query q, less the mean of the catalogue, let p and r be the first principal
    components and the length of the rest. Since a product of the rests is at most the product of
    their lengths (Cauchy and Schwarz)::

        q . x <= q_p . x_p + q_r x_r

    so that components and one more number bound a cosine from above, where both have the length 1,
    and a distance from below.
    Panorama (arXiv 2510.00566) stops early on each row by the same bound, component after
    component; here one product with a small table bounds all rows, and those whose bound is as near
    as the k-th of a few that are scored first are scored on the embeddings themselves.

    Args:
        embeddings: ``(n, dimension)`` float32, memory-mapped or not.
        metric: What it searches by.
        basis: The axes and, in the last row, the mean, ``(components + 1, dimension)`` float32.
        table: What bounds each row, ``(n, components + 2)`` float32.
    """

    name = "bounded"

    def __init__(
        self, embeddings: np.ndarray, metric: Metric, basis: np.ndarray, table: np.ndarray
    ) -> None:
        self.metric = metric
        self._embeddings = embeddings
        self._basis = basis
        self._table = table

    @classmethod
    def make(cls, embeddings: np.ndarray, metric: Metric) -> BoundedIndex:
        """Find the principal components and bound every row."""
        count = len(embeddings)
        sample = comparable(embeddings[spread(count, TRAINING_ROWS)], metric).astype(np.float64)
        mean = sample.mean(axis=0)
        _, axes = np.linalg.eigh((sample - mean).T @ (sample - mean))
        # The axes of the largest variances come last.
        chosen = axes[:, ::-1][:, :COMPONENTS].T
        basis = np.ascontiguousarray(np.vstack([chosen, mean]), dtype=np.float32)
        table = np.empty((count, len(basis) + 1), dtype=np.float32)
        for start in range(0, count, CHUNK):
            rows = slice(start, start + CHUNK)
            table[rows] = _bounds(comparable(embeddings[rows], metric), metric, basis)
        return cls(embeddings, metric, basis, table)

    @classmethod
    def read(cls, path: Path, embeddings: np.ndarray, metric: Metric) -> BoundedIndex:
        """Read what `write` wrote.

        Raises:
            ValueError: If it is damaged, or belongs to other embeddings.
        """
        try:
            with safe_open(path, "numpy") as file:
                basis, table = file.get_tensor("basis"), file.get_tensor("table")
        except SafetensorError as error:
            raise ValueError(f"it cannot be read ({error})") from error
        wanted = (len(embeddings), len(basis) + 1)
        is_other = basis.ndim != 2 or basis.shape[1:] != embeddings.shape[1:]
        if is_other or table.shape != wanted or {basis.dtype, table.dtype} != {np.dtype("f4")}:
            raise ValueError(f"it is of {table.shape}, not {wanted}")
        if not (np.isfinite(basis).all() and np.isfinite(table).all()):
            raise ValueError("it holds numbers that are infinite, or none at all")
        return cls(embeddings, metric, basis, table)

    def write(self, path: Path) -> None:
        """Write the bounds; the embeddings stay in a file of their own."""
        write_tensors(path, {"basis": self._basis, "table": self._table})

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`."""
        found = [
            self._search(query, k, allowed, colours[number] if colours is not None else None)
            for number, query in enumerate(np.asarray(queries, dtype=np.float32))
        ]
        return np.stack([rows for rows, _ in found]), np.stack([scores for _, scores in found])

    def _search(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        least, error = self._least_distances(query)
        if allowed is not None:
            least[~allowed] = np.inf
        rows = np.arange(len(least))
        if colour is not None:
            is_squared = self.metric is Metric.EUCLIDEAN
            error += ERROR * (colour.colours.scale**2 if is_squared else 1)
            least = np.maximum(least, 0)
            # Colours add to a distance, so the rest of most bounds says enough.
            rest = (1 - colour.weight) * least
            _, scores = self._rank(_first(rest, k), query, k, colour)
            rows = np.flatnonzero(rest <= self._limit(float(scores[-1])) + error)
            least = colour.mix(least[rows], rows, squared=is_squared)
        seeds = rows[_first(least, k)]
        found, scores = self._rank(seeds, query, k, colour)
        near = rows[least <= self._limit(float(scores[-1])) + error]
        if len(near) <= len(seeds) and np.isin(near, seeds).all():
            return found, scores
        return self._rank(near, query, k, colour)

    def _rank(
        self, rows: np.ndarray, query: np.ndarray, k: int, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        return rank(self._embeddings, rows, query, self.metric, k, colour=colour)

    def _least_distances(self, query: np.ndarray) -> tuple[np.ndarray, float]:
        """Bounds from below, ``(n,)``: of 1 - cosine, or of squared distances, and their error."""
        axes, mean = self._basis[:-1], self._basis[-1]
        apart = comparable(query[None], self.metric)[0] - mean
        parts = axes @ apart
        rest = np.linalg.norm(apart - parts @ axes)
        bounds = self._table @ np.append(parts, np.array((rest, 1), np.float32))
        square = float(apart @ apart)
        if self.metric is Metric.COSINE:
            return bounds + np.float32(1 - apart @ mean), ERROR
        return bounds + np.float32(square), ERROR * square

    def _limit(self, score: float) -> float:
        """A distance, as bounds are, that nothing among the nearest is beyond, ties included."""
        if self.metric is Metric.COSINE:
            return 1 - score + 2 * TIE
        return (score + 2 * TIE) ** 2 * (1 + ERROR)


def _first(least: np.ndarray, k: int) -> np.ndarray:
    """Where the least of some bounds are, more than ``k`` of them, those that count as any."""
    count = min(max(2 * k, SEEDS), len(least))
    first = np.argpartition(least, count - 1)[:count]
    found: np.ndarray = first[np.isfinite(least[first])]
    return found


def _bounds(rows: np.ndarray, metric: Metric, basis: np.ndarray) -> np.ndarray:
    """What is multiplied with a query's components, its rest and 1 to bound rows."""
    axes, mean = basis[:-1], basis[-1]
    apart = rows - mean
    parts = apart @ axes.T
    rests = np.linalg.norm(apart - parts @ axes, axis=1, keepdims=True)
    if metric is Metric.COSINE:
        return np.hstack([-parts, -rests, -(rows @ mean)[:, None]])
    squares = np.einsum("ij,ij->i", apart, apart)[:, None]
    return np.hstack([-2 * parts, -2 * rests, squares * (1 - ERROR)])
