"""Sets: what `datasets` loads, its parquet files read a few rows at a time.

`datasets` has pyarrow read ahead of what it writes to its cache: of a file of 1.9 GB it held all,
2.4 GB together. Read so, memory does not depend on the file, nor on how long its row groups are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from datasets.builder import Key
from datasets.packaged_modules.parquet.parquet import Parquet

from pipeline.catalogue.reading.tables.attributes import plain_column
from pipeline.errors import CatalogueError

READ_BYTES = 8 * 2**20
"""Of rows that are read at once, unpacked, in the mean of their file."""
MOST_ROWS = 10_000
WRITTEN_ROWS = 1_000
"""That `datasets` keeps as one batch: it lists all batches of a set in memory."""
STREAM_BYTES = 2**20
"""Of a column of a row group that are read before they are unpacked."""


def load_set(
    name: str, split: str, schema: pa.Schema | None = None, **options: Any
) -> datasets.Dataset:
    """Load a set as `datasets.load_dataset` does, into the same cache, in little memory.

    Args:
        name: A set of the hub, or ``parquet`` for files.
        split: Which split of it.
        schema: What to take of parquet files, where that is not all of them; see `readable`.
        options: What else `datasets.load_dataset_builder` takes.

    Raises:
        Exception: What `datasets` raises, of almost any class.
    """
    if schema is not None and options.get("features") is None:
        options["features"] = datasets.Features.from_arrow_schema(schema)
    builder = datasets.load_dataset_builder(name, writer_batch_size=WRITTEN_ROWS, **options)
    if isinstance(builder, Parquet) and builder.config.filters is None:

        def generate(
            files: Sequence[str], row_groups_list: Sequence[Sequence[int] | None]
        ) -> Iterator[tuple[Key, pa.Table]]:
            for number, (file, groups) in enumerate(zip(files, row_groups_list, strict=True)):
                for part, batch in enumerate(_batches(file, groups, builder.config.columns)):
                    table = pa.Table.from_batches([batch])
                    whole = table if schema is None else _take(table, schema)
                    yield Key(number, part), builder._cast_table(whole)

        builder._generate_tables = generate
    builder.download_and_prepare()
    return builder.as_dataset(split=split)


def readable(schema: pa.Schema, pictures: str | None, note: Callable[[str], None]) -> pa.Schema:
    """What `datasets` can read of the columns of a parquet file.

    Args:
        schema: Its columns.
        pictures: The one that holds pictures, as bytes of whatever kind, or a list of them a row.
        note: Told each column that is not taken as it is.

    Returns:
        The columns, each once, without those of a type that it does not know; the one of pictures
        has one a row.
    """
    fields: dict[str, pa.Field] = {}
    for field in schema:
        if field.name in fields:
            note(f"There is more than one column '{field.name}'. The first is taken.")
        elif field.name == pictures:
            if is_list(field.type):
                note(f"The column '{pictures}' holds several pictures an item. The first is taken.")
            fields[field.name] = field.with_type(_one_picture(field.type))
        elif _is_known(field):
            fields[field.name] = field
        else:
            note(f"The column '{field.name}' is left out: it is of a type that is not read.")
    return pa.schema(fields.values(), schema.metadata)


def commit_of(dataset: datasets.Dataset) -> str | None:
    """The hub commit that a set was downloaded from, so that a moved branch is noticed."""
    for address in dataset.info.download_checksums or {}:
        if found := re.search(r"@([0-9a-f]{40})/", address):
            return found.group(1)
    return None


def described(root: Path, schema: pa.Schema) -> datasets.Features | None:
    """The features that the card of a set says, where its files say none: names of labels."""
    if b"huggingface" in (schema.metadata or {}) or not (root / "README.md").is_file():
        return None
    infos = datasets.info.DatasetInfosDict.from_directory(str(root))
    said = [info.features for info in infos.values() if info.features is not None]
    return said[0] if len(said) == 1 and set(said[0]) == set(schema.names) else None


def ids_of_set(
    source: str, dataset: datasets.Dataset, usual: Sequence[str]
) -> tuple[str, list[pa.Array]]:
    """The ids of a set.

    Args:
        source: What to call the catalogue.
        dataset: The set.
        usual: Its columns of ids, one at least: the first without a gap has them.

    Returns:
        That column, and its texts in parts.

    Raises:
        CatalogueError: If none is without a gap.
    """
    for column in usual:
        whole = dataset.select_columns(column).with_format("arrow")[:][column]
        plain = plain_column(whole)
        values = whole if plain is None else plain
        if not values.null_count:
            break
    else:
        first = pc.index(pc.is_null(values), True).as_py()
        raise CatalogueError(
            f"The catalogue '{source}' has no '{column}' in row {first + 1}. "
            "Every item needs one, or leave the column out."
        )
    parts = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    if pa.types.is_string(values.type) or pa.types.is_integer(values.type):
        return column, [part.cast(pa.large_string()) for part in parts]
    return column, [pa.array(map(str, part.to_pylist()), pa.large_string()) for part in parts]


def is_list(kind: pa.DataType) -> bool:
    """Whether a column holds a list a row."""
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    views = (pa.types.is_list_view, pa.types.is_large_list_view)
    return any(test(kind) for test in (*lists, *views))


def is_bytes(kind: pa.DataType) -> bool:
    """Whether a column holds bytes of any length."""
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)


def _one_picture(kind: pa.DataType) -> pa.DataType:
    """The type that a picture has of a column of pictures, or of lists of them."""
    kind = kind.value_type if is_list(kind) else kind
    return pa.binary() if is_bytes(kind) else kind


def _is_known(field: pa.Field) -> bool:
    try:
        datasets.Features.from_arrow_schema(pa.schema([field]))
    except (ValueError, TypeError):
        return False
    return True


def _take(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of a schema; see `readable`."""
    columns = []
    for field in schema:
        column = table.column(table.schema.names.index(field.name))
        if is_list(column.type) and not is_list(field.type):
            firsts = [next(iter(cell or ()), None) for cell in column.to_pylist()]
            column = pa.chunked_array([pa.array(firsts, field.type)])
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _batches(
    path: str, groups: Sequence[int] | None, columns: Sequence[str] | None
) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path, buffer_size=STREAM_BYTES, pre_buffer=False) as file:
        told, count = file.metadata, file.metadata.num_rows
        unpacked = sum(told.row_group(n).total_byte_size for n in range(told.num_row_groups))
        most = READ_BYTES * count // max(1, unpacked)
        yield from file.iter_batches(
            min(max(2, most), MOST_ROWS), row_groups=groups, columns=columns
        )
