"""Flags made from the settings."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from pipeline.values.declared import Kind, Setting


def add_flags(command: argparse.ArgumentParser, settings: Iterable[Setting]) -> None:
    """Add a flag for each setting; one that is not given is None."""
    for setting in settings:
        repeated = " (may be repeated)" if setting.kind is Kind.LIST else ""
        held = f" (default: {setting.held})" if setting.held else ""
        text = f"{setting.meaning}{repeated}{held}"
        if setting.kind is Kind.SWITCH:
            yes_or_no = argparse.BooleanOptionalAction
            command.add_argument(setting.flag, action=yes_or_no, help=text)
        elif setting.kind is Kind.LIST:
            command.add_argument(setting.flag, action="append", metavar=setting.metavar, help=text)
        else:
            kind = int if setting.kind is Kind.NUMBER else str
            command.add_argument(setting.flag, type=kind, metavar=setting.metavar, help=text)
