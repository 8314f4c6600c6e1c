"""`add`: add items to a built catalogue."""

from __future__ import annotations

import argparse

from pipeline.commands.changing.telling import add_flags, settings_of, tell
from pipeline.commands.options import Commands, add_allow_outside


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("add", help="add items to a built catalogue")
    add_flags(command)
    command.add_argument("source", help="what 'build' takes; items of the same id are replaced")
    add_allow_outside(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import add_items

    tell(options, add_items(options.built, options.source, settings_of(options)))
