"""Choosing: which of the nearest items are shown, and what each of them stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import NO_PRODUCT, AttributeValue
from pipeline.catalogue.columns import GROUPS
from pipeline.closeness import distances_of
from pipeline.index import ColourQuery, Metric
from pipeline.letters import composed_name
from pipeline.recommender.answers.variety import POOL, folded, pairwise, varied
from pipeline.recommender.query import Query
from pipeline.words import count_said

DOUBLE = 0.01
"""Embeddings of a smaller cosine distance show the same picture. Measured with the starter encoder:
of 60 photos saved again at quality 75, or at four fifths of their size, all lay nearer to
themselves, of those saved at quality 60 four in five; of 800 photos no two did."""
SAME_COLOURS = 0.05
"""Descriptors of a smaller distance, likewise; some encoders hardly see colour."""
MAX_POOL = 800
"""Nearest items among which doubles are sought."""
NEAR_WORDS = 300
"""Nearest items among which those come first that say what is asked in words."""

Search = Callable[[int], tuple[np.ndarray, np.ndarray]]
"""Gives the rows nearest to the query, as many as it is told to, and their scores."""


@dataclass(frozen=True)
class Chosen:
    """An item to be shown.

    Attributes:
        row: Its row.
        score: Its score.
        doubles: The rows of near duplicates and of other variants that it stands for.
    """

    row: int
    score: float
    doubles: tuple[int, ...] = ()


def choose(
    built: BuiltCatalogue, query: Query, colours: ColourQuery | None, left: int, search: Search
) -> list[Chosen]:
    """Choose what is shown, as the search has it where no variety is asked for.

    Where words are all that is asked by, the near items that say most of them come first:
    embeddings hardly tell a garment for women from one for men, which names and attributes do.

    Args:
        built: The catalogue.
        query: What is asked; its ``k`` is set.
        colours: What is weighed beside the embeddings.
        left: How many items there are to choose from.
        search: Searches them.
    """
    wanted = min(query.k or 1, left)
    if query.words and not (query.pictures or query.items or query.more):
        search = _first_that_say(built, query.words, left, search)
    if not query.fold and not query.variety:
        return [Chosen(row, score) for row, score in zip(*_lists(search(wanted)), strict=True)]
    pool = min(left, max(POOL, wanted))
    groups = _grouped(built, query, search, pool)
    while len(groups) < wanted and pool < min(left, MAX_POOL):
        pool = min(left, MAX_POOL, 2 * pool)
        groups = _grouped(built, query, search, pool)
    if not query.variety:
        return groups[:wanted]
    candidates = groups[: max(POOL, wanted)]
    rows = np.array([candidate.row for candidate in candidates])
    metric = Metric(query.metric)
    distances = distances_of(np.array([candidate.score for candidate in candidates]), metric)
    apart = pairwise(np.asarray(built.embeddings[rows]), metric, colours, rows)
    numbers = varied(distances, apart, query.variety, min(wanted, len(candidates)))
    return [candidates[number] for number in numbers]


def _first_that_say(built: BuiltCatalogue, words: str, left: int, search: Search) -> Search:
    """A search that brings what says most of the words, among what it finds, to the front."""

    def sought(count: int) -> tuple[np.ndarray, np.ndarray]:
        rows, scores = search(min(left, max(count, NEAR_WORDS)))
        order = np.argsort(-count_said(built, rows, words), kind="stable")[:count]
        return rows[order], scores[order]

    return sought


def _grouped(built: BuiltCatalogue, query: Query, search: Search, pool: int) -> list[Chosen]:
    rows, scores = search(pool)
    if not query.fold:
        return [Chosen(row, score) for row, score in zip(*_lists((rows, scores)), strict=True)]
    return [
        Chosen(int(rows[first]), float(scores[first]), tuple(rows[rest].tolist()))
        for first, *rest in fold(built, rows)
    ]


def fold(built: BuiltCatalogue, rows: np.ndarray, heads: int = 0) -> list[list[int]]:
    """Gather items that are near duplicates of each other, or variants of one product.

    Args:
        built: The catalogue.
        rows: The items, ``(m,)``.
        heads: How many of the first head a group each; see `folded`.

    Returns:
        Their numbers, from 0 to ``m - 1``, in groups; see `folded`.
    """
    alike = pairwise(np.asarray(built.embeddings[rows]), Metric.COSINE, None, rows) <= DOUBLE
    if built.colours is not None:
        alike &= (
            pairwise(np.asarray(built.colours[rows]), Metric.COSINE, None, rows) <= SAME_COLOURS
        )
    return folded(alike, _products(built, rows), heads)


def _products(built: BuiltCatalogue, rows: np.ndarray) -> list[object]:
    names = [(composed_name(name), name) for name in built.attribute_names]
    named = [name for group in GROUPS for called, name in names if called == group]
    if not named:
        return [None] * len(rows)
    return [_product(built.attributes(row), named) for row in rows.tolist()]


def _product(attributes: Mapping[str, AttributeValue], named: Sequence[str]) -> object:
    """What the first attribute of some that names a product says, with its name; None for none."""
    said = ((name, attributes.get(name, "")) for name in named)
    return next((one for one in said if str(one[1]).strip() not in NO_PRODUCT), None)


def _lists(found: tuple[np.ndarray, np.ndarray]) -> tuple[list[int], list[float]]:
    return found[0].tolist(), found[1].tolist()
