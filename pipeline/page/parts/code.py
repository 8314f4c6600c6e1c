"""The code: Python, JavaScript and curl that ask for exactly what is on screen."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from pipeline.recommender import Query

PHOTO = "photo.jpg"
"""What a person's own photo is called in the code."""
ADDRESS = "ADDRESS"
"""Stands for the page's address, which the page itself knows."""


def code_of(query: Query, sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """The code that asks a query.

    Args:
        query: What is asked; what it says beside the defaults is told.
        sent: The same as the page's script sent it, in JSON values.

    Returns:
        The code by its language, ``python``, ``javascript`` and ``curl``: what stands before the
        page's address, and what stands after it.
    """
    usual = Query(words="any")
    told = {
        name: value
        for name, value in sent.items()
        if value not in (None, [], {}, "") and getattr(query, name) != getattr(usual, name)
    }
    told = {"metric": str(query.metric)} | told
    has_photo = bool(query.pictures)
    # What is asked, in which the same word may stand, comes after the address or before it.
    before, _, after = _python(told, has_photo).partition(ADDRESS)
    parts = {"python": [before, after]}
    for name, written in (("javascript", _javascript), ("curl", _curl)):
        before, _, after = written(told, has_photo).rpartition(ADDRESS)
        parts[name] = [before, after]
    return parts


def _python(told: Mapping[str, Any], has_photo: bool) -> str:
    photo = [f"    image=handle_file({PHOTO!r}),"] if has_photo else []
    named = [f"    {name}={value!r}," for name, value in told.items()]
    return "\n".join(
        [
            f"from gradio_client import Client{', handle_file' if has_photo else ''}",
            "",
            f"client = Client({ADDRESS!r})",
            "matches = client.predict(",
            *photo,
            *named,
            '    api_name="/recommend",',
            ")",
            "for match in matches:",
            '    print(match["rank"], match["id"], match["name"])',
        ]
    )


def _javascript(told: Mapping[str, Any], has_photo: bool) -> str:
    """As a module, for Node 20 or a browser's console."""
    asked = json.dumps(told, indent=2, ensure_ascii=False)
    if has_photo:
        lines = [
            'import { openAsBlob } from "node:fs";',
            "",
            "const form = new FormData();",
            f'form.append("file", await openAsBlob("{PHOTO}"), "{PHOTO}");',
            f"const asked = {asked};",
            "for (const [name, value] of Object.entries(asked)) {",
            '  form.append(name, typeof value === "string" ? value : JSON.stringify(value));',
            "}",
            "const options = { method: 'POST', body: form };",
        ]
    else:
        lines = [
            f"const asked = {asked};",
            "const headers = { 'Content-Type': 'application/json' };",
            "const options = { method: 'POST', headers, body: JSON.stringify(asked) };",
        ]
    return "\n".join(
        [
            *lines,
            f"const answer = await fetch('{ADDRESS}/api/search', options);",
            "const { matches } = await answer.json();",
            "for (const { rank, id, name } of matches) console.log(rank, id, name);",
        ]
    )


def _curl(told: Mapping[str, Any], has_photo: bool) -> str:
    """For a POSIX shell."""
    if not has_photo:
        body = shlex.quote(json.dumps(told, ensure_ascii=False))
        return f"curl -H 'Content-Type: application/json' -d {body} {ADDRESS}/api/search"
    fields = [f"file=@{PHOTO}"]
    for name, value in told.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        fields.append(f"{name}={text}")
    # `--form-string` would send the file's name, and `-F` reads a value that begins with @ or <.
    sent = [
        f"{'-F' if number == 0 else '--form-string'} {shlex.quote(field)}"
        for number, field in enumerate(fields)
    ]
    return f"curl {' '.join(sent)} {ADDRESS}/api/search"
