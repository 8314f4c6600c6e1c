"""Searching: a database proposes the nearest of millions, the embeddings themselves rank them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import DatabaseError
from pipeline.index.colour import ColourQuery
from pipeline.index.engines.milvus.database import Database, NotHeldError, ready
from pipeline.index.engines.ranking import comparable, rank
from pipeline.index.index import TIE, Metric

if TYPE_CHECKING:
    from pymilvus import MilvusClient

QUERY_SECONDS = 4.0
FIRST = 48
"""Candidates besides those that are wanted, which show that nothing nearer was left out."""
WIDER = 4
MOST = 4096
"""Where so many candidates leave it open, every row is looked at here."""
MOST_NAMED = 10_000
"""Rows that a filter names one by one; of what leaves more in and out, candidates are taken out."""
WIDTH = 128
"""How many nodes of a graph a query looks at, at least: with less it finds under 99 %."""
FLOAT32_ERROR = 4e-6
"""How far a float32 distance may be off, as a share of 1 or of the squared lengths."""
GONE = (
    "The database holds this version of the catalogue no longer. Have the page opened again, or "
    "load the catalogue: python -m pipeline load."
)


@dataclass(frozen=True)
class Candidates:
    """What a database has found.

    Attributes:
        rows: Rows that may be found, ``(m,)`` int64.
        reach: No other such row is nearer: 1 - cosine, or squared; infinite where there is none.
    """

    rows: np.ndarray
    reach: float


class MilvusIndex:
    """See `Index`. As exact as the collection: a scan up to 50,000 items, above it a graph.

    Candidates are asked for until the farthest is farther than the last match by more than a tie,
    then ranked on the embeddings, which stay in their file. The database knows no colours: where
    they are weighed, whatever could be near by its colours is ranked besides.

    Args:
        database: Holds the embeddings.
        alias: The name under which it holds this version of the catalogue.
        keys: The key of each row there, ``(n,)`` int64.
        embeddings: ``(n, dimension)`` float32, memory-mapped or not.
        metric: What it searches by.
    """

    name = "milvus"

    def __init__(
        self,
        database: Database,
        alias: str,
        keys: np.ndarray,
        embeddings: np.ndarray,
        metric: Metric,
    ) -> None:
        self.metric = metric
        self._database = database
        self._alias = alias
        self._keys = keys
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]
        self._embeddings = embeddings

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Index.search`.

        Raises:
            DatabaseError: If the database does not answer a query within `QUERY_SECONDS`.
        """
        found = [
            self._nearest(query, k, allowed, colours[number] if colours is not None else None)
            for number, query in enumerate(np.asarray(queries, dtype=np.float32))
        ]
        return np.stack([rows for rows, _ in found]), np.stack([scores for _, scores in found])

    def _nearest(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        end = time.monotonic() + QUERY_SECONDS
        may = np.ones(len(self._keys), bool) if allowed is None else allowed
        expression, share = self._filter(allowed)
        count = min(MOST, int((k + FIRST) / share))
        while True:
            near = self._candidates(query, count, may, expression, end)
            if colour is not None:
                near = self._with_colours(near, query, k, may, colour)
            if len(near.rows) >= k:
                found, scores = self._rank(near.rows, query, k, colour)
                if near.reach > self._limit(float(scores[-1])):
                    return found, scores
            if count == MOST:
                # Rare: thousands as near as each other, or none of thousands that may be found.
                return self._rank(np.flatnonzero(may), query, k, colour)
            count = min(MOST, WIDER * count)

    def _filter(self, allowed: np.ndarray | None) -> tuple[str, float]:
        """What the database is told of a filter, and which share of its answers will pass it.

        Rows are named by their keys, which are numbers: no value of the catalogue or of a query
        comes into an expression.
        """
        if allowed is None:
            return "", 1.0
        count = int(allowed.sum())
        is_few = count <= MOST_NAMED
        if not is_few and len(allowed) - count > MOST_NAMED:
            return "", count / len(allowed)
        named = self._keys[allowed if is_few else ~allowed]
        operator = "in" if is_few else "not in"
        return f"key {operator} [{', '.join(map(str, named.tolist()))}]", 1.0

    def _candidates(
        self, query: np.ndarray, count: int, may: np.ndarray, expression: str, end: float
    ) -> Candidates:
        asked = comparable(query[None], self.metric)

        def search(client: MilvusClient, seconds: float) -> Any:  # noqa: ANN401 pymilvus has no types
            return client.search(
                self._alias,
                data=list(asked),
                anns_field="embedding",
                limit=count,
                filter=expression,
                output_fields=["key"],
                search_params={"params": {"ef": max(WIDTH, count)}},
                # All that it has to hold was there before it got this name.
                consistency_level="Eventually",
                timeout=seconds,
            )

        left = max(0.1, end - time.monotonic())
        try:
            (hits,) = self._database.call(ready(self._alias, search), left)
        except NotHeldError as error:
            raise DatabaseError(GONE) from error
        keys = np.array([hit["key"] for hit in hits], dtype=np.int64)
        places = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        rows = self._order[places[self._sorted[places] == keys]]
        rows = rows[may[rows]]
        if len(hits) < count or len(rows) == may.sum():
            return Candidates(rows, np.inf)
        return Candidates(rows, self._least(float(hits[-1]["distance"]), query))

    def _least(self, told: float, query: np.ndarray) -> float:
        """What a distance, as the database tells it, is at least: 1 - cosine, or squared."""
        if self.metric is Metric.COSINE:  # told as the product of two directions
            return 1 - told - FLOAT32_ERROR
        length = float(np.linalg.norm(query))
        return told - FLOAT32_ERROR * (length**2 + (length + math.sqrt(max(told, 0.0))) ** 2)

    def _limit(self, score: float) -> float:
        """The distance, likewise, up to which a row may tie with a score."""
        if self.metric is Metric.COSINE:
            return 1 - score + 2 * TIE
        return (score + 2 * TIE) ** 2 * (1 + FLOAT32_ERROR)

    def _rank(
        self, rows: np.ndarray, query: np.ndarray, k: int, colour: ColourQuery | None
    ) -> tuple[np.ndarray, np.ndarray]:
        return rank(self._embeddings, rows, query, self.metric, k, colour=colour)

    def _with_colours(
        self,
        near: Candidates,
        query: np.ndarray,
        k: int,
        may: np.ndarray,
        colour: ColourQuery,
    ) -> Candidates:
        """Add the rows that were not found by their embeddings and may be near by their colours.

        What was not found is at least as far as `Candidates.reach`, so with its own colours, which
        lie here, its mixed distance has a bound (the threshold algorithm of Fagin, Lotem and Naor,
        2003).
        """
        if np.isinf(near.reach):
            return near
        unseen = may.copy()
        unseen[near.rows] = False
        others = np.flatnonzero(unseen)
        is_squared = self.metric is Metric.EUCLIDEAN
        least = colour.mix(np.full(len(others), max(near.reach, 0.0)), others, squared=is_squared)
        nearest = others[np.argsort(least, kind="stable")[: max(k, FIRST)]]
        rows = np.concatenate([near.rows, nearest])
        _, scores = self._rank(rows, query, k, colour)
        within = others[least <= self._limit(float(scores[-1]))]
        if len(within) > MOST:
            return Candidates(rows, -np.inf)  # too many to be ranked: ask for more first
        return Candidates(np.union1d(rows, within), np.inf)
