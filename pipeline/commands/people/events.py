"""The flags that say which events are read, and what is told of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.artifacts import BuiltCatalogue
    from pipeline.events import Counts, Events

PARTS = ("user", "item", "time", "day", "kind", "weight")
VARIANTS = "variants"
"""The attribute that names the rows which were folded into an item."""


def add_columns(command: argparse.ArgumentParser) -> None:
    """Add the flags that name the columns of a log."""
    for part in PARTS:
        command.add_argument(
            f"--{part}",
            metavar="COLUMN",
            help=f"the column of an event's {part}, where its name is not one that exports use",
        )


def read_named(options: argparse.Namespace, path: Path, built: BuiltCatalogue | None) -> Events:
    """Read the events that flags name, and tell of them on standard error.

    Args:
        options: The flags.
        path: The log.
        built: The catalogue whose items they are of; None for all items of the log.

    Raises:
        EventsError: See `pipeline.events.read_events`.
    """
    from pipeline.events import Columns, read_events

    columns = Columns(**{part: getattr(options, part) for part in PARTS})
    items = None if built is None else built.ids
    events = read_events(path, columns, items, [] if built is None else _variants(built))
    for line in events.counts.lines():
        print(line, file=sys.stderr)
    return events


def _variants(built: BuiltCatalogue) -> list[tuple[str, str]]:
    """The ids of variants that are no items of their own, each with its item's id."""
    from pipeline.catalogue import BETWEEN

    # A catalogue that folded none may have an attribute called so that is of something else.
    if built.manifest.folded == 0 or VARIANTS not in built.attribute_names:
        return []
    cells = built.column(VARIANTS).to_pylist()
    return [
        (variant, item)
        for item, cell in zip(built.ids, cells, strict=True)
        if isinstance(cell, str)
        for variant in cell.split(BETWEEN)
    ]


def counts_record(counts: Counts) -> dict[str, object]:
    """The counts as JSON values."""
    return dict(vars(counts))
