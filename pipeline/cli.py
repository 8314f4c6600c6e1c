"""The command line: `python -m pipeline COMMAND`, or `lookalike COMMAND` once installed."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline import __version__
from pipeline.commands import build, evaluate, info, train
from pipeline.commands.asking import explain, facets, recommend
from pipeline.commands.changing import add, load, remove, rollback, update, versions
from pipeline.commands.people import learn
from pipeline.commands.running import doctor, serve, settings, user
from pipeline.commands.sharing import deploy, pull, push
from pipeline.errors import LookalikeError

COMMANDS = (
    serve,
    build,
    update,
    add,
    remove,
    versions,
    rollback,
    load,
    recommend,
    facets,
    explain,
    info,
    train,
    evaluate,
    learn,
    push,
    pull,
    deploy,
    user,
    settings,
    doctor,
)
COMMAND = "lookalike"
"""What the installed program is called."""
EXIT_OK, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when done, 1 for an error that the message explains, 2 for wrong usage, 130 when
        interrupted.
    """
    return run(_parser().parse_args(arguments))


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed; returns what `main` does."""
    _print_any_letter()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        options.run(options)
    except LookalikeError as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("Interrupted. What is finished is kept for the next run.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_OK


def _print_any_letter() -> None:
    """Have what a terminal or a file has no letter for printed as its number, not as an error.

    Windows writes a file in its code page, which knows no Polish or Chinese: a build of hours would
    end at its last line.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND if Path(sys.argv[0]).stem == COMMAND else "python -m pipeline",
        description="Find the items of a catalogue that look most like a photo.",
    )
    parser.add_argument("--version", action="version", version=f"Lookalike {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser
