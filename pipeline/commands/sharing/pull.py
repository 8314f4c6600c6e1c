"""`pull`: a published catalogue from the hub."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json
from pipeline.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("pull", help="fetch a published catalogue from the hub")
    command.add_argument("repository", help="owner/name, or owner/name@revision")
    command.add_argument("--out", type=Path, help="the folder to write (default: under --home)")
    command.add_argument("--home", type=Path, help="where pulled catalogues are kept")
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.publishing import pull

    built = pull(options.repository, Settings.read(home=options.home).home, options.out)
    if options.json:
        print_json({"folder": str(built.folder), "items": len(built)})
        return
    print(f"{len(built)} items in {built.folder}, embedded by {built.manifest.encoder.name}")
