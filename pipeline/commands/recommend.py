"""`recommend`: the items most like a photo."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import Commands, add_json, add_settings, open_named, print_json
from pipeline.errors import LookalikeError


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("recommend", help="give the items most like a photo")
    command.add_argument("picture", type=Path, help="the photo, a file")
    command.add_argument("--metric", default="cosine", help="cosine (default) or euclidean")
    command.add_argument("-k", type=int, help="how many matches (default: 5)")
    command.add_argument(
        "--where", nargs="+", default=[], metavar="NAME=VALUE", help="what every match must have"
    )
    command.add_argument("--colour-weight", metavar="W", help="how much colour counts, from 0 to 1")
    command.add_argument(
        "--box",
        default="auto",
        help="what part of the photo: auto (the garment, where it is surely told from its "
        "ground; the default), whole, or left,top,right,bottom as shares of the upright photo, "
        "such as 0.1,0.2,0.9,0.8",
    )
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.catalogue import open_picture
    from pipeline.index import Metric, parse_weight
    from pipeline.recommender import NOTHING_ALIKE, nothing_alike

    metric = Metric.parse(options.metric)
    picture = open_picture(options.picture)
    where = dict(_parse_where(text) for text in options.where)
    weight = None if options.colour_weight is None else parse_weight(options.colour_weight)
    matches = open_named(options).recommend(
        picture, metric, options.k, where=where, colour_weight=weight, box=options.box
    )
    if options.json:
        print_json(
            [
                {
                    "rank": m.rank,
                    "id": m.id,
                    "score": m.score,
                    "closeness": m.closeness,
                    "alike": m.alike,
                    "attributes": m.attributes,
                    "box": m.box,
                    "box_confidence": m.box_confidence,
                }
                for m in matches
            ]
        )
        return
    for match in matches:
        print(f"{match.rank}. {match.score:8.4f}  {match.id}  {match.name}")
    if nothing_alike(matches):
        print(NOTHING_ALIKE)


def _parse_where(text: str) -> tuple[str, str]:
    name, is_given, value = text.partition("=")
    if not name or not is_given:
        raise LookalikeError(f"'{text}' is not NAME=VALUE, such as baseColour=Blue.")
    return name, value
