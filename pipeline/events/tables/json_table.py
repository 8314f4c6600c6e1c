"""Events in JSON: objects, one a line or in one list, with records in them or none."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM
from pipeline.events.tables.batches import BATCH_ROWS, Batch, Find
from pipeline.events.tables.decoding import Decoded
from pipeline.letters import whole_letters

JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*\{)")
"""How a file of JSON begins."""
NESTED_TYPES = (dict, list)
"""What a row of JSON may hold instead of a single value."""


def read_json(path: Path, stream: io.BufferedReader[Decoded], find: Find) -> Iterator[Batch]:
    """Read objects, one a line or in one list, each a row, or one for each item in a list in it.

    What records in them hold is named with a dot, such as ``properties.product_id``.

    Args:
        path: The file.
        stream: Its UTF-8.
        find: Finds the columns.

    Raises:
        EventsError: If it is no plain JSON.
    """
    stop = (
        f"The events '{path}' are no plain JSON, one object of texts and numbers a line. Save them "
        "as CSV."
    )
    found: dict[str, str] = {}
    objects = _objects(stream, stop)
    while rows := list(itertools.islice(objects, BATCH_ROWS // 5)):
        whole = [row for row in rows if isinstance(row, dict)]
        if not found:
            are_nested = (isinstance(cell, NESTED_TYPES) for row in whole for cell in row.values())
            if len(whole) * 2 < len(rows) or all(are_nested):
                raise EventsError(stop)
            names = dict.fromkeys(name for row in whole for name in _names(row))
            found = find(sorted(names, key=lambda name: name.count(".")))
        items = [_items(row, found[ITEM]) for row in whole]
        each = [row for row, cells in zip(whole, items, strict=True) for _ in cells]
        cells = {part: [_value(row, name) for row in each] for part, name in found.items()}
        cells[ITEM] = [cell for row in items for cell in row]
        if any(
            cell and isinstance(cell, NESTED_TYPES) for column in cells.values() for cell in column
        ):
            raise EventsError(stop)
        columns = {
            part: pa.array([_cell(cell) for cell in column], pa.string())
            for part, column in cells.items()
        }
        yield columns, len(rows) - len(whole)


def _names(row: dict[str, object]) -> Iterator[str]:
    """What a row holds, and what its records do, and the records in lists of these."""
    for name, cell in row.items():
        if not (inner := _records(cell)):
            yield name
        for record in inner:
            for key, value in record.items():
                if not isinstance(value, NESTED_TYPES):
                    yield f"{name}.{key}"
                elif isinstance(cell, dict) and isinstance(value, list):
                    for one in _records(value):
                        yield from (f"{name}.{key}.{last}" for last in one)


def _records(cell: object) -> list[dict[str, object]]:
    """The record that a cell is, or those in its list."""
    cells = cell if isinstance(cell, list) else [cell]
    return [one for one in cells if isinstance(one, dict)]


def _value(row: dict[str, object], name: str) -> object:
    """What a row holds by its name, or by that of a record and of what is in it."""
    if name in row or "." not in name:
        return row.get(name)
    first, _, inner = name.partition(".")
    record = row.get(first)
    return record.get(inner) if isinstance(record, dict) else _if_listed(record)


def _if_listed(cell: object) -> object:
    """A list that is no value of one row, and is refused; None for any other cell, or no value."""
    return cell if isinstance(cell, list) and cell else None


def _items(row: dict[str, object], name: str) -> list[object]:
    """The items of a row, None alone where there is none.

    Some events of a log are of one product, ``properties.product_id``, and its orders of several,
    ``properties.products.product_id``: either name means both.
    """
    if name in row or "." not in name:
        return [row.get(name)]
    first, *_, key = name.split(".")
    records = _records(row.get(first))
    if not records:
        return [_if_listed(row.get(first))]
    inside = [
        one
        for record in records
        for cell in record.values()
        if isinstance(cell, list)
        for one in _records(cell)
    ]
    for those in (records, inside):
        if found := [one[key] for one in those if one.get(key) is not None]:
            return found
    return [None]


def _cell(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None or value in ([], {}) else whole_letters(str(value))


def _objects(stream: io.BufferedReader[Decoded], stop: str) -> Iterator[object]:
    """What the lines say, or the parts of a list; None for a line that is no JSON.

    Raises:
        EventsError: If it is one list that cannot be read; `stop` says so.
    """
    if stream.peek().lstrip().startswith(b"["):
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
