"""Comparing: what is new, changed or gone in the next version of a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.artifacts import BuiltCatalogue, ViewRecord
from pipeline.building.changing.composing import Composition
from pipeline.ids import Ids


@dataclass(frozen=True)
class Difference:
    """How two versions differ.

    Attributes:
        added: The ids of items that are new.
        changed: Those of items with another picture or other attributes.
        removed: Those of items that are no more.
        embeddings: How many embeddings came, went or changed.
    """

    added: list[str]
    changed: list[str]
    removed: list[str]
    embeddings: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = (self.added, "added"), (self.changed, "changed"), (self.removed, "removed")
        return ", ".join(f"{len(ids):,} {what}" for ids, what in parts)


def compare(
    now: BuiltCatalogue, composition: Composition, views: Sequence[ViewRecord]
) -> Difference:
    """Tell how the version that is to be differs from the current one.

    Args:
        now: The current one.
        composition: The items of the one that is to be.
        views: The further pictures of those.
    """
    ids = Ids(composition.ids)
    added = [ids[row] for row in np.flatnonzero(now.ids.rows_of(ids) < 0).tolist()]
    new = ids.rows_of(now.ids)
    removed = [now.ids[row] for row in np.flatnonzero(new < 0).tolist()]
    old = np.flatnonzero(new >= 0)
    new = new[old]
    before = now.pictures[old]
    other_picture = (composition.pictures()[new] != before).any(axis=1) & before.any(axis=1)
    has_changed = other_picture | _differ(composition.attributes, new, now.attribute_table, old)
    before_by, after_by = _by_item(now.manifest.views), _by_item(views)
    has_changed |= np.array(
        [before_by.get(now.ids[row]) != after_by.get(now.ids[row]) for row in old.tolist()],
        dtype=bool,
    )
    changed = [now.ids[row] for row in old[has_changed].tolist()]
    embeddings = len(added) + len(removed) + int(other_picture.sum())
    return Difference(added, changed, removed, embeddings)


def _by_item(views: Sequence[ViewRecord]) -> dict[str, list[str]]:
    further: dict[str, list[str]] = {}
    for view in views:
        further.setdefault(view.item, []).append(view.sha256)
    return further


def _differ(new: pa.Table, new_rows: np.ndarray, old: pa.Table, old_rows: np.ndarray) -> np.ndarray:
    """Which of the rows have other values, ``(n,)`` bool; a column that one lacks is empty."""
    differ = np.zeros(len(new_rows), dtype=bool)
    for name in dict.fromkeys((*new.column_names, *old.column_names)):
        cells = [
            table[name].take(pa.array(rows)).to_pylist()
            if name in table.column_names
            else [None] * len(rows)
            for table, rows in ((new, new_rows), (old, old_rows))
        ]
        differ |= np.array([a != b for a, b in zip(*cells, strict=True)], dtype=bool)
    return differ
