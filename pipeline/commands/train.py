"""`train`: an encoder of one's own."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json
from pipeline.errors import LookalikeError


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser(
        "train", help="train an encoder on a labelled catalogue; run again to go on"
    )
    command.add_argument(
        "catalogue",
        nargs="+",
        help="hub id, folder or parquet file with attributes; an eighth of each is held out; "
        "SOURCE:N draws N of its pictures an epoch",
    )
    command.add_argument("--out", type=Path, required=True, help="the encoder folder to write")
    command.add_argument(
        "--attributes", nargs="+", required=True, help="the columns to learn; a+b learns the pair"
    )
    command.add_argument(
        "--mix", nargs="+", default=[], metavar="SOURCE:N", help="also N pictures of it an epoch"
    )
    command.add_argument(
        "--same", type=Path, help="CSV file: which values of two columns can mean the same"
    )
    command.add_argument("--words", metavar="COLUMN", help="also learn the words of these names")
    command.add_argument("--encoder", help="hub id, folder or 'starter' to start from")
    command.add_argument("--epochs", type=float, default=10)
    command.add_argument("--side", type=int, default=128, help="the pictures' side in pixels")
    command.add_argument(
        "--embed-side",
        type=int,
        metavar="SIDE",
        help="the side at which the finished encoder sees pictures (default: the same)",
    )
    command.add_argument("--batch", type=int, default=64, help="pictures a step")
    command.add_argument("--learning-rate", type=float, default=1e-3)
    command.add_argument(
        "--patience", type=int, default=4, help="epochs without better retrieval before it stops"
    )
    command.add_argument(
        "--teacher",
        nargs="?",
        const="efficientnet-lite0",
        metavar="ENCODER",
        help="imitate an encoder besides (default: EfficientNet-Lite0)",
    )
    command.add_argument("--work", type=Path, default=Path("work"), help="checkpoints and caches")
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.training import TrainingPlan, train

    plan = TrainingPlan(
        catalogues=tuple(_parse_source(text) for text in options.catalogue),
        out=options.out,
        attributes=tuple(options.attributes),
        mix=tuple(_parse_mix(text) for text in options.mix),
        encoder=options.encoder,
        same=options.same,
        words=options.words,
        epochs=options.epochs,
        side=options.side,
        embed_side=options.embed_side,
        batch=options.batch,
        learning_rate=options.learning_rate,
        patience=options.patience,
        teacher=options.teacher,
        work=options.work,
    )
    # The trainer prints its log; standard output is for the result.
    with contextlib.redirect_stdout(sys.stderr):
        scores = train(plan)
    if options.json:
        print_json({"encoder": str(plan.out), "precision_at_5": scores})
        return
    print(f"Encoder in {plan.out}. Of the five nearest held-out items, the share that match:")
    for attribute, share in scores.items():
        print(f"  {attribute}: {share:.3f}")


def _parse_source(text: str) -> tuple[str, int | None]:
    source, _, count = text.rpartition(":")
    return (source, int(count)) if source and count.isdigit() else (text, None)


def _parse_mix(text: str) -> tuple[str, int | None]:
    source, count = _parse_source(text)
    if count is None:
        raise LookalikeError(f"'{text}' is not SOURCE:N, such as drawn:1000.")
    return source, int(count)
