"""What several commands have in common."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from typing import TYPE_CHECKING, TypeAlias

from pipeline.settings import Settings
from pipeline.values import LOADING, SETTINGS_FILE, add_flags, settings_named

if TYPE_CHECKING:
    from pipeline.recommender import Recommender

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command adds itself to; only in quotes, since at run time it takes no type."""


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the flags that say what to load, and that of a file of settings."""
    add_flags(command, (*LOADING, SETTINGS_FILE))


def add_allow_outside(command: argparse.ArgumentParser) -> None:
    """Add the flags for tables and feeds that name pictures elsewhere."""
    add_flags(command, settings_named("allow_outside", "allow_private"))


def add_precision(command: argparse.ArgumentParser) -> None:
    """Add the flag of the precision."""
    add_flags(command, settings_named("precision"))


def add_address(command: argparse.ArgumentParser) -> None:
    """Add the flag of the database."""
    add_flags(command, settings_named("address"))


def add_json(command: argparse.ArgumentParser) -> None:
    """Add the flag for output that programs read."""
    command.add_argument("--json", action="store_true", help="print JSON for a program to read")


def read_settings(options: argparse.Namespace) -> Settings:
    """The settings that flags, variables and a file name."""
    if options.settings:
        # Known from here on to all that reads settings, in other processes too.
        os.environ[SETTINGS_FILE.variable] = options.settings
    return Settings.read(
        options.catalogue,
        options.encoder,
        options.artifacts,
        options.home,
        options.precision,
        allow_outside=options.allow_outside,
        allow_private=options.allow_private,
        address=options.address,
    )


def open_named(options: argparse.Namespace) -> Recommender:
    """Open what the flags name."""
    from pipeline.recommender import open_recommender

    return open_recommender(read_settings(options))


def print_json(value: object) -> None:
    """Print a value for a program to read: strict JSON, whatever the value and the terminal."""
    # In another encoding, letters would be replaced by what JSON does not know.
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(_strict(value), indent=1, ensure_ascii=not is_unicode, allow_nan=False)
    print(text)


def _strict(value: object) -> object:
    """A value without the numbers that JSON has no word for."""
    if isinstance(value, dict):
        return {key: _strict(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
