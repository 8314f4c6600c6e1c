"""Sets: what `datasets` loads, its parquet files read a few rows at a time.

`datasets` has pyarrow read ahead of what it writes to its cache: of a file of 1.9 GB it held all,
2.4 GB together. Read so, memory does not depend on the file, nor on how long its row groups are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from datasets.builder import Key
from datasets.packaged_modules.parquet.parquet import Parquet

READ_BYTES = 8 * 2**20
"""Of rows that are read at once, unpacked, in the mean of their file."""
MOST_ROWS = 10_000
WRITTEN_ROWS = 1_000
"""That `datasets` keeps as one batch: it lists all batches of a set in memory."""
STREAM_BYTES = 2**20
"""Of a column of a row group that are read before they are unpacked."""


def load_set(name: str, split: str, **options: Any) -> datasets.Dataset:
    """Load a set as `datasets.load_dataset` does, into the same cache, in little memory.

    Args:
        name: A set of the hub, or ``parquet`` for files.
        split: Which split of it.
        options: What else `datasets.load_dataset_builder` takes.

    Raises:
        Exception: What `datasets` raises, of almost any class.
    """
    builder = datasets.load_dataset_builder(name, writer_batch_size=WRITTEN_ROWS, **options)
    if isinstance(builder, Parquet) and builder.config.filters is None:

        def generate(
            files: Sequence[str], row_groups_list: Sequence[Sequence[int] | None]
        ) -> Iterator[tuple[Key, pa.Table]]:
            for number, (file, groups) in enumerate(zip(files, row_groups_list, strict=True)):
                for part, batch in enumerate(_batches(file, groups, builder.config.columns)):
                    table = builder._cast_table(pa.Table.from_batches([batch]))
                    yield Key(number, part), table

        builder._generate_tables = generate
    builder.download_and_prepare()
    return builder.as_dataset(split=split)


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
