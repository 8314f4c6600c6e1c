"""Variants: rows of a feed that were folded into an item, by whose ids it is found too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue import BETWEEN
from pipeline.ids import Ids

VARIANTS = "variants"
"""The attribute that names them."""


class Variants:
    """The ids of variants that are no items of their own.

    An item whose second variant comes is called as its product from then on: whoever knows it by
    the first finds it still.

    Args:
        cells: What each item lists of them, `BETWEEN` them.
        ids: The ids of the items.
    """

    def __init__(self, cells: pa.ChunkedArray, ids: Ids) -> None:
        self._cells = cells
        self._ids = ids

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each variant with the item's id."""
        names, rows = self._listed
        return ((name, self._ids[row]) for name, row in zip(names, rows.tolist(), strict=True))

    def row_of(self, variant: str) -> int | None:
        """The row of the one item that it was folded into, or None where there is none such."""
        names, rows = self._alone
        place = names.row_of(variant)
        return None if place is None else int(rows[place])

    @cached_property
    def _listed(self) -> tuple[Ids, np.ndarray]:
        """The variants, and the row of the item of each, ``(n,)`` int64."""
        lists = pc.split_pattern(self._cells.cast(pa.large_string()).combine_chunks(), BETWEEN)
        rows = np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
        return Ids(pa.chunked_array([pc.list_flatten(lists)])), rows

    @cached_property
    def _alone(self) -> tuple[Ids, np.ndarray]:
        """Those of one item alone."""
        names, rows = self._listed
        counts = pc.value_counts(names.texts)
        once = counts.field("values").filter(pc.equal(counts.field("counts"), 1))
        is_alone = np.asarray(pc.is_in(names.texts, value_set=once))
        return names.take(np.flatnonzero(is_alone)), rows[is_alone]
