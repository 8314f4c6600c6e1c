"""Telling: what has been chosen, as matches and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.artifacts import BuiltCatalogue
from pipeline.closeness import Verdict
from pipeline.recommender.answers.choosing import MAX_POOL, Chosen
from pipeline.recommender.answers.match import Answer, Match, nothing_alike
from pipeline.recommender.query import Query, shown
from pipeline.recommender.steering import Asked

SAID = 3
"""Of the items that are not known, so many are named."""


def tell(
    built: BuiltCatalogue,
    query: Query,
    asked: Asked,
    found: Sequence[tuple[Chosen, Verdict | None]],
    left: int,
) -> Answer:
    """Make an answer of the items that were chosen.

    Args:
        built: The catalogue.
        query: What was asked; its ``k`` is set.
        asked: What was searched for.
        found: The items, best first, and what their distances mean; None where that was
            not measured.
        left: How many items there were to choose from.
    """
    matches = [_match(built, rank, asked, *item) for rank, item in enumerate(found, 1)]
    unknown = [item for item in query.leave_out if built.row_of(item) is None]
    unlike = _unlike(query) if nothing_alike(matches) else ""
    notes = tuple(_notes(query, asked, len(matches), left, unknown))
    return Answer(matches, (unlike, *notes) if unlike else notes, unlike=unlike)


def match_facts(built: BuiltCatalogue, chosen: Chosen, verdict: Verdict | None) -> dict[str, Any]:
    """What is told of an item however it was found, by the names of the fields of `Match`.

    Args:
        built: The catalogue.
        chosen: The item.
        verdict: What its distance means; None where that was not measured.
    """
    return {
        "id": built.ids[chosen.row],
        "score": chosen.score,
        "attributes": built.attributes(chosen.row),
        "thumbnail": built.thumbnail(chosen.row),
        "closeness": verdict.closeness if verdict is not None else None,
        "alike": verdict.alike if verdict is not None else None,
        "doubles": tuple(built.ids[row] for row in chosen.doubles),
    }


def _match(
    built: BuiltCatalogue, rank: int, asked: Asked, chosen: Chosen, verdict: Verdict | None
) -> Match:
    facts = match_facts(built, chosen, verdict)
    return Match(
        rank=rank,
        box=asked.box,
        box_confidence=asked.box_confidence,
        boxes=asked.boxes,
        **facts,
    )


def _unlike(query: Query) -> str:
    """Says that no match looks like what is asked by, and what there was to look among."""
    nothing = "Nothing else" if query.named or query.leave_out else "Nothing"
    among = "that passes the filter" if query.filter else "in the catalogue"
    items = {*query.items, *query.more}
    if query.pictures and items:
        asked_by = "what is asked by"
    elif query.pictures:
        asked_by = "this photo" if len(query.pictures) == 1 else "these photos"
    else:
        asked_by = "this item" if len(items) == 1 else "these items"
    return f"{nothing} {among} looks like {asked_by}; these items come nearest."


def _notes(
    query: Query, asked: Asked, given: int, left: int, unknown: Sequence[str]
) -> Iterator[str]:
    """What a person must be told about the matches as a whole."""
    wanted = query.k or given
    if unknown:
        yield f"The catalogue has no item {', '.join(map(shown, unknown[:SAID]))} to leave out."
    for word in asked.unknown_words:
        yield f"The catalogue does not know the word '{word}'."
    if left < wanted:
        items = "One item is" if left == 1 else f"{left} items are"
        yield f"{items} left to choose from, fewer than the {wanted} asked for."
        if given < left:
            are = "is" if given == 1 else "are"
            yield f"Without near duplicates there {are} {given} of them."
    elif given < wanted:
        nearest = f" among the nearest {MAX_POOL}" if left > MAX_POOL else ""
        yield (
            f"Without near duplicates there are {given}{nearest}, fewer than the {wanted} asked "
            "for."
        )
