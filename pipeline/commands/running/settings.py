"""`settings`: all settings, as the table in `docs/settings.md`."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Commands
from pipeline.values import settings_table


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("settings", help="list all settings, as a table in Markdown")
    command.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> None:
    print(settings_table(), end="")
