"""The page of all settings, made from them: `docs/settings.md`."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.values.declared import LOADING, SERVING, SETTINGS_FILE, Kind, Setting

HEAD = """# Settings

Each has a variable, a key in a file of settings and, with the commands that need it, a flag. The
flag holds before the variable, that before the file, else the default. This page is made from the
code: `python -m pipeline settings > docs/settings.md`.

A variable of a list has commas between its parts; that of a switch is `1` or `0`, its flag has a
counterpart such as `--no-share`. An empty variable is none.

"""
COLUMNS = (
    "| flag | variable | key | value | meaning | default |\n| --- | --- | --- | --- | --- | --- |\n"
)
EXAMPLE = """
## A file of settings

```toml
artifacts = "built/"
host = "0.0.0.0"
port = 7860
allowed_host = ["shop.example", "www.shop.example"]
auth = "/etc/lookalike/users"
operator_token = "/run/secrets/lookalike-token"
log_format = "json"
```

Name it with `python app.py --settings lookalike.toml`, or with the variable, which every command
reads. Paths in it count from the folder that the command is run in. A key that is no setting, or a
value of another kind, is an error.
"""


def settings_table() -> str:
    """The page, in Markdown."""
    return (
        f"{HEAD}## What to load\n\n{COLUMNS}{_rows(LOADING)}\n"
        f"## How the page is served: `python app.py`, `python -m pipeline serve`\n\n{COLUMNS}"
        f"{_rows((SETTINGS_FILE, *SERVING))}{EXAMPLE}"
    )


def _rows(settings: Iterable[Setting]) -> str:
    return "".join(_row(setting) for setting in settings)


def _row(setting: Setting) -> str:
    key = f"`{setting.name}`" if setting is not SETTINGS_FILE else ""
    held = setting.held or ("no" if setting.kind is Kind.SWITCH else "")
    cells = (f"`{setting.flag}`", f"`{setting.variable}`", key, setting.kind.value)
    return "| " + " | ".join((*cells, setting.meaning, held)) + " |\n"
