"""`deploy`: the page as a Space of the hub."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.options import Commands, add_json, print_json


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("deploy", help="serve the page as a Space of the hub")
    command.add_argument("space", help="the Space, owner/name")
    command.add_argument("--artifacts", type=Path, help="a built catalogue for it to serve")
    command.add_argument(
        "--with-learnt",
        action="store_true",
        help="also publish what was learnt from a shop's events: which items sell together",
    )
    command.add_argument("--private", action="store_true", help="for you alone, if it is new")
    command.add_argument("--dry-run", action="store_true", help="only show what would be sent")
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.publishing.space import deploy, plan_deployment

    deployment = plan_deployment(options.artifacts, with_learnt=options.with_learnt)
    sizes = deployment.sizes
    address = None if options.dry_run else deploy(options.space, deployment, options.private)
    if options.json:
        print_json({"space": options.space, "address": address, "files": sizes})
    elif address is not None:
        print(f"Deployed to {address}")
    else:
        print(deployment.space.front_matter)
        for name, value in deployment.variables.items():
            print(f"variable {name}={value}")
        for path, size in sizes.items():
            print(f"{size:>12,}  {path}")
        total = sum(sizes.values())
        print(f"{total:>12,}  bytes in {len(sizes)} files would be sent to {options.space}")
