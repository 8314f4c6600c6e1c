"""Events in JSON: objects, one a line or in one list."""

from __future__ import annotations

import codecs
import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipeline.errors import EventsError
from pipeline.events.tables.batches import BATCH_ROWS, Batch, Find

JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*\{)")
"""How a file of JSON begins."""
NESTED_TYPES = (dict, list)
"""What a row of JSON may hold instead of a single value."""


def read_json(path: Path, packing: str | None, find: Find) -> Iterator[Batch]:
    """Read objects, one a line or in one list, each of them a row.

    Args:
        path: The file.
        packing: How it is packed, as pyarrow calls it; None if it is not.
        find: Finds the columns.

    Raises:
        EventsError: If it is no plain JSON.
    """
    stop = (
        f"The events '{path}' are no plain JSON, one object of texts and numbers a line. Save them "
        "as CSV."
    )
    found: dict[str, str] = {}
    with pa.input_stream(str(path), compression=packing) as stream:
        objects = _objects(io.BufferedReader(stream), stop)
        while rows := list(itertools.islice(objects, BATCH_ROWS // 5)):
            whole = [row for row in rows if isinstance(row, dict)]
            if not found:
                are_nested = (
                    isinstance(cell, NESTED_TYPES) for row in whole for cell in row.values()
                )
                if len(whole) * 2 < len(rows) or all(are_nested):
                    raise EventsError(stop)
                found = find(list(dict.fromkeys(name for row in whole for name in row)))
            cells = {part: [row.get(name) for row in whole] for part, name in found.items()}
            if any(isinstance(cell, NESTED_TYPES) for column in cells.values() for cell in column):
                raise EventsError(stop)
            columns = {
                part: pa.array([_cell(cell) for cell in column], pa.string())
                for part, column in cells.items()
            }
            yield columns, len(rows) - len(whole)


def _cell(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def _objects(stream: io.BufferedReader, stop: str) -> Iterator[object]:
    """What the lines say, or the parts of a list; None for a line that is no JSON.

    Raises:
        EventsError: If it is one list that cannot be read; `stop` says so.
    """
    if stream.peek().lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"["):
        try:
            yield from json.load(stream)
        except (ValueError, RecursionError) as error:
            raise EventsError(stop) from error
        return
    for line in stream:
        if text := line.decode("utf-8-sig").strip():
            try:
                yield json.loads(text)
            except (ValueError, RecursionError):
                yield None
