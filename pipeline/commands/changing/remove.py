"""`remove`: take items out of a built catalogue."""

from __future__ import annotations

import argparse

from pipeline.commands.changing.telling import add_flags, settings_of, tell
from pipeline.commands.options import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("remove", help="take items out of a built catalogue")
    add_flags(command)
    command.add_argument("ids", nargs="+", metavar="ID", help="the id of an item")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import remove_items

    tell(options, remove_items(options.built, options.ids, settings_of(options)))
