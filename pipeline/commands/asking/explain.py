"""`explain`: which places of a photo and of an item make up the item's score."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeline.commands.asking.query import add_pair, read_query
from pipeline.commands.options import Commands, add_json, add_settings, open_named, print_json

if TYPE_CHECKING:
    import numpy as np


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("explain", help="tell why an item has its score")
    add_pair(command)
    command.add_argument("--of", required=True, metavar="ID", help="the item")
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    query = read_query(options)
    why = open_named(options).explain(query, options.of)
    if options.json:
        print_json(why.record())
        return
    print(f"score: {why.score:.4f}, of which the colours: {why.colour:.4f}")
    for title, places in (("photo", why.query_map), ("item", why.item_map)):
        print(f"what each place of the {title} adds:")
        _print(places)
    for name, value in why.agree.items():
        print(f"both have {name} {value}")
    for name, (own, other) in why.differ.items():
        print(f"{name}: {own}, the item {other}")


def _print(places: np.ndarray) -> None:
    for row in places.tolist():
        print(" ".join(f"{part:8.4f}" for part in row))
