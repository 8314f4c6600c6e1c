"""The command line: build, recommend, info, train and evaluate."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import LookalikeError
from pipeline.settings import Settings

EXIT_OK, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when done, 1 for an error that the message explains, 2 for wrong usage, 130 when
        interrupted.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        options.run(options)
    except LookalikeError as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("Interrupted. What is finished is kept for the next run.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description="Find the items of a catalogue that look most like a photo.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_build(commands)
    _add_recommend(commands)
    _add_info(commands)
    _add_train(commands)
    _add_evaluate(commands)
    return parser


def _add_build(commands: Any) -> None:
    command = commands.add_parser("build", help="embed a catalogue into a folder of artifacts")
    command.add_argument("catalogue", help="hub id, folder, parquet file, or 'starter'")
    command.add_argument("--out", type=Path, required=True, help="the folder to write")
    command.add_argument("--encoder", help="hub id, folder, or 'starter'")
    _add_precision(command)
    _add_json(command)
    command.set_defaults(run=_run_build)


def _add_recommend(commands: Any) -> None:
    command = commands.add_parser("recommend", help="give the items most like a photo")
    command.add_argument("picture", type=Path, help="the photo, a file")
    command.add_argument("--metric", default="cosine", help="cosine (default) or euclidean")
    command.add_argument("-k", type=int, help="how many matches (default: 5)")
    command.add_argument(
        "--where", nargs="+", default=[], metavar="NAME=VALUE", help="what every match must have"
    )
    _add_settings(command)
    _add_json(command)
    command.set_defaults(run=_run_recommend)


def _add_info(commands: Any) -> None:
    command = commands.add_parser("info", help="tell which encoder and catalogue are loaded")
    _add_settings(command)
    _add_json(command)
    command.set_defaults(run=_run_info)


def _add_train(commands: Any) -> None:
    command = commands.add_parser(
        "train", help="train an encoder on a labelled catalogue; run again to go on"
    )
    command.add_argument("catalogue", help="hub id, folder or parquet file with attributes")
    command.add_argument("--out", type=Path, required=True, help="the encoder folder to write")
    command.add_argument(
        "--attributes", nargs="+", required=True, help="the columns to learn; a+b learns the pair"
    )
    command.add_argument(
        "--mix", nargs="+", default=[], metavar="SOURCE:N", help="also N pictures of it an epoch"
    )
    command.add_argument("--encoder", help="hub id, folder or 'starter' to start from")
    command.add_argument("--epochs", type=int, default=10)
    command.add_argument("--side", type=int, default=128, help="the pictures' side in pixels")
    command.add_argument("--learning-rate", type=float, default=1e-3)
    command.add_argument(
        "--patience", type=int, default=4, help="epochs without better retrieval before it stops"
    )
    command.add_argument(
        "--teacher", action="store_true", help="imitate EfficientNet-Lite0 besides"
    )
    command.add_argument("--work", type=Path, default=Path("work"), help="checkpoints and caches")
    _add_json(command)
    command.set_defaults(run=_run_train)


def _add_evaluate(commands: Any) -> None:
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
    command.add_argument("--limit", type=int, help="at most so many items and queries")
    command.add_argument("--home", type=Path, help="where embeddings are kept")
    _add_precision(command)
    _add_json(command)
    command.set_defaults(run=_run_evaluate)


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--catalogue", help="hub id, folder, parquet file, or 'starter'")
    command.add_argument("--encoder", help="hub id, folder, or 'starter'")
    command.add_argument("--artifacts", type=Path, help="a built catalogue, served as it is")
    command.add_argument("--home", type=Path, help="where built catalogues are kept")
    _add_precision(command)


def _add_precision(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--precision", help="what the encoder computes in: auto (default), fp32, bf16 or int8"
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON for a program to read")


def _run_build(options: argparse.Namespace) -> None:
    from pipeline.sources import build_catalogue

    settings = Settings.read(options.catalogue, options.encoder, precision=options.precision)
    built = build_catalogue(settings, options.out)
    skipped = built.manifest.skipped
    if options.json:
        _print_json(
            {
                "folder": str(built.folder),
                "items": len(built),
                "encoder": built.manifest.encoder.name,
                "skipped": [{"id": item.id, "reason": item.reason} for item in skipped],
            }
        )
        return
    print(f"{len(built)} items in {built.folder}, embedded by {built.manifest.encoder.name}")
    if skipped:
        print(f"{len(skipped)} skipped:")
    for item in skipped:
        print(f"  {item.id}: {item.reason}")


def _run_recommend(options: argparse.Namespace) -> None:
    from pipeline.index import Metric
    from pipeline.pictures import open_picture

    metric = Metric.parse(options.metric)
    picture = open_picture(options.picture)
    where = dict(_parse_where(text) for text in options.where)
    matches = _open(options).recommend(picture, metric, options.k, where=where)
    if options.json:
        _print_json(
            [
                {"rank": m.rank, "id": m.id, "score": m.score, "attributes": m.attributes}
                for m in matches
            ]
        )
        return
    for match in matches:
        print(f"{match.rank}. {match.score:8.4f}  {match.id}  {match.name}")


def _run_info(options: argparse.Namespace) -> None:
    info = _open(options).info()
    if options.json:
        _print_json(info)
        return
    for name, value in info.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        print(f"{name:>18}: {'-' if shown in (None, '') else shown}")


def _run_train(options: argparse.Namespace) -> None:
    from pipeline.training.run import TrainingPlan, train

    plan = TrainingPlan(
        catalogue=options.catalogue,
        out=options.out,
        attributes=tuple(options.attributes),
        mix=tuple(_parse_mix(text) for text in options.mix),
        encoder=options.encoder,
        epochs=options.epochs,
        side=options.side,
        learning_rate=options.learning_rate,
        patience=options.patience,
        teacher=options.teacher,
        work=options.work,
    )
    # The trainer prints its log; standard output is for the result.
    with contextlib.redirect_stdout(sys.stderr):
        scores = train(plan)
    if options.json:
        _print_json({"encoder": str(plan.out), "precision_at_5": scores})
        return
    print(f"Encoder in {plan.out}. Of the five nearest held-out items, the share that match:")
    for attribute, share in scores.items():
        print(f"  {attribute}: {share:.3f}")


def _run_evaluate(options: argparse.Namespace) -> None:
    from pipeline.evaluation.report import which_metric, write_report
    from pipeline.evaluation.run import EvaluationPlan, evaluate

    plan = EvaluationPlan(
        catalogue=options.catalogue,
        encoders=tuple(options.encoder),
        queries=options.queries,
        attributes=tuple(options.attributes),
        limit=options.limit,
        home=Settings.read(home=options.home).home,
        precision=Settings.read(precision=options.precision).precision,
    )
    evaluation = evaluate(plan)
    report = write_report(evaluation, options.out)
    if options.json:
        _print_json(evaluation.as_json())
        return
    for score in evaluation.scores:
        if score.measure == "precision@5":
            mean = f"{score.estimate.mean:.3f}"
            print(f"{score.contender:>28} {score.metric:>9}  {score.attribute:<24} {mean}")
    print(which_metric(evaluation.scores, plan.encoders[0]))
    print(f"Report in {report}")


def _parse_where(text: str) -> tuple[str, str]:
    name, is_given, value = text.partition("=")
    if not name or not is_given:
        raise LookalikeError(f"'{text}' is not NAME=VALUE, such as baseColour=Blue.")
    return name, value


def _parse_mix(text: str) -> tuple[str, int]:
    source, _, count = text.rpartition(":")
    if not source or not count.isdigit():
        raise LookalikeError(f"'{text}' is not SOURCE:N, such as drawn:1000.")
    return source, int(count)


def _open(options: argparse.Namespace) -> Any:
    from pipeline.sources import open_recommender

    return open_recommender(
        Settings.read(
            options.catalogue,
            options.encoder,
            options.artifacts,
            options.home,
            options.precision,
        )
    )


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))
