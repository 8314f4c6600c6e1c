"""Refusing: why no row of a log is an event, and what to do about it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from pipeline.errors import EventsError
from pipeline.events.cells.items import ItemNumbers
from pipeline.events.cells.texts import texts_of
from pipeline.events.columns import ITEM, KIND, Columns
from pipeline.events.events import Counts
from pipeline.events.tables import read_batches

Catalogue = tuple[Sequence[str], Sequence[tuple[str, str]]]
MOST_COLUMNS = 50
"""That are looked at for a catalogue's ids, the beginning of each."""


def why_none(
    path: Path,
    said: Columns,
    counts: Counts,
    items: Catalogue,
    weights: Collection[float | None],
) -> str:
    """Say why no row of a log is an event.

    Args:
        path: The log.
        said: The columns that somebody has named.
        counts: What became of its rows.
        items: The ids of the catalogue, and those of variants with their items'.
        weights: Those of all kinds in the log, None for one that is not known.
    """
    if counts.unknown_items:
        known = next(iter(items[0]), "")
        return (
            f"No item of '{path}' is in the catalogue: it has '{counts.unknown_example}' where "
            f"the catalogue has ids such as '{known}'. {_where_they_are(path, said, items)}"
        )
    if counts.unknown_kinds and not set(weights) - {None}:
        kinds = ", ".join(
            f"'{kind}' ({count:,})" for kind, count in counts.unknown_kinds.most_common(5)
        )
        return (
            f"No kind of event in '{path}' is known; the column '{counts.columns[KIND]}' has "
            f"{kinds}. Write view, cart or purchase, name another column with --kind "
            "COLUMN, or say that there is none: --kind ''"
        )
    report = "; ".join(line for line in counts.lines() if "left out" in line)
    return f"No row of '{path}' is an event. {report or 'It is empty'}."


def _where_they_are(path: Path, said: Columns, items: Catalogue) -> str:
    """Which column to name, with how many of the catalogue's ids its beginning holds."""
    names: list[str] = []
    _known_in(path, said, items, names)
    counts = {
        name: _known_in(path, dataclasses.replace(said, item=name), items)
        for name in names[:MOST_COLUMNS]
        if name
    }
    best = max(counts, key=lambda name: counts[name], default="")
    if not counts.get(best):
        return "Name the column that holds them with --item."
    return f"The column '{best}' holds {counts[best]:,} of them: --item '{best}'"


def _known_in(path: Path, said: Columns, items: Catalogue, names: list[str] | None = None) -> int:
    """How many items of the catalogue the first rows of a log name."""
    with (
        contextlib.suppress(EventsError),
        contextlib.closing(read_batches(path, said, {}, names=names)) as batches,
    ):
        batch, _ = next(batches, ({}, 0))
        if ITEM in batch:
            known = ItemNumbers(*items)
            numbers = known.numbers(texts_of(batch[ITEM]), np.ones(len(batch[ITEM]), dtype=bool))
            settled, _ = known.settled(numbers[numbers >= 0], Counts())
            return len(np.unique(settled[settled >= 0]))
    return 0
