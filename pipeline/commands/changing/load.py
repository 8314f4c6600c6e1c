"""`load`: have a database hold a built catalogue."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Commands, add_address, add_json, print_json
from pipeline.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "load", help="have a database hold what is built, from where an earlier load has stopped"
    )
    command.add_argument("built", help="the built catalogue: a folder, or owner/name[@revision]")
    add_address(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import load_catalogue

    built = load_catalogue(Settings.read(artifacts=options.built, address=options.address))
    if options.json:
        print_json({"folder": str(built.folder), "items": len(built)})
        return
    print(f"The database holds the {len(built)} items of {built.folder}")
