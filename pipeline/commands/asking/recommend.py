"""`recommend`: the items most like a photo, or like other items."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeline.commands.asking.query import add_query, read_query
from pipeline.commands.options import Commands, add_json, add_settings, open_named, print_json

if TYPE_CHECKING:
    from pipeline.recommender import Answer


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("recommend", help="give the items most like a photo")
    add_query(command)
    command.add_argument(
        "--compare", action="store_true", help="answer by both metrics, and tell what they share"
    )
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    query = read_query(options)
    recommender = open_named(options)
    if options.compare:
        both = recommender.compare(query)
        answers = {"cosine": both.cosine, "euclidean": both.euclidean}
        if options.json:
            records = {metric: answer.records() for metric, answer in answers.items()}
            print_json(records | {"shared": list(both.shared)})
            return
        for metric, answer in answers.items():
            print(f"{metric}:")
            _print(answer)
        print(f"in both: {', '.join(both.shared) or 'none'}")
        return
    answer = recommender.ask(query)
    if options.json:
        print_json(answer.records())
        return
    _print(answer)


def _print(answer: Answer) -> None:
    from pipeline.recommender import NOTHING_ALIKE, nothing_alike

    for match in answer.matches:
        more = f"  ({len(match.doubles)} more like this one)" if match.doubles else ""
        print(f"{match.rank}. {match.score:8.4f}  {match.id}  {match.name}{more}")
    if nothing_alike(answer.matches):
        print(NOTHING_ALIKE)
    for note in answer.notes:
        print(note)
