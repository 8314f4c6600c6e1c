"""`versions`: the kept versions of a built catalogue."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("versions", help="list the kept versions of a built catalogue")
    command.add_argument("built", type=Path, help="the folder of the built catalogue")
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.artifacts import Version, versions_of

    kept = versions_of(options.built)
    current = Version.read(options.built)
    if options.json:
        print_json([asdict(one) | {"current": one.number == current.number} for one in kept])
        return
    for one in kept:
        mark = "*" if one.number == current.number else " "
        print(f"{mark} {one.number:>5}  {one.made}  {one.items:>9,} items  {one.change}")
