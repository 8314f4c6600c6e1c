"""The bounded scan: exact, but reads a few principal components of most embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
FEW = 16
"""Of these, all items are bounded by so many first; what that leaves, by all of them."""
TRAINING_ROWS = 8192
CHUNK = 4096
SEEDS, SIFTED = 32, 4
"""Items that are scored first, so that the others are held against a near one, and of how many
times as many they are the nearest by all components."""
BLOCKS = 32
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
    component; here one product with a small table bounds all rows, by a quarter of the components.
    Those whose bound is as near as the k-th of a few that are scored first are bounded by all
    components, and what that leaves is scored on the embeddings themselves.

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
        self._few = min(FEW, len(basis) - 1)
        self._short = _shortened(table, self._few)

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
        asked = self._asked(query)
        least = self._short @ asked.short + asked.constant
        rows, error, count = np.arange(len(least)), asked.error, max(2 * k, SEEDS)
        if colour is not None:
            error += ERROR * (colour.colours.scale**2 if self._is_squared else 1)
            # Colours add to a distance, so the rest of most bounds says enough.
            rest = (1 - colour.weight) * np.maximum(least, 0)
            if allowed is not None:
                rest[~allowed] = np.inf
            _, scores = self._rank(_first(rest, count), query, k, colour)
            rows = np.flatnonzero(rest <= self._limit(float(scores[-1])) + error)
            least = colour.mix(np.maximum(least[rows], 0), rows, squared=self._is_squared)
        elif allowed is not None:
            least[~allowed] = np.inf
        likely = rows[_some(least, SIFTED * count)]
        seeds = likely[_first(self._finer(asked, likely, colour), count)]
        found, scores = self._rank(seeds, query, k, colour)
        limit = self._limit(float(scores[-1])) + error
        left = rows[least <= limit]
        near = left[self._finer(asked, left, colour) <= limit]
        if len(near) <= len(seeds) and np.isin(near, seeds).all():
            return found, scores
        return self._rank(near, query, k, colour)

    def _rank(
        self, rows: np.ndarray, query: np.ndarray, k: int, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        return rank(self._embeddings, rows, query, self.metric, k, colour=colour)

    def _asked(self, query: np.ndarray) -> _Asked:
        axes, mean = self._basis[:-1], self._basis[-1]
        apart = comparable(query[None], self.metric)[0] - mean
        parts = axes @ apart
        rest = float(np.linalg.norm(apart - parts @ axes))
        longer = float(np.hypot(rest, np.linalg.norm(parts[self._few :])))
        square = float(apart @ apart)
        return _Asked(
            np.append(parts[: self._few], np.array((longer, 1), np.float32)),
            np.append(parts, np.array((rest, 1), np.float32)),
            np.float32(square if self._is_squared else 1 - apart @ mean),
            ERROR * square if self._is_squared else ERROR,
        )

    def _finer(self, asked: _Asked, rows: np.ndarray, colour: ColourQuery | None) -> np.ndarray:
        """Bounds by all components of some rows, the colours mixed in, ``(m,)``."""
        least: np.ndarray = self._table[rows] @ asked.long + asked.constant
        if colour is None:
            return least
        return colour.mix(np.maximum(least, 0), rows, squared=self._is_squared)

    @property
    def _is_squared(self) -> bool:
        return self.metric is Metric.EUCLIDEAN

    def _limit(self, score: float) -> float:
        """A distance, as bounds are, that nothing among the nearest is beyond, ties included."""
        if self.metric is Metric.COSINE:
            return 1 - score + 2 * TIE
        return (score + 2 * TIE) ** 2 * (1 + ERROR)


@dataclass(frozen=True)
class _Asked:
    """What a query makes of the tables: bounds from below of 1 - cosine, or of squared distances.

    Attributes:
        short: What the short table is multiplied with, ``(few + 2,)`` float32.
        long: What the whole table is multiplied with, ``(components + 2,)`` float32.
        constant: What is added.
        error: What rounding may put a bound off by.
    """

    short: np.ndarray
    long: np.ndarray
    constant: np.float32
    error: float


def _first(least: np.ndarray, count: int) -> np.ndarray:
    """Where the least of some bounds are, so many of them, without those that are left out."""
    count = min(count, len(least))
    first = np.argpartition(least, count - 1)[:count]
    found: np.ndarray = first[np.isfinite(least[first])]
    return found


def _some(least: np.ndarray, count: int) -> np.ndarray:
    """Where some of the least bounds are: the least of some blocks of rows, which is soon found.

    The least of all where too few blocks have one that is not left out.
    """
    length = len(least) // BLOCKS
    if length > count:
        blocks = least[: BLOCKS * length].reshape(BLOCKS, length)
        columns = _first(blocks.min(axis=0), count)
        if len(columns) == count:
            found: np.ndarray = blocks[:, columns].argmin(axis=0) * length + columns
            return found
    return _first(least, count)


def _shortened(table: np.ndarray, few: int) -> np.ndarray:
    """The table with a few components and the rest's length, ``(n, few + 2)`` float32."""
    short = np.empty((len(table), few + 2), np.float32)
    for start in range(0, len(table), CHUNK):
        part = table[start : start + CHUNK]
        # The same factor is in the components and in the rest, which is negative.
        rests = -np.linalg.norm(part[:, few:-1], axis=1, keepdims=True)
        short[start : start + CHUNK] = np.hstack([part[:, :few], rests, part[:, -1:]])
    return short


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
