"""Events in parquet, one a row, or several items in a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.events.columns import ITEM, Columns, find_nested
from pipeline.events.tables.batches import BATCH_ROWS, Batch, Find

PARQUET = b"PAR1"
NESTED = "items"
"""Google Analytics' export to BigQuery has a list of items in each row."""


def read_parquet(path: Path, said: Columns, find: Find) -> Iterator[Batch]:
    """Read a table of parquet, an event for each item in a list.

    Args:
        path: The file.
        said: The columns that somebody has named.
        find: Finds the columns.

    Raises:
        EventsError: If a column that is needed holds more than one value a row.
    """
    file = pq.ParquetFile(path, memory_map=True)
    schema = file.schema_arrow
    nested = _nested(schema)
    flat = [*(n for n in schema.names if n != NESTED or not nested), *([nested] if nested else [])]
    found = find(flat)
    for part in find_nested(found, schema, said, path):
        del found[part]
    is_nested = found[ITEM] == nested
    wanted = [NESTED if name == nested else name for name in found.values()]
    for batch in file.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(wanted))):
        columns = {n: _column(batch, NESTED if n == nested else n) for n in found.values()}
        if is_nested:
            lists = columns[found[ITEM]]
            rows = pc.list_parent_indices(lists)
            items = pc.struct_field(pc.list_flatten(lists), "item_id")
            columns = {n: c.take(rows) for n, c in columns.items() if n != nested}
            columns[found[ITEM]] = items
        yield {part: columns[name] for part, name in found.items()}, 0


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column, the first where several are called the same."""
    return batch.column(batch.schema.get_all_field_indices(name)[0])


def _nested(schema: pa.Schema) -> str:
    """The name of the items' ids in lists of rows; empty where there are no such lists."""
    if NESTED not in schema.names or not pa.types.is_list(schema.field(NESTED).type):
        return ""
    inner = schema.field(NESTED).type.value_type
    is_known = pa.types.is_struct(inner) and inner.get_field_index("item_id") >= 0
    return "items.item_id" if is_known else ""
