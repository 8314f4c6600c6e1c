"""`recommend`: the items most like a photo, like other items, or for who keeps some."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeline.commands.asking.query import add_query, is_asked, parse_where, read_query
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
    _add_person(command)
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _add_person(command: argparse.ArgumentParser) -> None:
    for flag, text in (
        ("--liked", "items that somebody keeps: give them others, in place of a photo"),
        ("--disliked", "items that are not for them, with --liked"),
    ):
        command.add_argument(flag, nargs="+", action="extend", default=[], metavar="ID", help=text)


def _run_person(options: argparse.Namespace) -> None:
    """Suggest items to a person; exits where a flag says what only a photo can be asked by."""
    others = (
        "but",
        "less",
        "leave_out",
        "colour_weight",
        "words_weight",
        "variety",
        "fold",
        "compare",
    )
    if not options.liked:
        options.wrong_usage("--disliked goes with --liked")
    is_more = any(getattr(options, name) for name in others) or options.box != "auto"
    if is_more or is_asked(options):
        options.wrong_usage("--liked goes with --disliked, --where, --metric and -k alone")
    where = parse_where(options.where)
    recommender = open_named(options)
    answer = recommender.for_items(
        options.liked, options.disliked, options.k, where, options.metric
    )
    if options.json:
        print_json(answer.records())
        return
    _print(answer)


def _run(options: argparse.Namespace) -> None:
    if options.liked or options.disliked:
        _run_person(options)
        return
    if options.compare and options.metric is not None:
        options.wrong_usage("--compare answers by both metrics: leave --metric out")
    query = read_query(options)
    recommender = open_named(options)
    if options.compare:
        both = recommender.compare(query)
        if options.json:
            print_json(both.record(lambda answer: answer.records()))
            return
        for metric, answer in (("cosine", both.cosine), ("euclidean", both.euclidean)):
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
    from pipeline.recommender import Suggestion

    for match in answer.matches:
        more = f"  ({len(match.doubles)} more like this one)" if match.doubles else ""
        why = f", {match.reason}" if isinstance(match, Suggestion) else ""
        print(f"{match.rank}. {match.score:8.4f}  {match.id}  {match.name}{more}{why}")
    for note in answer.notes:
        print(note)
