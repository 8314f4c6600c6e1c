"""`learn`: learn from a shop's events what was chosen together, beside a built catalogue."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json
from pipeline.commands.people.events import add_columns, counts_record, read_named


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "learn", help="learn from a shop's events what people choose together"
    )
    command.add_argument(
        "events",
        type=Path,
        help="CSV, JSON or parquet: who (user) chose what (item) and when (time)",
    )
    place = command.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "--artifacts", type=Path, metavar="BUILT", help="the built catalogue to learn for"
    )
    place.add_argument("--out", type=Path, help="a folder to write, to learn without a catalogue")
    add_columns(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.artifacts import open_built
    from pipeline.learning import learn_alone, learn_beside

    if options.artifacts is not None:
        events = read_named(options, options.events, open_built(options.artifacts))
        record = learn_beside(events, options.artifacts)
    else:
        events = read_named(options, options.events, None)
        record = learn_alone(events, options.out)
    if options.json:
        print_json(asdict(record) | {"rows": counts_record(events.counts)})
        return
    days = "all of the log" if record.days is None else f"the last {record.days} days"
    print(
        f"Learnt from {record.events:,} events of {record.people:,} people on {record.items:,} "
        f"items. A suggestion counts the log {record.log:.0%}, the picture {record.picture:.0%} "
        f"and popularity in {days} {record.popularity:.0%}; the log speaks by "
        f"{record.model.upper()}.{_told(record.baskets)}"
    )


def _told(baskets: int) -> str:
    return f" {baskets:,} baskets tell which kinds go together." if baskets else ""
