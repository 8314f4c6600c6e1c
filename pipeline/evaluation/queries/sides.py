"""The two sides of an evaluation: the items that are searched and the queries that are asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from pipeline.catalogue import Catalogue, open_catalogue, picture_digests, split_catalogue
from pipeline.errors import CatalogueError
from pipeline.evaluation.plan import EvaluationPlan


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
        CatalogueError: If a catalogue cannot be opened, or a side is empty or too small.
    """
    catalogue = open_catalogue(plan.catalogue)
    if plan.queries is not None:
        asked = open_catalogue(plan.catalogue, split=plan.queries)
        items, queries = _spread(catalogue, plan.max_items), _spread(asked, plan.max_queries)
        return Sides(items, queries, plan.queries, None, [])
    held_out = "nothing" if plan.whole else "by id"
    if plan.queries_from is not None:
        other = open_catalogue(plan.queries_from)
        if other.ids == catalogue.ids and other.fingerprint == catalogue.fingerprint:
            raise CatalogueError(
                f"'{plan.queries_from}' is the catalogue itself, whose pictures would find "
                "themselves. Leave the other catalogue out."
            )
        items = catalogue if plan.whole else _kept(catalogue, split_catalogue(catalogue)[0])
        queries = other if plan.whole else _held_out(other, split_catalogue(other)[1])
    elif plan.whole or plan.leave_one_out:
        items = catalogue if plan.whole else _held_out(catalogue, split_catalogue(catalogue)[1])
        return _among_themselves(items, held_out, plan)
    else:
        kept, held = split_catalogue(catalogue)
        items, queries = _kept(catalogue, kept), _held_out(catalogue, held)
    items, queries = _spread(items, plan.max_items), _spread(queries, plan.max_queries)
    # The split of one catalogue has parted no double; between two there may be some.
    barred = _doubles(queries, items) if plan.queries_from is not None else []
    return Sides(items, queries, held_out, None, barred)


def _among_themselves(items: Catalogue, held_out: str, plan: EvaluationPlan) -> Sides:
    items = _spread(items, plan.max_items)
    if len(items) < 2:
        raise CatalogueError(
            f"'{items.source}' leaves {len(items)} picture to ask among the others; at least two "
            "are needed. Ask all of its pictures with --whole, or search more items."
        )
    rows = _spread_rows(len(items), plan.max_queries)
    queries = items.select(rows)
    return Sides(items, queries, held_out, rows, _doubles(queries, items))


def _kept(catalogue: Catalogue, rows: list[int]) -> Catalogue:
    return _part(catalogue, rows, "left to search")


def _held_out(catalogue: Catalogue, rows: list[int]) -> Catalogue:
    return _part(catalogue, rows, "held out by id")


def _part(catalogue: Catalogue, rows: list[int], what: str) -> Catalogue:
    if not rows:
        raise CatalogueError(
            f"None of the {len(catalogue)} pictures of '{catalogue.source}' is {what}: about an "
            "eighth is held out, of a set that is large enough. Hold nothing out with --whole."
        )
    return catalogue.select(rows)


def _doubles(queries: Catalogue, items: Catalogue) -> list[list[int]]:
    """By query, the items with byte for byte its picture, itself included."""
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, digest in enumerate(picture_digests(items)):
        rows[digest].append(row)
    return [rows.get(digest, []) for digest in picture_digests(queries)]


def _spread(catalogue: Catalogue, most: int | None) -> Catalogue:
    if most is None or len(catalogue) <= most:
        return catalogue
    return catalogue.select(_spread_rows(len(catalogue), most))


def _spread_rows(count: int, most: int | None) -> list[int]:
    spread = np.linspace(0, count - 1, min(count, most or count)).astype(int)
    return [int(row) for row in spread]
