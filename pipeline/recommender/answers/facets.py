"""Facets: which values an attribute has, near a query and in the whole catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.catalogue import AttributeValue, plain_value
from pipeline.recommender.query import Column, Condition

MAX_SHOWN = 100
"""Values of an attribute that are counted out; names of items have one each."""
MIN_CHOICES, MAX_CHOICES = 2, 60
"""Values among which a person can choose."""
MIN_SHARED = 1.5
"""Items a value, in the mean, below which an attribute tells items apart and groups none."""
LONGEST_CHOICE = 40
"""Characters."""
MOST_ODD = 0.2
"""Of the values of an attribute of numbers, those that are none."""


@dataclass(frozen=True)
class FacetValue:
    """One value of an attribute.

    Attributes:
        value: The value.
        nearest: How many of the query's nearest items have it; None without a query.
        catalogue: How many items of the whole catalogue have it.
    """

    value: AttributeValue
    nearest: int | None
    catalogue: int


@dataclass(frozen=True)
class Facet:
    """What an attribute can be filtered by.

    Attributes:
        attribute: Its name.
        values: The values that most of the nearest items have first, then those that most of the
            catalogue has; 100 at most.
        distinct: How many different values there are in all.
        least: The least of them, where nearly all are numbers; else None.
        most: The greatest of them, likewise.
    """

    attribute: str
    values: tuple[FacetValue, ...]
    distinct: int
    least: float | None
    most: float | None

    def record(self) -> dict[str, Any]:
        """The facet as JSON values."""
        return {
            "attribute": self.attribute,
            "values": [vars(one) | {"value": plain_value(one.value)} for one in self.values],
            "distinct": self.distinct,
            "min": self.least,
            "max": self.most,
        }


def count_values(attribute: str, column: Column, nearest: np.ndarray | None) -> Facet:
    """Count the values of an attribute.

    Args:
        attribute: Its name.
        column: Its values.
        nearest: The rows of the query's nearest items, ``(m,)``; None without a query.
    """
    everywhere = column.count()
    near = np.zeros_like(everywhere) if nearest is None else column.count(nearest)
    order = np.lexsort((-everywhere, -near))[:MAX_SHOWN]
    numbers = column.amounts
    # One price *on request* among hundreds leaves it an attribute of numbers.
    are_numbers = bool(numbers.size) and np.isnan(numbers).mean() < MOST_ODD
    return Facet(
        attribute=attribute,
        values=tuple(
            FacetValue(
                column.choices[code],
                int(near[code]) if nearest is not None else None,
                int(everywhere[code]),
            )
            for code in order.tolist()
        ),
        distinct=len(column.choices),
        least=float(np.nanmin(numbers)) if are_numbers else None,
        most=float(np.nanmax(numbers)) if are_numbers else None,
    )


def count_facets(
    names: Sequence[str],
    column_of: Callable[[str], Column],
    where: Mapping[str, Condition],
    nearest: Callable[[Mapping[str, Condition]], np.ndarray],
) -> list[Facet]:
    """Count the values of attributes near a query, as choosing a further one would give them.

    What an attribute is filtered by is left out of its own counts: where women's are chosen, men's
    can be chosen beside them.

    Args:
        names: The attributes.
        column_of: Gives the values of one.
        where: All that a match must have.
        nearest: Gives the rows of the nearest items that pass a filter, ``(m,)``.
    """
    near_all = nearest(where)

    def near(name: str) -> np.ndarray:
        if name not in where:
            return near_all
        return nearest({other: wanted for other, wanted in where.items() if other != name})

    return [count_values(name, column_of(name), near(name)) for name in names]


def can_steer(facet: Facet) -> bool:
    """Whether a person can choose by an attribute: few values, shared by items, or numbers."""
    if facet.least is not None:
        return facet.least != facet.most
    texts = [str(value.value) for value in facet.values]
    is_shared = sum(value.catalogue for value in facet.values) >= MIN_SHARED * facet.distinct
    return (
        MIN_CHOICES <= facet.distinct <= MAX_CHOICES
        and is_shared
        and not any("://" in text or len(text) > LONGEST_CHOICE for text in texts)
    )
