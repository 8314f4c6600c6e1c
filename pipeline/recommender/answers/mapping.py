"""The map: where each item of a catalogue lies, and what it is coloured by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import AttributeValue
from pipeline.ids import Ids
from pipeline.plane import open_plane
from pipeline.recommender.answers.facets import MAX_CHOICES, can_steer, count_values
from pipeline.recommender.query import Column

MOST_VALUES = 10
"""Values of an attribute with a colour of their own: more colours are not told apart."""
NO_VALUE = 255
"""The code of items without one."""


@dataclass(frozen=True, eq=False)
class Colouring:
    """An attribute that a map can be coloured by.

    Attributes:
        attribute: Its name.
        values: Its commonest values, ten at most.
        counts: How many items have each.
        codes: Which value each item has, ``(n,)`` uint8: the place in ``values``, their number for
            any other value, 255 for none.
    """

    attribute: str
    values: tuple[AttributeValue, ...]
    counts: tuple[int, ...]
    codes: np.ndarray


@dataclass(frozen=True, eq=False)
class CatalogueMap:
    """The map of a catalogue.

    Attributes:
        ids: The id of each item.
        places: Where each lies, ``(n, 2)`` float32 from 0 to 1.
        colourings: What it can be coloured by, in the order of the catalogue.
    """

    ids: Ids
    places: np.ndarray
    colourings: tuple[Colouring, ...]


def map_of(built: BuiltCatalogue) -> CatalogueMap | None:
    """The map of a built catalogue; None where it has none, see `pipeline.plane.open_plane`."""
    places = open_plane(built)
    if places is None:
        return None
    coloured = [_colouring(name, Column.of(built.column(name))) for name in built.attribute_names]
    return CatalogueMap(built.ids, places, tuple(one for one in coloured if one is not None))


def _colouring(attribute: str, column: Column) -> Colouring | None:
    """None for what tells items apart, or takes too many values to be seen in colours."""
    facet = count_values(attribute, column, None)
    if not can_steer(facet) or facet.distinct > MAX_CHOICES:
        return None
    # Spellings of one value are one, as in the facets.
    counts = column.count()
    order = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    coded = np.full(len(column.choices) + 1, len(order), np.uint8)
    coded[order] = np.arange(len(order))
    coded[-1] = NO_VALUE
    # Each value says one choice here; a code of -1, of items without a value, says the last: none.
    choice_of = np.append(column.saying[:, 1], -1)
    values = tuple(column.choices[choice] for choice in order.tolist())
    counted = tuple(counts[order].tolist())
    return Colouring(attribute, values, counted, coded[choice_of[column.codes]])
