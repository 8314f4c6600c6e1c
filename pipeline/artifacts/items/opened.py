"""Opened files of items: their texts in memory, their pictures read when somebody asks for one."""

from __future__ import annotations

import bisect
import contextlib
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.artifacts.items.claims import ID, IMAGE, open_items, plain, text_bytes
from pipeline.ids import Ids

MAX_TEXT_BYTES = 8_192
"""Of the attributes of an item, in the mean."""
SPARE_TEXT_BYTES = 64 * 2**20
"""Left to the texts of any catalogue, however few its items are."""
READY = 8
"""Files whose lists of row groups are in memory: those of all files would take 400 bytes an item,
and to read one of 512 items takes half a millisecond."""
GATHERED = 65_536
"""Rows of files that are copied together: copied all at once, they would be in memory twice."""
OTHER_FILES = 256
"""What this process may have open besides."""


class ItemFiles:
    """The files of items of one built catalogue.

    They stay open, so that each row is of the version that was opened, whatever takes its place.

    Args:
        paths: The files, in the order of their items.
        count: How many items the manifest counts.

    Attributes:
        ids: The id of each item.
        attributes: One row an item.
        counts: How many items each file has.

    Raises:
        ValueError: If one holds something else, or far more than items do.
    """

    def __init__(self, paths: Sequence[Path], count: int) -> None:
        _allow_open_files(len(paths) + OTHER_FILES)
        maps = [pa.memory_map(str(path)) for path in paths]
        self._reading = threading.Lock()

        # Knows nothing of `self`, which would then be held until Python looks for such rings.
        @lru_cache(READY)
        def open_again(number: int) -> pq.ParquetFile:
            return open_items(paths[number], maps[number])

        self._open = open_again
        self.counts: list[int] = []
        sizes: list[int] = []
        groups: list[int] = []
        tables: list[pa.Table] = []
        gathered: list[pa.Table] = []
        left = SPARE_TEXT_BYTES + count * MAX_TEXT_BYTES
        for path, source in zip(paths, maps, strict=True):
            file = open_items(path, source)
            table = file.read(columns=[n for n in file.schema_arrow.names if n != IMAGE])
            left -= sum(text_bytes(column) for column in table.columns)
            if left < 0:
                raise ValueError(f"the texts of its {count:,} items unpack to more than items have")
            first = (gathered or tables or [table])[0]
            if table.column_names != first.column_names:
                raise ValueError("its files of items have different columns")
            tables.append(plain(table).combine_chunks())
            if sum(map(len, tables)) >= GATHERED:
                gathered, tables = [*gathered, _joined(tables)], []
            self.counts.append(file.metadata.num_rows)
            groups.append(file.num_row_groups)
            sizes += (file.metadata.row_group(n).num_rows for n in range(file.num_row_groups))
        texts = pa.concat_tables([*gathered, _joined(tables)] if tables else gathered)
        self.ids = Ids(texts[ID])
        self.attributes = texts.drop_columns([ID])
        self._first_rows = np.cumsum([0, *sizes])
        self._first_groups = np.cumsum([0, *groups]).tolist()

    def read(self, start: int, stop: int) -> pa.Table:
        """The rows from ``start`` up to ``stop``: ``id``, the attributes and ``image``."""
        first = int(np.searchsorted(self._first_rows, start, "right")) - 1
        last = int(np.searchsorted(self._first_rows, stop, "left"))
        parts = [plain(self._read_group(group)) for group in range(first, last)]
        return pa.concat_tables(parts).slice(start - int(self._first_rows[first]), stop - start)

    def image(self, row: int) -> object:
        """The encoded thumbnail of an item, or whatever stands in its place."""
        group = int(np.searchsorted(self._first_rows, row, "right")) - 1
        images = self._read_group(group, [IMAGE])[IMAGE]
        return images[row - int(self._first_rows[group])].as_py()["bytes"]

    def _read_group(self, group: int, columns: list[str] | None = None) -> pa.Table:
        number = bisect.bisect_right(self._first_groups, group) - 1
        with self._reading:
            file = self._open(number)
            # Waking threads for a few rows takes longer than they save.
            return file.read_row_group(
                group - self._first_groups[number], columns, use_threads=columns is None
            )


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).combine_chunks()


def _allow_open_files(count: int) -> None:
    """Ask for as many open files as a large catalogue has; systems begin with 256 or 1,024."""
    if os.name == "nt":
        return  # there is no such limit
    import resource

    with contextlib.suppress(ValueError, OSError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < count:
            most = count if hard == resource.RLIM_INFINITY else min(count, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
