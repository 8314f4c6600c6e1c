"""`evaluate --events`: how well what is learnt from a log tells what people choose next."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import print_json
from pipeline.commands.people.events import add_columns, counts_record, read_named


def add_judging(command: argparse.ArgumentParser) -> None:
    """Add the flags of `evaluate` that are about events."""
    command.add_argument(
        "--events",
        type=Path,
        metavar="FILE",
        help="measure instead what is learnt from a shop's log, as 'learn' reads it: its last "
        "tenth by what was before",
    )
    command.add_argument(
        "--artifacts",
        type=Path,
        metavar="BUILT",
        help="with --events: the built catalogue whose pictures take part",
    )
    add_columns(command)


def judge(options: argparse.Namespace) -> None:
    """Measure what is learnt from events, and write the report."""
    from pipeline.artifacts import open_built
    from pipeline.evaluation.people import evaluate_people, sentence, write_people_report

    if options.catalogue is not None:
        options.wrong_usage("with --events, name the built catalogue with --artifacts")
    built = open_built(options.artifacts) if options.artifacts is not None else None
    events = read_named(options, options.events, built)
    evaluation = evaluate_people(events, built)
    name = "/".join(options.events.resolve().parts[-2:])
    report = write_people_report(evaluation, name, options.out)
    if options.json:
        told = {"sentence": sentence(evaluation), "rows": counts_record(events.counts)}
        print_json(evaluation.as_json() | told)
        return
    print(sentence(evaluation))
    print(f"Report in {report}")
