"""The value of a setting: from its flag, else its variable, else the file, else its default."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import LookalikeError
from pipeline.values.declared import LOADING, SERVING, SETTINGS_FILE, Kind, Setting

YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
MAX_FILE = 2**20
LONGEST_NUMBER = 20
"""In characters, of a variable: none that means anything is longer."""
LINKS = ("tcp://", "udp://", "sctp://")
"""What Kubernetes sets ``LOOKALIKE_PORT`` to beside a service of that name: no setting of ours."""


def read_values(given: Mapping[str, Any], settings: Iterable[Setting]) -> dict[str, Any]:
    """Find the value of each setting.

    Args:
        given: The values of flags by the names of settings; None, or an empty text or list, for
            one that was not given. What else is in it is left alone.
        settings: The settings wanted.

    Returns:
        By name: a text, a `Path` with ``~`` resolved, an integer, a truth value, a tuple of texts,
        or None.

    Raises:
        LookalikeError: If a variable or the file holds what is no value of a setting.
    """
    place = given.get(SETTINGS_FILE.name) or os.environ.get(SETTINGS_FILE.variable)
    from_file = _read_file(Path(place).expanduser()) if place else {}
    return {setting.name: _value(setting, given, from_file) for setting in settings}


def _value(setting: Setting, given: Mapping[str, Any], from_file: Mapping[str, object]) -> object:
    value: Any = given.get(setting.name)
    if value in (None, "", []):
        value = _variable(setting)
    if value is None:
        value = from_file.get(setting.name, setting.default)
    if setting.kind is Kind.PATH and value is not None:
        return Path(value).expanduser()
    return tuple(value or ()) if setting.kind is Kind.LIST else value


def _variable(setting: Setting) -> object:
    """Read the variable of a setting, a list with commas between; None where it is not set.

    Raises:
        LookalikeError: If it is no value of the setting.
    """
    text = os.environ.get(setting.variable, "").strip()
    wanted = ""
    if not text or (setting.kind is Kind.NUMBER and text.startswith(LINKS)):
        return None
    if setting.kind is Kind.LIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.kind is Kind.SWITCH:
        if text.lower() in YES | NO:
            return text.lower() in YES
        wanted = "1 or 0"
    if setting.kind is Kind.NUMBER:
        if text.removeprefix("-").isdecimal() and len(text) <= LONGEST_NUMBER:
            return int(text)
        wanted = "a whole number"
    if wanted:
        raise LookalikeError(
            f"The variable {setting.variable} is '{text[:60]}'. Set it to {wanted}, or unset it."
        )
    return text


def _read_file(path: Path) -> dict[str, object]:
    """The settings of a file, by their names, each with a value of its kind.

    Raises:
        LookalikeError: If it cannot be read, is no TOML, or names what is no setting.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise ValueError("it is longer than 1 MB")
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LookalikeError(
            f"The file of settings '{path}' cannot be read ({reason}). Give --settings a file in "
            "TOML, as docs/settings.md shows."
        ) from error
    known = {setting.name: setting for setting in (*LOADING, *SERVING)}
    values: dict[str, object] = {}
    for key, value in table.items():
        setting = known.get(key.replace("-", "_"))
        if setting is None:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"Did you mean '{close[0]}'?" if close else "docs/settings.md lists them all."
            raise LookalikeError(f"There is no setting {key[:60]!r}, as '{path}' has it. {hint}")
        if not _fits(setting, value):
            raise LookalikeError(
                f"The setting '{setting.name}' in '{path}' is no {setting.kind.value}. Change it."
            )
        if value not in ("", []):
            values[setting.name] = value
    return values


def _fits(setting: Setting, value: object) -> bool:
    """Whether a file's value is of the setting's kind."""
    if setting.kind is Kind.LIST:
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if isinstance(value, bool):
        return setting.kind is Kind.SWITCH
    if setting.kind is Kind.NUMBER:
        return isinstance(value, int)
    return isinstance(value, str) and setting.kind is not Kind.SWITCH
