"""Kinds: what a catalogue says of the kind of each item."""

from __future__ import annotations

import numpy as np

from pipeline.artifacts import BuiltCatalogue

KINDS = ("articleType", "product_type", "kind", "category", "subCategory", "label")
"""Columns that say an item's kind; the first that a catalogue has is taken."""


def kinds_of(built: BuiltCatalogue) -> np.ndarray:
    """The kind of each item, see `texts_of`."""
    return texts_of(built, KINDS)


def texts_of(built: BuiltCatalogue, names: tuple[str, ...]) -> np.ndarray:
    """The first of some attributes that a catalogue has.

    Args:
        built: The catalogue.
        names: The attributes.

    Returns:
        ``(n,)`` text in small letters, on one line; empty for none.
    """
    name = next((name for name in names if name in built.attribute_names), None)
    if name is None:
        return np.full(len(built), "")
    values = built.column(name).to_pylist()
    return np.array([" ".join(str(value or "").split()).casefold() for value in values])
