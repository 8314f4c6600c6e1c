"""`rollback`: make an earlier version of a built catalogue the current one again."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "rollback", help="make an earlier version of a built catalogue the current one again"
    )
    command.add_argument("built", type=Path, help="the folder of the built catalogue")
    command.add_argument(
        "version",
        nargs="?",
        type=int,
        help="its number; without it, the one that the current one was made from",
    )
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.artifacts import roll_back

    version = roll_back(options.built, options.version)
    if options.json:
        print_json(asdict(version))
    else:
        print(f"{options.built} is version {version.number} of {version.made} again")
