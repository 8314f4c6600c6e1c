"""`doctor`: whether Lookalike runs well on this machine."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from pipeline.commands.options import Commands, add_json, add_precision, print_json
from pipeline.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("doctor", help="tell what is wrong here, and what to do")
    command.add_argument("--encoder", help="hub id, folder, or 'starter' (the default)")
    command.add_argument("--home", help="where built catalogues are kept")
    add_precision(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.doctor import Verdict, examine

    settings = Settings.read(
        encoder=options.encoder, home=options.home, precision=options.precision
    )
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not options.json:
            print(f"{finding.verdict:>5}  {finding.part}: {finding.seen}", flush=True)
            if finding.advice:
                print(f"       {finding.advice}", flush=True)
    if options.json:
        print_json([asdict(finding) for finding in findings])
    if any(finding.verdict is Verdict.BAD for finding in findings):
        sys.exit(1)
