"""`update`: make a built catalogue what its source is now."""

from __future__ import annotations

import argparse

from pipeline.commands.changing.telling import add_flags, settings_of, tell
from pipeline.commands.options import Commands, add_allow_outside


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "update", help="make a built catalogue what its source is now, embedding only what is new"
    )
    add_flags(command)
    command.add_argument(
        "source", nargs="?", help="what 'build' takes; without it, what it was built from"
    )
    add_allow_outside(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import update_catalogue

    tell(options, update_catalogue(options.built, options.source, settings_of(options)))
