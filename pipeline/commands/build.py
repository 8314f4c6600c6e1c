"""`build`: embed a catalogue into a folder of artifacts."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.commands.options import (
    Commands,
    add_address,
    add_allow_outside,
    add_json,
    add_precision,
    print_json,
)
from pipeline.errors import DatabaseError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.artifacts import BuiltCatalogue, Manifest

SHOWN = 20
"""Of each kind of thing that is no item, on the screen."""
TITLES = {
    "without a row": "without a row",
    "other": "other files",
    "system": "hidden or left by the system",
    "picture": "pictures that cannot be had",
}


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("build", help="embed a catalogue into a folder of artifacts")
    command.add_argument(
        "catalogue", help="hub id, folder, parquet file, s3:// address, a shop's feed, or 'starter'"
    )
    command.add_argument(
        "--out", required=True, help="the folder to write, or an address such as s3://bucket/shop"
    )
    command.add_argument("--encoder", help="hub id, folder, or 'starter'")
    command.add_argument(
        "--engine", choices=("milvus",), help="what searches besides this machine, at --address"
    )
    command.add_argument(
        "--workers",
        metavar="ADDRESS",
        help="machines that embed: ray (this one's processors), or ray://host:port (a cluster)",
    )
    add_address(command)
    add_precision(command)
    add_allow_outside(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import NO_ADDRESS, build_catalogue
    from pipeline.store import is_stored

    settings = Settings.read(
        options.catalogue,
        options.encoder,
        precision=options.precision,
        allow_outside=options.allow_outside,
        allow_private=options.allow_private,
        address=options.address,
    )
    if options.engine and settings.address is None:
        raise DatabaseError(NO_ADDRESS)
    built = build_catalogue(settings, options.out, options.workers)
    if options.json:
        print_json(built_record(built))
        return
    place = options.out if is_stored(options.out) else built.folder
    print(f"{len(built)} items in {place}, embedded by {built.manifest.encoder.name}")
    print_balance(built)


def print_balance(built: BuiltCatalogue) -> None:
    """Say what became of the files and rows of its source."""
    from pipeline.artifacts import MANIFEST, Balance

    print(f"Balance: {Balance.of(built.manifest)}.")
    for note in built.manifest.notes:
        print(note)
    for title, listed in _lists(built.manifest):
        if listed:
            print(f"{len(listed)} {title}:")
        for name, reason in listed[:SHOWN]:
            print(f"  {name}: {reason}")
        if len(listed) > SHOWN:
            print(f"  and {len(listed) - SHOWN} more, all in {built.folder / MANIFEST}")


def built_record(built: BuiltCatalogue) -> dict[str, Any]:
    """A built catalogue and the balance of its source, for a program to read."""
    from pipeline.artifacts import Balance

    manifest = built.manifest
    return {
        "folder": str(built.folder),
        "items": len(built),
        "encoder": manifest.encoder.name,
        "skipped": [{"id": item.id, "reason": item.reason} for item in manifest.skipped],
        "balance": asdict(Balance.of(manifest)),
        "left_out": [
            {"name": one.name, "why": one.why.value, "reason": one.reason}
            for one in manifest.left_out
        ],
        "notes": list(manifest.notes),
    }


def _lists(manifest: Manifest) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is no item, by kind, each with its reason."""
    listed = {"skipped": [(item.id, item.reason) for item in manifest.skipped]}
    for one in manifest.left_out:
        listed.setdefault(TITLES[one.why.value], []).append((one.name, one.reason))
    return list(listed.items())
