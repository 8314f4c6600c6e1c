"""Lookalike's page: `python app.py`, the same as `python -m pipeline serve`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pipeline.cli import run
from pipeline.commands.running import serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Load what the flags and the environment name, and serve the page until interrupted."""
    return run(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=serve.DESCRIPTION)
    serve.add_flags(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
