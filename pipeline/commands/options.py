"""What several commands have in common."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.recommender import Recommender

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command adds itself to; only in quotes, since at run time it takes no type."""


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the flags that say what to load."""
    command.add_argument("--catalogue", help="hub id, folder, parquet file, or 'starter'")
    command.add_argument("--encoder", help="hub id, folder, or 'starter'")
    command.add_argument(
        "--artifacts", help="a built catalogue: a folder, or owner/name[@revision]"
    )
    command.add_argument("--home", type=Path, help="where built catalogues are kept")
    add_precision(command)
    add_allow_outside(command)


def add_allow_outside(command: argparse.ArgumentParser) -> None:
    """Add the flag for tables that name pictures elsewhere."""
    command.add_argument(
        "--allow-outside",
        action="store_true",
        help="let a catalogue's table name pictures outside of its folder",
    )


def add_precision(command: argparse.ArgumentParser) -> None:
    """Add the flag of the precision."""
    command.add_argument(
        "--precision", help="what the encoder computes in: auto (default), fp32, bf16 or int8"
    )


def add_json(command: argparse.ArgumentParser) -> None:
    """Add the flag for output that programs read."""
    command.add_argument("--json", action="store_true", help="print JSON for a program to read")


def read_settings(options: argparse.Namespace) -> Settings:
    """The settings that flags and variables name."""
    return Settings.read(
        options.catalogue,
        options.encoder,
        options.artifacts,
        options.home,
        options.precision,
        allow_outside=options.allow_outside,
    )


def open_named(options: argparse.Namespace) -> Recommender:
    """Open what the flags name."""
    from pipeline.recommender import open_recommender

    return open_recommender(read_settings(options))


def print_json(value: object) -> None:
    """Print a value for a program to read."""
    print(json.dumps(value, indent=1, ensure_ascii=False))
