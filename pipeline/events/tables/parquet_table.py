"""Events in parquet, one a row, or several items in a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, Columns, find_nested
from pipeline.events.tables.batches import BATCH_ROWS, Batch, Find

PARQUET = b"PAR1"


@dataclass(frozen=True)
class _Inner:
    """A value in a column of records, or of lists of records, as Google Analytics has its items."""

    column: str
    field: str
    is_listed: bool


def read_parquet(path: Path, said: Columns, find: Find) -> Iterator[Batch]:
    """Read a table of parquet, an event for each item in a list.

    What records in it hold is named with a dot, such as ``items.item_id``.

    Args:
        path: The file.
        said: The columns that somebody has named.
        find: Finds the columns.

    Raises:
        EventsError: If a column that is needed holds more than one value a row.
    """
    file = pq.ParquetFile(path, memory_map=True)
    schema = file.schema_arrow
    inner = _inner(schema)
    found = find([*schema.names, *inner])
    for part in find_nested(found, schema, said, path):
        del found[part]
    listed = {part: name for part, name in found.items() if name in inner and inner[name].is_listed}
    for part, name in listed.items():
        if part != ITEM:
            raise EventsError(
                f"'{name}' of '{path.name}' may be several values a row, and not one {part}. Name "
                f"another column: --{part} COLUMN"
            )
    wanted = [inner[name].column if name in inner else name for name in found.values()]
    for batch in file.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(wanted))):
        columns = {part: _column(batch, name, inner) for part, name in found.items()}
        yield (_each_item(columns) if listed else columns), 0


def _column(batch: pa.RecordBatch, name: str, inner: dict[str, _Inner]) -> pa.Array:
    """A column, the first where several are called the same; of what is listed, lists."""
    where = inner.get(name)
    if where is None:
        return batch.column(batch.schema.get_all_field_indices(name)[0])
    column = batch.column(where.column)
    if not where.is_listed:
        return pc.struct_field(column, where.field)
    values = pc.struct_field(pc.list_flatten(column), where.field)
    lengths = np.asarray(pc.list_value_length(column).fill_null(0))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)


def _each_item(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The rows of a batch, one for each item in its list; one without an item for an empty list."""
    lists = columns[ITEM]
    lengths = np.asarray(pc.list_value_length(lists))
    rows = np.repeat(np.arange(len(lists)), np.maximum(lengths, 1))
    values = np.full(len(rows), -1)
    values[lengths[rows] > 0] = np.arange(lengths.sum())
    places = pa.array(values, mask=values < 0)
    return {
        part: lists.values.take(places) if part == ITEM else column.take(pa.array(rows))
        for part, column in columns.items()
    }


def _inner(schema: pa.Schema) -> dict[str, _Inner]:
    """What the records of a table hold, by its name with a dot."""
    found: dict[str, _Inner] = {}
    for column in schema:
        is_listed = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
        record = column.type.value_type if is_listed else column.type
        if pa.types.is_struct(record) and schema.names.count(column.name) == 1:
            for field in record:
                if not pa.types.is_nested(field.type):
                    name = f"{column.name}.{field.name}"
                    found[name] = _Inner(column.name, field.name, is_listed)
    return {name: where for name, where in found.items() if name not in schema.names}
