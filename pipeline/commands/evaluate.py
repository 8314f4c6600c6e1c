"""`evaluate`: how well encoders find what is alike."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pipeline.commands.options import Commands, add_json, add_precision, print_json
from pipeline.commands.people.events import PARTS
from pipeline.commands.people.judging import add_judging, judge
from pipeline.settings import Settings

OF_ENCODERS = ("queries", "leave_one_out", "whole", "same", "disturb")
"""What only an evaluation of encoders takes."""
OF_EVENTS = ("artifacts", *PARTS)
"""What only `--events` takes."""
OF_PICTURES = (
    *OF_ENCODERS,
    "alike",
    "encoder",
    "queries_from",
    "attributes",
    "max_items",
    "max_queries",
    "home",
    "precision",
)
"""What `--events` does not take."""


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "evaluate", help="measure encoders on held-out queries; write a report"
    )
    command.add_argument(
        "catalogue", nargs="?", help="hub id, folder or parquet file with attributes"
    )
    command.add_argument(
        "--encoder", nargs="+", default=["starter"], help="one or several (default: starter)"
    )
    command.add_argument("--out", type=Path, default=Path("report"), help="the folder to write")
    _add_queries(command)
    command.add_argument(
        "--attributes", nargs="+", default=[], help="what a match must share; a+b for a pair"
    )
    command.add_argument(
        "--same",
        type=Path,
        metavar="FILE",
        help="a CSV file that says which values mean the same: a header with a column of the "
        "queries and one of the items, then a pair of values a row",
    )
    command.add_argument(
        "--disturb",
        nargs="+",
        default=[],
        metavar="HOW",
        help="ask the queries disturbed as well: their garments cut out of white ground and set "
        "on a wall, wood or a bedspread, at 50 to 90 %% of the width and turned by up to 20 "
        "degrees; small, at a third of the width on white; turn, by quarters; dark, down to half "
        "the light",
    )
    command.add_argument(
        "--alike",
        action="store_true",
        help="measure instead how often nothing is said to be alike: for held-out items, for those "
        "of --queries-from, for what is no garment, and for the kinds of the attribute of "
        "--attributes, each taken out of the catalogue",
    )
    command.add_argument("--max-items", type=int, metavar="N", help="search at most N items")
    command.add_argument("--max-queries", type=int, metavar="N", help="ask at most N queries")
    command.add_argument("--home", type=Path, help="where embeddings are kept")
    add_precision(command)
    add_judging(command)
    add_json(command)
    command.set_defaults(run=_run, wrong_usage=command.error, default_of=command.get_default)


def _add_queries(command: argparse.ArgumentParser) -> None:
    """Add the flags that say what is asked."""
    command.add_argument(
        "--queries", metavar="SPLIT", help="ask with this split (default: hold items out by id)"
    )
    command.add_argument(
        "--queries-from",
        metavar="OTHER",
        help="ask with another catalogue: with the eighth of it that is held out by id, among the "
        "items that are not held out here; with --whole, all of it among all the items",
    )
    command.add_argument(
        "--leave-one-out",
        action="store_true",
        help="ask each item that is held out by id among the others that are",
    )
    command.add_argument(
        "--whole",
        action="store_true",
        help="hold nothing out: ask every item among all the others, for sets that no encoder "
        "was trained on",
    )


def _check_flags(options: argparse.Namespace) -> None:
    """Whether all that is given is taken, and can be; exits where it is not."""
    others: tuple[str, ...]
    if options.events is not None:
        way, others = "with --events", OF_PICTURES
    elif options.alike:
        way, others = "with --alike", (*OF_ENCODERS, *OF_EVENTS, "out")
    else:
        way, others = "without --events", OF_EVENTS
    given = [name for name in others if getattr(options, name) != options.default_of(name)]
    if given:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in given)
        options.wrong_usage(f"leave out {flags}, not taken {way}")
    if options.alike and (len(options.encoder) > 1 or len(options.attributes) > 1):
        options.wrong_usage("with --alike, name one --encoder and at most one of --attributes")
    if options.out.exists() and not options.out.is_dir():
        options.wrong_usage(f"'{options.out}' is a file: name a folder with --out")


def _run_alike(options: argparse.Namespace) -> None:
    from pipeline.evaluation.alike import AlikePlan, measure_alike

    plan = AlikePlan(
        catalogue=options.catalogue,
        encoder=options.encoder[0],
        photos=options.queries_from,
        kind=options.attributes[0] if options.attributes else None,
        max_items=options.max_items,
        max_queries=options.max_queries,
        home=Settings.read(home=options.home).home,
        precision=Settings.read(precision=options.precision).precision,
    )
    answers = measure_alike(plan)
    if options.json:
        print_json([asdict(answer) for answer in answers])
        return
    for answer in answers:
        ranked = "" if answer.auroc is None else f"  AUROC {answer.auroc:.3f}"
        print(
            f"{answer.metric:>9}  {answer.group:<18} {answer.queries:5} asked, nothing alike for "
            f"{answer.unlike:.3f}{ranked}"
        )


def _run(options: argparse.Namespace) -> None:
    _check_flags(options)
    if options.events is not None:
        judge(options)
        return
    if options.catalogue is None:
        options.wrong_usage("there is nothing to measure: name a catalogue, or --events FILE")
    if options.alike:
        _run_alike(options)
        return
    from pipeline.evaluation import (
        EvaluationPlan,
        evaluate,
        summary,
        which_metric,
        which_weight,
        write_report,
    )

    plan = EvaluationPlan(
        catalogue=options.catalogue,
        encoders=tuple(options.encoder),
        queries=options.queries,
        attributes=tuple(options.attributes),
        max_items=options.max_items,
        max_queries=options.max_queries,
        home=Settings.read(home=options.home).home,
        precision=Settings.read(precision=options.precision).precision,
        queries_from=options.queries_from,
        leave_one_out=options.leave_one_out,
        whole=options.whole,
        same=options.same,
        disturb=tuple(options.disturb),
    )
    evaluation = evaluate(plan)
    report = write_report(evaluation, options.out)
    if options.json:
        print_json(evaluation.as_json())
        return
    for line in summary(evaluation):
        print(line)
    print(which_metric(evaluation.scores, plan.encoders[0]))
    print(which_weight(evaluation.weighed[plan.encoders[0]]))
    print(f"Report in {report}")
