"""The flags that say which events are read, and what is told of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.events import Counts, Events

PARTS = ("user", "item", "time", "kind", "weight")


def add_columns(command: argparse.ArgumentParser) -> None:
    """Add the flags that name the columns of a log."""
    for part in PARTS:
        command.add_argument(
            f"--{part}",
            metavar="COLUMN",
            help=f"the column of an event's {part}, where its name is not one that exports use",
        )


def read_named(options: argparse.Namespace, path: Path, items: Sequence[str] | None) -> Events:
    """Read the events that flags name, and tell of them on standard error.

    Raises:
        EventsError: See `pipeline.events.read_events`.
    """
    from pipeline.events import Columns, read_events

    columns = Columns(**{part: getattr(options, part) for part in PARTS})
    events = read_events(path, columns, items)
    for line in events.counts.lines():
        print(line, file=sys.stderr)
    return events


def counts_record(counts: Counts) -> dict[str, object]:
    """The counts as JSON values."""
    return vars(counts) | {"no_choice": dict(counts.no_choice)}
