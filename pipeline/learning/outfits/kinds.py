"""Kinds: what a catalogue says of the kind of each item."""

from __future__ import annotations

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue.columns import first_called

KINDS = ("articletype", "producttype", "kind", "category", "subcategory", "label")
"""Columns that say an item's kind, as `composed_name` writes them; the first that a catalogue has
is taken."""


def kinds_of(built: BuiltCatalogue) -> np.ndarray:
    """The kind of each item, see `texts_of`."""
    return texts_of(built, KINDS)


def texts_of(built: BuiltCatalogue, names: tuple[str, ...]) -> np.ndarray:
    """The first of some attributes that a catalogue has.

    Args:
        built: The catalogue.
        names: The attributes, as `composed_name` writes them.

    Returns:
        ``(n,)`` text in small letters, on one line; empty for none.
    """
    name = first_called(built.attribute_names, names)
    if name is None:
        return np.full(len(built), "")
    values = built.column(name).to_pylist()
    return np.array([" ".join(str(value or "").split()).casefold() for value in values])
