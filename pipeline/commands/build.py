"""`build`: embed a catalogue into a folder of artifacts."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import (
    Commands,
    add_allow_outside,
    add_json,
    add_precision,
    print_json,
)
from pipeline.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("build", help="embed a catalogue into a folder of artifacts")
    command.add_argument("catalogue", help="hub id, folder, parquet file, or 'starter'")
    command.add_argument("--out", type=Path, required=True, help="the folder to write")
    command.add_argument("--encoder", help="hub id, folder, or 'starter'")
    add_precision(command)
    add_allow_outside(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import build_catalogue

    settings = Settings.read(
        options.catalogue,
        options.encoder,
        precision=options.precision,
        allow_outside=options.allow_outside,
    )
    built = build_catalogue(settings, options.out)
    skipped = built.manifest.skipped
    if options.json:
        print_json(
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
