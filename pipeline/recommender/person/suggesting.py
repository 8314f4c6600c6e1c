"""Suggesting: what a person may like who keeps some items, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.closeness import Verdict, distances_of
from pipeline.errors import QueryError
from pipeline.index import Metric
from pipeline.learning import open_learnt
from pipeline.recommender.answers import (
    MAX_POOL,
    Answer,
    Chosen,
    Match,
    Suggestion,
    fold,
    match_facts,
    name_of,
    nothing_alike,
)
from pipeline.recommender.person.blending import (
    PLAINLY,
    REASONS,
    By,
    Found,
    blended,
    candidates,
    in_turn,
)
from pipeline.recommender.person.completing import Completer
from pipeline.recommender.person.interests import Interest, find_interests
from pipeline.recommender.person.kept import Kept
from pipeline.recommender.query import Query
from pipeline.recommender.searching import Allowed, Searcher
from pipeline.recommender.steering import Asked, Asker

POOL = 50
"""Best items of each interest that suggestions are first taken from."""
NOTHING_ALIKE = "Nothing that can be suggested looks like what is kept; these items come nearest."
NOTHING_ELSE = (
    "Everything that could be suggested is a near duplicate of what is kept. Keep other items, "
    "or leave a filter out."
)


class Suggester:
    """Suggests items of one catalogue.

    Args:
        built: The catalogue.
        asker: Makes the vectors that are searched with.
        searcher: Searches the catalogue.

    Raises:
        ArtifactError: If what was learnt beside the catalogue is damaged.
    """

    def __init__(self, built: BuiltCatalogue, asker: Asker, searcher: Searcher) -> None:
        self._built = built
        self._asker = asker
        self._searcher = searcher
        self._learnt = open_learnt(built)
        self._completer = Completer(built, self._learnt)

    def for_items(
        self,
        kept: Sequence[str],
        disliked: Sequence[str],
        k: int,
        where: Mapping[str, Any] | None,
        metric: str,
    ) -> Answer:
        """Suggest items to a person who keeps some.

        Args:
            kept: The ids of the items that they keep, 1 to 500.
            disliked: Those of items that are not for them, 100 at most.
            k: How many, 1 to 50.
            where: What every item must have, as in a `Query`.
            metric: What is searched by.

        Returns:
            An answer of `Suggestion`, never empty, none of them kept, marked, or a near duplicate
            of one kept.

        Raises:
            QueryError: If the catalogue has none of the kept items, or no other item that passes
                and is no near duplicate of one.
        """
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
        found = self._find(Metric(query.metric), asked, among, interests, wanted)
        matches: list[Match] = [self._tell(n, *one) for n, one in enumerate(found, 1)]
        # What people chose need not look alike, and an interest may have had no turn.
        is_by_look = all(one.by is By.PICTURE for one, _ in found)
        is_whole = {one.medoid for one, _ in found} == {one.medoid for one in interests}
        unlike = NOTHING_ALIKE if is_by_look and is_whole and nothing_alike(matches) else ""
        notes = tuple(_notes(person.missing, len(matches), wanted, among[1]))
        return Answer(matches, (unlike, *notes) if unlike else notes, unlike=unlike)

    def also_liked(self, item: str, k: int, where: Mapping[str, Any] | None) -> Answer:
        """Give what the people who chose an item chose too, where events were learnt.

        Args:
            item: Its id.
            k: How many, 1 to 50.
            where: What every item must have, as in a `Query`.

        Returns:
            An answer of `Suggestion`, their scores the nearness in the log; without any, and with a
            note, where nothing was learnt of the item.

        Raises:
            QueryError: If the catalogue has no such item, or no other that passes.
        """
        row = self._asker.row_of(item)
        query = Query(items=[item], k=k, where=where or {})
        allowed, _ = self._searcher.among(query.where, [row])
        if self._learnt is None:
            return Answer([], ("No events were learnt beside this catalogue.",))
        near = self._learnt.neighbours[row]
        rows, order = near.indices, np.argsort(-near.data, kind="stable")
        found = [
            Found(int(rows[n]), float(near.data[n]), row, By.LOG)
            for n in order.tolist()
            if allowed is None or allowed[rows[n]]
        ]
        chosen = _unlike(self._built, [row], found)[: query.k]
        note = () if chosen else ("Nobody has chosen anything else together with this item.",)
        return Answer([self._tell(rank, one) for rank, one in enumerate(chosen, 1)], note)

    def complete_the_look(self, item: str, k: int, where: Mapping[str, Any] | None) -> Answer:
        """Give pieces that go with an item, one of a kind: see `Completer`.

        Args:
            item: Its id.
            k: How many, 1 to 50.
            where: What every item must have, as in a `Query`.

        Returns:
            An answer of `Suggestion`, their scores the share of outfits in which people wear such a
            piece with the item's, or of baskets with its kind that hold one; without any, and
            with a note, where nothing goes with it.

        Raises:
            QueryError: If the catalogue has no such item, or no other that passes.
        """
        row = self._asker.row_of(item)
        query = Query(items=[item], k=k, where=where or {})
        allowed, _ = self._searcher.among(query.where, [row])
        found = list(self._completer.complete(row, allowed))[: query.k]
        if not found:
            return Answer([], ("Nothing in the catalogue is known to be worn with this item.",))
        name = name_of(self._built.ids[row], self._built.attributes(row))
        matches: list[Match] = [
            self._tell(n, Found(one.row, one.score, row, one.by)) for n, one in enumerate(found, 1)
        ]
        by_rule = sum(one.by is By.RULE for one in found)
        note = f"{by_rule} of {len(found)} go with {name} by a rule, not by what people chose."
        return Answer(matches, (note,) if by_rule else ())

    def _find(
        self,
        metric: Metric,
        asked: Sequence[Asked],
        among: Allowed,
        interests: Sequence[Interest],
        wanted: int,
    ) -> list[tuple[Found, Verdict | None]]:
        """What the interests find in turn, each thing once, and nothing that is kept already.

        Raises:
            QueryError: If they find nothing else.
        """
        allowed, left = among
        kept = [row for one in interests for row in one.rows]
        pool = min(left, max(POOL, wanted))
        while True:
            lists = [
                self._ranked(metric, one, interest, allowed, pool)
                for one, interest in zip(asked, interests, strict=True)
            ]
            found = _unlike(self._built, kept, list(in_turn(lists)))
            if len(found) >= wanted or pool >= min(left, MAX_POOL):
                break
            pool = min(left, MAX_POOL, 2 * pool)
        if not found:
            raise QueryError(NOTHING_ELSE)
        by_medoid = {one.medoid: ask for one, ask in zip(interests, asked, strict=True)}
        return [
            (one, self._verdict(metric, by_medoid[one.medoid], one.row)) for one in found[:wanted]
        ]

    def _verdict(self, metric: Metric, asked: Asked, row: int) -> Verdict | None:
        """What the distance of an item to an interest means."""
        rows = np.array([row])
        return self._searcher.verdicts(metric, asked.embedding, rows, asked.length)[0]

    def _ranked(
        self,
        metric: Metric,
        asked: Asked,
        interest: Interest,
        allowed: np.ndarray | None,
        pool: int,
    ) -> list[Found]:
        """The best items for one interest: the most alike, or a blend with what was learnt."""
        rows, scores = self._searcher.nearest(metric, asked, pool, allowed)
        if self._learnt is None:
            return [
                Found(row, score, interest.medoid, By.PICTURE)
                for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
            ]
        few = candidates(self._learnt, interest, rows, allowed, pool)
        rows, scores = self._searcher.nearest(metric, asked, int(few.sum()), few)
        return blended(self._learnt, interest, rows, distances_of(scores, metric), scores)[:pool]

    def _tell(self, rank: int, one: Found, verdict: Verdict | None = None) -> Suggestion:
        built = self._built
        because = one.medoid
        if one.by is By.LOG and self._learnt is not None and one.own:
            near = self._learnt.neighbours[list(one.own)][:, [one.row]].toarray()
            because = one.own[int(near.argmax())]
        by = one.by
        if by is By.LOG and self._learnt is not None and self._learnt.model == "als":
            by = By.TASTE  # its neighbours may have nobody in common
        name = name_of(built.ids[because], built.attributes(because))
        return Suggestion(
            **match_facts(built, Chosen(one.row, one.score, one.doubles), verdict),
            rank=rank,
            because=built.ids[because],
            reason=REASONS[by].format(name),
            plainly=PLAINLY[by].format(name),
        )


def _unlike(built: BuiltCatalogue, kept: Sequence[int], found: Sequence[Found]) -> list[Found]:
    """Of near duplicates and variants the first, and of those of kept items none."""
    rows = np.array([*kept, *(one.row for one in found)])
    # Each kept item for itself, also where one is like another: what is like either is left out.
    groups = [group for group in fold(built, rows, len(kept)) if group[0] >= len(kept)]
    heads = [(found[group[0] - len(kept)], rows[group[1:]].tolist()) for group in groups]
    return [replace(one, doubles=tuple(rest)) for one, rest in heads]


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
