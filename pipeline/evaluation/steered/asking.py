"""Asking: one held-out query in each way, by cosine, and the items that it finds."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import QueryError
from pipeline.evaluation.measures import DEPTH
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.steered.moving import ValueMeans
from pipeline.evaluation.steered.names import NameSearch, names_of
from pipeline.index import FED_BACK, Metric, open_index, rocchio
from pipeline.words import Words, open_words


@dataclass(frozen=True)
class Found:
    """What one query finds in one way.

    Attributes:
        rows: The items, best first.
        places: How many could be found: five, or as many as a filter leaves.
        wanted: The value of each attribute that they are to have.
    """

    rows: np.ndarray
    places: int
    wanted: tuple[str, ...]


Way = Callable[[int], Found | None]
"""Takes the number of a query, gives what it finds; None where it cannot be asked."""


class Asking:
    """Asks queries of a catalogue; see `pipeline.evaluation.steered.measure_steered`.

    Args:
        built: The items.
        queries: The embeddings of the queries, ``(m, dimension)`` float32.
        plain: One attribute, or two.
        barred: By query, the rows of items that may not answer it; empty where none are.
    """

    def __init__(
        self,
        built: BuiltCatalogue,
        queries: np.ndarray,
        plain: Sequence[Criterion],
        barred: Sequence[list[int]],
    ) -> None:
        self._queries = queries
        self._plain = plain
        self._barred = barred
        self._index = open_index(built, Metric.COSINE)
        self._embeddings = built.embeddings
        self._means = ValueMeans(built.embeddings, plain[-1].held)
        self._words: Words | None = None
        with contextlib.suppress(QueryError):  # there are no texts
            self._words = open_words(built)
        self._names: NameSearch | None = None
        with contextlib.suppress(ValueError):  # there are no names
            self._names = NameSearch(names_of(built, [one.name for one in plain]))

    def ways(self) -> dict[str, Way]:
        """All ways, by what they are called."""
        names = [one.name for one in self._plain]
        ways: dict[str, Way] = {
            "photo": self._by_photo,
            f"photo, filtered by {names[-1]}": self._filtered,
            f"words: {' and '.join(reversed(names))}": self._in_words,
            "filter on the same words": self._by_values,
            "BM25 on the names": self._by_names,
        }
        if len(names) == 2:
            other = f"another {names[1]}"
            ways |= {
                f"photo, filtered to {other}": self._filtered_to,
                f"photo, but {other}": self._but_another,
                f"photo, moved to {other}": self._moved,
                f"photo, moved and filtered to {other}": self._moved_and_filtered,
            }
        return ways

    def _by_photo(self, number: int) -> Found | None:
        """As it is."""
        return self._nearest(self._queries[number], self._free(number), self._own(number))

    def _filtered(self, number: int) -> Found | None:
        """Among the items that have its value of the last attribute."""
        own = self._own(number)
        allowed = self._free(number) & (self._plain[-1].held == own[-1])
        return self._nearest(self._queries[number], allowed, own)

    def _in_words(self, number: int) -> Found | None:
        """By its values as words, without its photo."""
        if self._words is None:
            return None
        try:
            meant = self._words.meant(self._said(number))
        except QueryError:
            return None
        return self._nearest(meant.embedding, self._free(number), self._own(number))

    def _by_values(self, number: int) -> Found:
        """The items that have both values, then those that have one, in catalogue order.

        So that it too fills five places: a person whom a filter leaves too few takes a part off.
        """
        own, free = self._own(number), self._free(number)
        having = [one.held == value for one, value in zip(self._plain, own, strict=True)]
        return _best(np.sum(having, axis=0), free, own)

    def _by_names(self, number: int) -> Found | None:
        """By its values as words among the names; places that no name fits stay empty."""
        if self._names is None:
            return None
        scores = self._names.scores(self._said(number))
        return _best(scores, self._free(number), self._own(number))

    def _filtered_to(self, number: int) -> Found | None:
        """Among the items that have another value."""
        target = self._another(number)
        return None if target is None else self._to(number, target, self._queries[number])

    def _but_another(self, number: int) -> Found | None:
        """The same, brought nearer to the nearest of them: what `Query.but` does."""
        target, query = self._another(number), self._queries[number]
        if target is None:
            return None
        having = self._having(number, target)
        rows, _ = self._index.search(query[None], min(FED_BACK, int(having.sum())), having)
        near = np.asarray(self._embeddings[rows[0]])
        return self._to(number, target, rocchio(query[None], near, near[:0], Metric.COSINE))

    def _moved(self, number: int) -> Found | None:
        """Moved to the items that have another value, among all."""
        target = self._another(number)
        if target is None:
            return None
        wanted = (self._own(number)[0], target)
        return self._nearest(self._move(number, target), self._free(number), wanted)

    def _moved_and_filtered(self, number: int) -> Found | None:
        """Moved to the items that have another value, among these."""
        target = self._another(number)
        if target is None:
            return None
        return self._to(number, target, self._move(number, target))

    def _another(self, number: int) -> str | None:
        """Another value of the last attribute: the commonest that its kind comes in, if any."""
        kind, own = self._own(number)
        kinds, values = (one.held for one in self._plain)
        others = Counter(values[self._free(number) & (kinds == kind)].tolist())
        del others[""], others[own]
        return min(others, key=lambda value: (-others[value], value), default=None)

    def _having(self, number: int, target: str) -> np.ndarray:
        having: np.ndarray = self._free(number) & (self._plain[-1].held == target)
        return having

    def _to(self, number: int, target: str, embedding: np.ndarray) -> Found | None:
        """The items that have a value, of its kind if possible."""
        wanted = (self._own(number)[0], target)
        return self._nearest(embedding, self._having(number, target), wanted)

    def _move(self, number: int, target: str) -> np.ndarray:
        own, barred = self._own(number)[-1], self._barred_rows(number)
        return self._means.move(self._queries[number], own, target, barred)

    def _own(self, number: int) -> tuple[str, ...]:
        return tuple(str(one.asked[number]) for one in self._plain)

    def _said(self, number: int) -> str:
        """Its values as words, the last attribute's first."""
        return " ".join(reversed(self._own(number)))

    def _barred_rows(self, number: int) -> list[int]:
        return self._barred[number] if self._barred else []

    def _free(self, number: int) -> np.ndarray:
        free = np.ones(len(self._plain[0].held), dtype=bool)
        free[self._barred_rows(number)] = False
        return free

    def _nearest(
        self, embedding: np.ndarray, allowed: np.ndarray, wanted: tuple[str, ...]
    ) -> Found | None:
        places = min(DEPTH, int(allowed.sum()))
        if not places:
            return None
        rows, _ = self._index.search(embedding[None], places, allowed)
        return Found(rows[0], places, wanted)


def _best(scores: np.ndarray, free: np.ndarray, wanted: tuple[str, ...]) -> Found:
    """The items with the highest scores above 0, ties in catalogue order."""
    scores = np.where(free, scores, 0)
    rows = np.argsort(-scores, kind="stable")[:DEPTH]
    return Found(rows[scores[rows] > 0], min(DEPTH, int(free.sum())), wanted)
