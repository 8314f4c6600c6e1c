"""`evaluate`: how well encoders find what is alike."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import Commands, add_json, add_precision, print_json
from pipeline.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "evaluate", help="measure encoders on held-out queries; write a report"
    )
    command.add_argument("catalogue", help="hub id, folder or parquet file with attributes")
    command.add_argument(
        "--encoder", nargs="+", default=["starter"], help="one or several (default: starter)"
    )
    command.add_argument("--out", type=Path, default=Path("report"), help="the folder to write")
    command.add_argument(
        "--queries", metavar="SPLIT", help="ask with this split (default: hold items out by id)"
    )
    command.add_argument(
        "--attributes", nargs="+", default=[], help="what a match must share; a+b for a pair"
    )
    command.add_argument("--max-items", type=int, metavar="N", help="search at most N items")
    command.add_argument("--max-queries", type=int, metavar="N", help="ask at most N queries")
    command.add_argument("--home", type=Path, help="where embeddings are kept")
    add_precision(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.evaluation import EvaluationPlan, evaluate, which_metric, write_report

    plan = EvaluationPlan(
        catalogue=options.catalogue,
        encoders=tuple(options.encoder),
        queries=options.queries,
        attributes=tuple(options.attributes),
        max_items=options.max_items,
        max_queries=options.max_queries,
        home=Settings.read(home=options.home).home,
        precision=Settings.read(precision=options.precision).precision,
    )
    evaluation = evaluate(plan)
    report = write_report(evaluation, options.out)
    if options.json:
        print_json(evaluation.as_json())
        return
    for score in evaluation.scores:
        if score.measure == "precision@5":
            mean = f"{score.estimate.mean:.3f}"
            print(f"{score.contender:>28} {score.metric:>9}  {score.attribute:<24} {mean}")
    print(which_metric(evaluation.scores, plan.encoders[0]))
    print(f"Report in {report}")
