"""Searching: which items of a catalogue may be matches, which are nearest, and how near that is."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.closeness import Judge, Verdict
from pipeline.errors import QueryError
from pipeline.index import (
    FED_BACK,
    Database,
    Index,
    Metric,
    open_held,
    open_index,
    rank,
    rocchio,
    rocchio_colours,
)
from pipeline.recommender.query import Condition, Filters, Query
from pipeline.recommender.steering import Asked
from pipeline.timing import timed

Allowed = tuple[np.ndarray | None, int]
"""Which rows may be matches, ``(count,)`` bool or None for all, and how many that are."""


class Searcher:
    """Searches one catalogue; each index is opened when it is first needed.

    Args:
        built: The catalogue.
        database: What holds it; None where this machine searches.

    Attributes:
        filters: Its filters.

    Raises:
        ArtifactError: If the database answers and does not hold the catalogue as it is.
    """

    def __init__(self, built: BuiltCatalogue, database: Database | None = None) -> None:
        self.filters = Filters(built)
        self._built = built
        self._indexes = {} if database is None else open_held(built, database)
        self._making_index = threading.Lock()

    def allowed(self, query: Query) -> Allowed:
        """Which items may be matches of a query.

        Raises:
            QueryError: If there is no such attribute or value, or no item is left.
        """
        return self.among(query.filter, self.rows_left_out(query))

    def rows_left_out(self, query: Query) -> list[int]:
        """The rows of the items that are no matches, since the query names them."""
        named = (self._built.row_of(item) for item in (*query.named, *query.leave_out))
        return [row for row in named if row is not None]

    def among(self, where: Mapping[str, Condition], leave_out: Sequence[int]) -> Allowed:
        """Which items pass a filter, but for some.

        Args:
            where: The filter, as a query has read it.
            leave_out: The rows of those that must not be matches.

        Raises:
            QueryError: See `allowed`.
        """
        if not leave_out and not where:
            return None, len(self._built)
        allowed = self.filters.passing(where)
        allowed[leave_out] = False
        if not allowed.any():
            raise QueryError(
                "The catalogue has no other item than those that the query names, or none that "
                "passes its filter. Ask for less."
            )
        return allowed, int(allowed.sum())

    @timed("search")
    def nearest(
        self, metric: Metric, asked: Asked, count: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows nearest to what is asked and their scores, ``(count,)`` each."""
        colours = None if asked.colours is None else [asked.colours]
        rows, scores = self._index(metric).search(asked.embedding[None], count, allowed, colours)
        return rows[0], scores[0]

    def nearer(self, metric: Metric, asked: Asked, among: Allowed) -> Asked:
        """Bring a query nearer to what passes its filter, for `Query.but`.

        An item in another colour is farther from the query than one in its own, and not all kinds
        of garments are by as much. So the `FED_BACK` nearest items that pass count as if somebody
        had marked them: pseudo relevance feedback (Manning, Raghavan and Schütze 2008,
        *Introduction to Information Retrieval*, section 9.1.6). ``docs/steering.md`` has what it
        gains.
        """
        allowed, left = among
        rows, _ = self.nearest(metric, asked, min(FED_BACK, left), allowed)
        near = np.stack([self._nearest_picture(metric, asked, row) for row in rows.tolist()])
        embedding = rocchio(asked.embedding[None], near, near[:0], metric)
        colours = asked.colours
        if colours is not None:
            near = np.asarray(colours.colours.rows[rows])
            wanted = rocchio_colours(colours.query[None], near, near[:0])
            colours = replace(colours, query=wanted)
        return replace(asked, embedding=embedding, colours=colours)

    def scores(self, metric: Metric, asked: Asked, rows: np.ndarray) -> np.ndarray:
        """The scores of items ``(m,)``, in their order, as `nearest` gives them."""
        among = np.zeros(len(self._built), dtype=bool)
        among[rows] = True
        found, scores = self.nearest(metric, asked, len(rows), among)
        order = np.argsort(found)
        ordered: np.ndarray = scores[order[np.searchsorted(found[order], rows)]]
        return ordered

    @timed("judge")
    def verdicts(
        self, metric: Metric, query: np.ndarray, rows: np.ndarray, length: float | None = None
    ) -> Sequence[Verdict | None]:
        """What the distances of items mean; None for each where the build did not measure it.

        Args:
            metric: What was searched by.
            query: What was searched for, ``(dimension,)`` float32.
            rows: The items, ``(m,)``.
            length: See `Judge.judge`.
        """
        records = (r for r in self._built.manifest.closeness if r.metric == metric.value)
        record = next(records, None)
        if record is None:
            return [None] * len(rows)
        judge, views = Judge(record), self._built.views
        first = judge.judge(query, np.asarray(self._built.embeddings[rows]), length)
        if views is None:
            return first
        # Of an item of several pictures, the nearest is what was found.
        others = [judge.judge(query, views.of(row), length) for row in rows.tolist()]
        return [
            max((own, *further), key=lambda one: (one.alike, one.closeness or 0.0))
            for own, further in zip(first, others, strict=True)
        ]

    def score_of_first(self, metric: Metric, asked: Asked, row: int) -> float:
        """The score of an item's first picture, whichever of its pictures is nearest."""
        rows = np.array([row])
        _, scores = rank(
            self._built.embeddings, rows, asked.embedding, metric, 1, colour=asked.colours
        )
        return float(scores[0])

    def _nearest_picture(self, metric: Metric, asked: Asked, row: int) -> np.ndarray:
        """The embedding of an item's picture that is nearest to what is asked."""
        own, views = np.asarray(self._built.embeddings[[row]]), self._built.views
        if views is None:
            picture: np.ndarray = own[0]
            return picture
        pictures = np.concatenate([own, views.of(row)])
        nearest, _ = rank(pictures, np.arange(len(pictures)), asked.embedding, metric, 1)
        picture = pictures[nearest[0]]
        return picture

    def _index(self, metric: Metric) -> Index:
        with self._making_index:
            if metric not in self._indexes:
                self._indexes[metric] = open_index(self._built, metric)
            return self._indexes[metric]
