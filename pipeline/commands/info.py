"""`info`: what is loaded."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Commands, add_json, add_settings, open_named, print_json


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("info", help="tell which encoder and catalogue are loaded")
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    info = open_named(options).info()
    if options.json:
        print_json(info)
        return
    for name, value in info.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        print(f"{name:>18}: {'-' if shown in (None, '') else shown}")
