"""Criteria: what a match must share with its query, by equal values or by a table of synonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.catalogue import JOINED, Catalogue, Same, attribute_values
from pipeline.errors import CatalogueError
from pipeline.evaluation.measures import as_text, chunks, equal_values
from pipeline.evaluation.queries.sides import Sides

USUAL = ("articleType", "baseColour", "articleType+baseColour", "gender", "label")

Sharing = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes values of queries and of items, as text, and tells for each pair whether it counts."""


@dataclass(frozen=True)
class Criterion:
    """What a match must share with its query.

    Attributes:
        name: The attribute, or two joined by ``=`` where they differ between queries and items.
        asked: The value of each query, ``(m,)`` text, empty where it has none.
        held: The value of each item, ``(n,)`` text.
        shares: Tells which values count as shared.
        answerable: Whether any item that may answer shares the query's value, ``(m,)`` bool.
    """

    name: str
    asked: np.ndarray
    held: np.ndarray
    shares: Sharing
    answerable: np.ndarray

    def hits(self, rows: np.ndarray) -> np.ndarray:
        """Whether these items, ``(m, k)`` rows a query, share its value: ``(m, k)`` bool."""
        return self.shares(self.asked[:, None], self.held[rows])

    def of_queries(self, rows: list[int]) -> Criterion:
        """The same for some of the queries."""
        return replace(self, asked=self.asked[rows], answerable=self.answerable[rows])

    @property
    def unanswerable(self) -> dict[str, int]:
        """How many queries of each value no item can answer, the commonest first."""
        values = self.asked[(self.asked != "") & ~self.answerable]
        return dict(Counter(values.tolist()).most_common())


def choose_criteria(
    sides: Sides, attributes: tuple[str, ...] = (), same: Path | None = None
) -> tuple[Criterion, ...]:
    """What to judge by: the attributes named, or the usual ones, and what a table says.

    Without names, usual attributes that no item shares with any query are left out.

    Raises:
        CatalogueError: If the table cannot be read, an attribute is missing, or nothing is shared.
    """
    table = Same.read(same) if same is not None else None
    known = set(sides.items.attribute_names) & set(sides.queries.attribute_names)
    wanted = attributes or tuple(name for name in USUAL if set(name.split(JOINED)) <= known)
    unknown = [name for name in wanted if not set(name.split(JOINED)) <= known]
    if unknown or not (wanted or table):
        raise CatalogueError(_nothing_to_judge_by(sides, unknown))
    found = []
    if table is not None:
        _check_columns(table, sides)
        found.append(_criterion(sides, table.name, table.query_column, table.item_column, table))
    found += [
        _criterion(sides, name, name, name, equal_values)
        for name in wanted
        if table is None or name != table.name
    ]
    unshared = [criterion.name for criterion in found if not criterion.answerable.any()]
    kept = tuple(criterion for criterion in found if criterion.answerable.any())
    if not kept or set(unshared) & {*attributes, *([table.name] if table else [])}:
        raise CatalogueError(
            f"No query from '{sides.queries.source}' shares its {', '.join(unshared)} with an item "
            f"of '{sides.items.source}', so nothing can be judged by it. Choose other attributes, "
            "or say with --same which values mean the same."
        )
    return kept


def _criterion(
    sides: Sides, name: str, query_column: str, item_column: str, shares: Sharing
) -> Criterion:
    asked = as_text(attribute_values(sides.queries, query_column))
    held = as_text(attribute_values(sides.items, item_column))
    answerable = np.zeros(len(asked), dtype=bool)
    for part in chunks(len(asked)):
        shared = shares(asked[part][:, None], held)
        for row, barred in zip(shared, sides.barred[part], strict=False):
            row[barred] = False
        answerable[part] = shared.any(axis=1)
    return Criterion(name, asked, held, shares, answerable)


def _check_columns(table: Same, sides: Sides) -> None:
    for column, side in ((table.query_column, sides.queries), (table.item_column, sides.items)):
        if not set(column.split(JOINED)) <= set(side.attribute_names):
            raise CatalogueError(
                f"The table of values that mean the same names a column '{column}' that "
                f"'{side.source}' does not have; it has: {_names(side)}. Its header names the "
                "column of the queries, then that of the items."
            )


def _nothing_to_judge_by(sides: Sides, unknown: list[str]) -> str:
    missing = f"no attribute {', '.join(unknown) or 'to judge by'}"
    if sides.queries.source == sides.items.source:
        return (
            f"The catalogue '{sides.items.source}' has {missing}. Choose with --attributes among: "
            f"{_names(sides.items)}."
        )
    return (
        f"'{sides.queries.source}' and '{sides.items.source}' have {missing} in common. The "
        f"queries have: {_names(sides.queries)}; the items have: {_names(sides.items)}. Choose "
        "with --attributes, or say with --same which values mean the same."
    )


def _names(catalogue: Catalogue) -> str:
    return ", ".join(catalogue.attribute_names) or "none"
