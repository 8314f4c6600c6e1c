"""What the commands that change a catalogue have in common: their flags, and what they tell."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.build import SHOWN, built_record, print_balance
from pipeline.commands.options import add_address, add_json, add_precision, print_json
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.building import Update


def add_flags(command: argparse.ArgumentParser) -> None:
    """Add what all of them take."""
    command.add_argument("built", type=Path, help="the folder of the built catalogue")
    command.add_argument("--encoder", help="where the encoder that made it lies now")
    add_precision(command)
    add_address(command)
    add_json(command)


def settings_of(options: argparse.Namespace) -> Settings:
    """What their flags set."""
    return Settings.read(
        encoder=options.encoder,
        precision=options.precision,
        allow_outside=getattr(options, "allow_outside", None),
        allow_private=getattr(options, "allow_private", None),
        address=options.address,
    )


def tell(options: argparse.Namespace, update: Update) -> None:
    """Say what has become of the catalogue."""
    built, difference = update.built, update.difference
    lists = {
        "added": difference.added,
        "changed": difference.changed,
        "removed": difference.removed,
    }
    version = {"version": update.version.number, "made": update.version.made}
    if options.json:
        print_json(built_record(built) | version | lists | {"embedded": update.embedded})
        return
    state = "" if difference else ", as before"
    print(
        f"{len(built)} items in {built.folder}, version {update.version.number}{state}: "
        f"{difference}; {update.embedded} pictures embedded"
    )
    for title, ids in lists.items():
        if ids:
            more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
            print(f"{title}: {', '.join(ids[:SHOWN])}{more}")
    print_balance(built)
