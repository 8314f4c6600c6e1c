"""Measuring what filters, words and *like this, but* find for held-out queries, by cosine."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import QueryError
from pipeline.estimate import Estimate
from pipeline.evaluation.measures import DEPTH, equal_values
from pipeline.evaluation.queries import Criterion
from pipeline.index import Metric, open_index
from pipeline.words import Words, open_words

ALL = "all of them"


@dataclass(frozen=True)
class Steered:
    """What the held-out queries find when they are steered in one way.

    Attributes:
        way: How they are asked.
        queries: How many could be.
        found: By attribute, and for all of them at once, the share of the nearest five, or of
            those that there are, that have the value that was wanted.
    """

    way: str
    queries: int
    found: dict[str, Estimate]


@dataclass(frozen=True)
class _Way:
    """How one query is asked: by what, among which items, and which values are wanted."""

    embedding: np.ndarray
    allowed: np.ndarray
    wanted: tuple[str, ...]


def measure_steered(
    built: BuiltCatalogue,
    queries: np.ndarray,
    criteria: Sequence[Criterion],
    barred: Sequence[list[int]] = (),
) -> list[Steered]:
    """Ask every query as it is, filtered, in words, and for another value of an attribute.

    The two first criteria that are attributes by themselves say what is wanted: of the first a
    match is to have the query's value, as a kind, and by the second it is filtered, as a colour.

    Args:
        built: The items.
        queries: The embeddings of the queries, ``(m, dimension)`` float32.
        criteria: What a match must share.
        barred: By query, the rows of items that may not answer it; empty where none are.

    Returns:
        One entry a way in which any query could be asked; none without such a criterion.
    """
    plain = [one for one in criteria if one.shares is equal_values and "+" not in one.name][:2]
    if not plain:
        return []
    asking = _Asking(built, queries, plain, barred)
    names = [one.name for one in plain]
    ways: dict[str, Callable[[int], _Way | None]] = {
        "photo": asking.by_photo,
        f"photo, filtered by {names[-1]}": asking.filtered,
        f"words: {' and '.join(reversed(names))}": asking.in_words,
    }
    if len(plain) == 2:
        ways[f"photo, but another {names[1]}"] = asking.but_another
    measured = (asking.measure(name, way) for name, way in ways.items())
    return [one for one in measured if one.queries]


class _Asking:
    """Asks queries; see `measure_steered`."""

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
        self._words: Words | None = None
        with contextlib.suppress(QueryError):  # there are no texts
            self._words = open_words(built)

    def measure(self, name: str, way: Callable[[int], _Way | None]) -> Steered:
        """Ask all queries in one way."""
        hits = list(self._hits(way))
        names = [one.name for one in self._plain]
        columns = names if len(names) == 1 else [*names, ALL]
        shares = np.array(hits).reshape(len(hits), len(columns)).T
        found = {name: Estimate.of(row) for name, row in zip(columns, shares, strict=True)}
        return Steered(name, len(hits), found)

    def by_photo(self, number: int) -> _Way | None:
        """As it is."""
        return _Way(self._queries[number], self._free(number), self._own(number))

    def filtered(self, number: int) -> _Way | None:
        """Among the items that have its value of the last attribute."""
        allowed = self._free(number) & (self._plain[-1].held == self._own(number)[-1])
        return _Way(self._queries[number], allowed, self._own(number))

    def in_words(self, number: int) -> _Way | None:
        """By its values as words, the last attribute's first, without its photo."""
        if self._words is None:
            return None
        wanted = self._own(number)
        try:
            meant = self._words.meant(" ".join(reversed(wanted)))
        except QueryError:
            return None
        return _Way(meant.embedding, self._free(number), wanted)

    def but_another(self, number: int) -> _Way | None:
        """Among the items that have another value: the commonest that its kind comes in."""
        kind, own = self._own(number)
        free = self._free(number)
        values = self._plain[1].held[free & (self._plain[0].held == kind)]
        others = Counter(value for value in values.tolist() if value not in ("", own))
        if not others:
            return None
        target = min(others, key=lambda value: (-others[value], value))
        return _Way(self._queries[number], free & (self._plain[1].held == target), (kind, target))

    def _own(self, number: int) -> tuple[str, ...]:
        return tuple(str(one.asked[number]) for one in self._plain)

    def _free(self, number: int) -> np.ndarray:
        free = np.ones(len(self._plain[0].held), dtype=bool)
        if self._barred:
            free[self._barred[number]] = False
        return free

    def _hits(self, way: Callable[[int], _Way | None]) -> Iterator[list[float]]:
        """For each query that can be asked, the shares that have each value, and all of them."""
        for number in range(len(self._queries)):
            asked = way(number) if all(one.answerable[number] for one in self._plain) else None
            if asked is None or not asked.allowed.any():
                continue
            count = min(DEPTH, int(asked.allowed.sum()))
            rows, _ = self._index.search(asked.embedding[None], count, asked.allowed)
            wanted = zip(self._plain, asked.wanted, strict=True)
            has = np.stack([one.held[rows[0]] == value for one, value in wanted])
            shares = has.mean(axis=1).tolist()
            yield [*shares, float(has.all(axis=0).mean())] if len(shares) > 1 else shares
