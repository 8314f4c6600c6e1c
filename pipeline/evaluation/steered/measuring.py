"""Measuring what filters, words and *like this, but* find for held-out queries, by cosine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.estimate import Estimate
from pipeline.evaluation.measures import equal_values
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.steered.asking import Asking, Found, Way

ALL = "all of them"


@dataclass(frozen=True)
class Steered:
    """What the held-out queries find when they are steered in one way.

    Attributes:
        way: How they are asked.
        queries: How many could be.
        found: By attribute, and for all of them at once, the share of the nearest five, or of
            as many as a filter leaves, that have the value that was wanted. A place that stays
            empty, since no name fits, has not.
    """

    way: str
    queries: int
    found: dict[str, Estimate]


def measure_steered(
    built: BuiltCatalogue,
    queries: np.ndarray,
    criteria: Sequence[Criterion],
    barred: Sequence[list[int]] = (),
) -> list[Steered]:
    """Ask every query as it is, filtered, in words, and for another value of an attribute.

    The two first criteria that are attributes by themselves say what is wanted: of the first a
    match is to have the query's value, as a kind, and by the second it is filtered, as a colour.

    Words stand beside what a shop has without them: a filter on the values that they name, and a
    search among the names of the items. Another value is asked for by a filter, by that
    and feedback, which is how `Query.but` asks, by moving the query, and by a filter and moving it.

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
    ways = Asking(built, queries, plain, barred).ways()
    measured = (_measure(name, way, plain) for name, way in ways.items())
    return [one for one in measured if one.queries]


def _measure(name: str, way: Way, plain: Sequence[Criterion]) -> Steered:
    """Ask all queries in one way."""
    answerable = np.all([one.answerable for one in plain], axis=0)
    answers = (way(number) for number in np.flatnonzero(answerable).tolist())
    hits = [_shares(found, plain) for found in answers if found is not None]
    names = [one.name for one in plain]
    columns = names if len(names) == 1 else [*names, ALL]
    shares = np.array(hits).reshape(len(hits), len(columns)).T
    found = {name: Estimate.of(row) for name, row in zip(columns, shares, strict=True)}
    return Steered(name, len(hits), found)


def _shares(found: Found, plain: Sequence[Criterion]) -> list[float]:
    """The shares of the places whose items have each value, and all of them."""
    wanted = zip(plain, found.wanted, strict=True)
    has = np.stack([one.held[found.rows] == value for one, value in wanted])
    if len(has) > 1:
        has = np.vstack([has, has.all(axis=0)])
    shares: list[float] = (has.sum(axis=1) / found.places).tolist()
    return shares
