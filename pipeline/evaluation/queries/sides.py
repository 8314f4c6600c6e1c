"""The two sides of an evaluation: the items that are searched and the queries that are asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.catalogue import Catalogue, open_catalogue, picture_digests, split_catalogue
from pipeline.errors import CatalogueError
from pipeline.evaluation.queries.plan import EvaluationPlan
from pipeline.spreading import spread

WHOLE = "Hold nothing out with --whole."


@dataclass(frozen=True)
class Sides:
    """What is searched and what is asked.

    Attributes:
        items: The items that are searched.
        queries: The items that are asked.
        held_out: How queries were told from items: ``by id``, the name of a split, or ``nothing``.
        rows: Where queries are items themselves, the row of each among the items; else None.
        barred: By query, the rows of items that may not answer it, since they have its very
            picture; empty where no item can.
    """

    items: Catalogue
    queries: Catalogue
    held_out: str
    rows: list[int] | None
    barred: list[list[int]]


def choose_sides(plan: EvaluationPlan) -> Sides:
    """Open the catalogues of a plan and choose items and queries.

    Raises:
        CatalogueError: If a catalogue cannot be opened, a side is empty or too small, or the
            queries are the very items.
    """
    catalogue = open_catalogue(plan.catalogue)
    if plan.queries is not None:
        return _of_split(catalogue, plan.queries, plan)
    held_out = "nothing" if plan.whole else "by id"
    if plan.queries_from is not None:
        other = open_catalogue(plan.queries_from)
        if _is_itself(other, catalogue):
            raise CatalogueError(
                f"'{plan.queries_from}' is the catalogue itself, whose pictures would find "
                "themselves. Leave the other catalogue out."
            )
        items = catalogue if plan.whole else kept_part(catalogue, split_catalogue(catalogue)[0])
        queries = other if plan.whole else held_out_part(other, split_catalogue(other)[1])
    elif plan.whole or plan.leave_one_out:
        items = catalogue if plan.whole else held_out_part(catalogue, split_catalogue(catalogue)[1])
        return _among_themselves(items, held_out, plan)
    else:
        kept, held = split_catalogue(catalogue)
        items, queries = kept_part(catalogue, kept), held_out_part(catalogue, held)
    items, queries = spread_items(items, plan.max_items), spread_items(queries, plan.max_queries)
    # The split of one catalogue has parted no double; between two there may be some.
    barred = doubles_of(queries, items) if plan.queries_from is not None else []
    return Sides(items, queries, held_out, None, barred)


def _of_split(catalogue: Catalogue, split: str, plan: EvaluationPlan) -> Sides:
    asked = open_catalogue(plan.catalogue, split=split)
    if _is_itself(asked, catalogue):
        raise CatalogueError(
            f"The split '{split}' of '{catalogue.source}' is the catalogue itself, whose pictures "
            "would find themselves. Name another split of a set that has several, or none: an "
            "eighth of the items is held out then."
        )
    items = spread_items(catalogue, plan.max_items)
    queries = spread_items(asked, plan.max_queries)
    return Sides(items, queries, split, None, doubles_of(queries, items))


def _is_itself(asked: Catalogue, searched: Catalogue) -> bool:
    """By ids and pictures: a fingerprint also tells apart splits that a source does not have."""
    return asked.ids == searched.ids and picture_digests(asked) == picture_digests(searched)


def _among_themselves(items: Catalogue, held_out: str, plan: EvaluationPlan) -> Sides:
    items = spread_items(items, plan.max_items)
    if len(items) < 2:
        raise CatalogueError(
            f"'{items.source}' leaves {len(items)} picture to ask among the others; at least two "
            "are needed. Ask all of its pictures with --whole, or search more items."
        )
    rows = spread(len(items), plan.max_queries or len(items)).tolist()
    queries = items.select(rows)
    return Sides(items, queries, held_out, rows, doubles_of(queries, items))


def kept_part(catalogue: Catalogue, rows: list[int], advice: str = WHOLE) -> Catalogue:
    """The items that are searched.

    Args:
        catalogue: What was split.
        rows: Their rows.
        advice: What to do where there are none.

    Raises:
        CatalogueError: If there are none.
    """
    return _part(catalogue, rows, "left to search", advice)


def held_out_part(catalogue: Catalogue, rows: list[int], advice: str = WHOLE) -> Catalogue:
    """The items that are held out by id; see `kept_part`.

    Raises:
        CatalogueError: If there are none.
    """
    return _part(catalogue, rows, "held out by id", advice)


def _part(catalogue: Catalogue, rows: list[int], what: str, advice: str) -> Catalogue:
    if not rows:
        raise CatalogueError(
            f"None of the {len(catalogue)} pictures of '{catalogue.source}' is {what}: about an "
            f"eighth is held out, of a set that is large enough. {advice}"
        )
    return catalogue.select(rows)


def doubles_of(queries: Catalogue, items: Catalogue) -> list[list[int]]:
    """By query, the rows of items with byte for byte its picture, itself included.

    Raises:
        CatalogueError: If a picture's file cannot be read.
    """
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, digest in enumerate(picture_digests(items)):
        rows[digest].append(row)
    return [rows.get(digest, []) for digest in picture_digests(queries)]


def spread_items(catalogue: Catalogue, most: int | None) -> Catalogue:
    """At most so many of the items, spread evenly; None for all."""
    if most is None or len(catalogue) <= most:
        return catalogue
    return catalogue.select(spread(len(catalogue), most).tolist())
