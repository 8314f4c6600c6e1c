"""The flags that say which events are read, and what is told of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.artifacts import BuiltCatalogue
    from pipeline.events import Counts, Events

PARTS = ("user", "item", "time", "day", "kind", "weight", "status")


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
    variants = list(built.variants or ()) if built is not None else []
    events = read_events(path, columns, items, variants)
    for line in events.counts.lines():
        print(line, file=sys.stderr)
    return events


def counts_record(counts: Counts) -> dict[str, object]:
    """The counts as JSON values."""
    return dict(vars(counts))
