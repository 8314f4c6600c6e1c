"""Suggesting: what a person may like who keeps some items, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.closeness import Verdict
from pipeline.index import Metric
from pipeline.recommender.answers import MAX_POOL, Answer, Match, Suggestion, fold, name_of
from pipeline.recommender.person.interests import Interest, find_interests
from pipeline.recommender.person.kept import Kept
from pipeline.recommender.query import Query
from pipeline.recommender.searching import Allowed, Searcher
from pipeline.recommender.steering import Asked, Asker

POOL = 50
"""Nearest items of each interest that suggestions are first taken from."""


@dataclass(frozen=True)
class _Found:
    """One item that an interest has found: its row, its score, and which interest that was."""

    row: int
    score: float
    interest: int
    doubles: tuple[int, ...] = ()


class Suggester:
    """Suggests items of one catalogue.

    Args:
        built: The catalogue.
        asker: Makes the vectors that are searched with.
        searcher: Searches the catalogue.
    """

    def __init__(self, built: BuiltCatalogue, asker: Asker, searcher: Searcher) -> None:
        self._built = built
        self._asker = asker
        self._searcher = searcher

    def for_items(
        self,
        kept: Sequence[str],
        disliked: Sequence[str],
        k: int,
        where: Mapping[str, Any] | None,
        metric: str,
    ) -> Answer:
        """See `pipeline.recommender.Recommender.for_items`."""
        built, person = self._built, Kept.read(self._built, kept, disliked)
        named = [built.ids[row] for row in person.rows]
        query = Query(items=named[:1], less=person.disliked, k=k, where=where or {}, metric=metric)
        marked = [row for item in person.disliked if (row := built.row_of(item)) is not None]
        among = self._searcher.among(query.where, [*person.rows, *marked])
        interests = find_interests(built, person.rows, Metric(query.metric))
        asked = [
            self._asker.ask(
                Query(items=[built.ids[one.medoid]], less=person.disliked, metric=query.metric)
            )
            for one in interests
        ]
        wanted = query.k or k
        found = self._find(Metric(query.metric), asked, among, person.rows, wanted)
        matches = self._tell(Metric(query.metric), interests, asked, found)
        return Answer(matches, tuple(_notes(person.missing, len(matches), wanted, among[1])))

    def _find(
        self,
        metric: Metric,
        asked: Sequence[Asked],
        among: Allowed,
        kept: Sequence[int],
        wanted: int,
    ) -> list[_Found]:
        """What the interests find in turn, each thing once, and nothing that is kept already."""
        allowed, left = among
        pool = min(left, max(POOL, wanted))
        while True:
            lists = [self._searcher.nearest(metric, one, pool, allowed) for one in asked]
            found = _unlike(self._built, kept, list(_in_turn(lists)))
            if len(found) >= wanted or pool >= min(left, MAX_POOL):
                return found[:wanted]
            pool = min(left, MAX_POOL, 2 * pool)

    def _tell(
        self,
        metric: Metric,
        interests: Sequence[Interest],
        asked: Sequence[Asked],
        found: Sequence[_Found],
    ) -> list[Match]:
        matches: list[Match] = []
        for rank, one in enumerate(found, 1):
            by = asked[one.interest].embedding
            (verdict,) = self._searcher.verdicts(metric, by, np.array([one.row]))
            matches.append(self._suggestion(rank, one, interests[one.interest].medoid, verdict))
        return matches

    def _suggestion(
        self, rank: int, one: _Found, medoid: int, verdict: Verdict | None
    ) -> Suggestion:
        built = self._built
        name = name_of(built.ids[medoid], built.attributes(medoid))
        return Suggestion(
            rank=rank,
            id=built.ids[one.row],
            score=one.score,
            attributes=built.attributes(one.row),
            thumbnail=built.thumbnail(one.row),
            closeness=verdict.closeness if verdict is not None else None,
            alike=verdict.alike if verdict is not None else None,
            doubles=tuple(built.ids[row] for row in one.doubles),
            because=built.ids[medoid],
            reason=f"because you kept {name}",
        )


def _in_turn(lists: Sequence[tuple[np.ndarray, np.ndarray]]) -> Iterator[_Found]:
    """The first of each list, then the second of each, and so on, every item once."""
    seen: set[int] = set()
    pairs = [zip(rows.tolist(), scores.tolist(), strict=True) for rows, scores in lists]
    for turn in zip_longest(*pairs):
        for interest, found in enumerate(turn):
            if found is not None and found[0] not in seen:
                seen.add(found[0])
                yield _Found(found[0], found[1], interest)


def _unlike(built: BuiltCatalogue, kept: Sequence[int], found: Sequence[_Found]) -> list[_Found]:
    """Of near duplicates and variants the first, and of those of kept items none."""
    rows = np.array([*kept, *(one.row for one in found)])
    groups = [group for group in fold(built, rows) if group[0] >= len(kept)]
    heads = [(found[group[0] - len(kept)], rows[group[1:]].tolist()) for group in groups]
    return [_Found(one.row, one.score, one.interest, tuple(rest)) for one, rest in heads]


def _notes(missing: int, given: int, wanted: int, left: int) -> Iterator[str]:
    if missing:
        items = "item" if missing == 1 else "items"
        yield f"The catalogue does not have {missing} of the kept or marked {items}."
    if given < wanted:
        yield (
            f"{given} can be suggested, fewer than the {wanted} asked for."
            if given == left
            else f"Without near duplicates there are {given}, fewer than the {wanted} asked for."
        )
