"""`user`: a line for the file of those who may log in."""

from __future__ import annotations

import argparse
import getpass
import sys

from pipeline.commands.options import Commands
from pipeline.errors import LookalikeError


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "user",
        help="make a line for the users' file of --auth",
        description="Ask for a password, or read one line from standard input, and print a line "
        "for the users' file: python -m pipeline user anna >> users",
    )
    command.add_argument("name", help="what the user logs in as")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.access import user_line

    print(user_line(options.name, _password()))


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise LookalikeError("The two passwords differ. Run the command again.")
    return password
