"""Pictures that lie in a store: fetched when they are asked for, the next ones with them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.catalogue.pictures import MAX_BYTES
from pipeline.store import Store

AHEAD = 32
"""Pictures that are fetched before they are asked for: a build asks for one after another, and an
answer of a store takes longer than a picture to decode."""
THREADS = 16
READY_GROUPS = 2


class ObjectPictures:
    """Pictures that are one object each.

    Args:
        store: Where they lie.
        names: The object of each item.
        missing: Whether there is none of that name.
    """

    def __init__(self, store: Store, names: Sequence[str], missing: Sequence[bool]) -> None:
        self._store, self._names, self._missing = store, names, missing
        self._coming: OrderedDict[int, Future[bytes | None]] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, row: int) -> bytes | Path:
        """The encoded picture of an item; a path where nothing lies for one that is missing."""
        with self._lock:
            for wanted in range(row, min(row + AHEAD, len(self._names))):
                if wanted not in self._coming:
                    self._coming[wanted] = self._threads.submit(self._fetch, wanted)
            coming = self._coming.pop(row)
            while len(self._coming) > AHEAD:  # somebody has stopped asking in order
                self._coming.popitem(last=False)[1].cancel()
        data = coming.result()
        return Path(f"{self._store.address}/{self._names[row]}") if data is None else data

    def select(self, rows: list[int]) -> ObjectPictures:
        """Those of these rows only."""
        names = [self._names[row] for row in rows]
        return ObjectPictures(self._store, names, [self._missing[row] for row in rows])

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, "store")

    def _fetch(self, row: int) -> bytes | None:
        # One byte more than a picture may have, so that what is larger is refused as that.
        return None if self._missing[row] else self._store.read(self._names[row], MAX_BYTES + 1)


class ParquetPictures:
    """Pictures in parquet files: a row group is read when one of its rows is asked for.

    Args:
        store: Where they lie.
        files: The files, opened.
        columns: The column of pictures of each.
        rows: Which of their rows, one after another, are the items, ``(n,)`` int64; None for all.
    """

    def __init__(
        self,
        store: Store,
        files: Sequence[pq.ParquetFile],
        columns: Sequence[str],
        rows: np.ndarray | None = None,
    ) -> None:
        self._store, self._files, self._columns, self._rows = store, files, columns, rows
        groups = [
            (number, group)
            for number, file in enumerate(files)
            for group in range(file.num_row_groups)
        ]
        counts = [files[number].metadata.row_group(group).num_rows for number, group in groups]
        self._groups, self._first_rows = groups, np.cumsum([0, *counts])
        self._ready: OrderedDict[int, list[bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, row: int) -> bytes:
        """The encoded picture of an item; empty where it has none."""
        stored = row if self._rows is None else int(self._rows[row])
        group = int(np.searchsorted(self._first_rows, stored, "right")) - 1
        with self._lock:
            if group not in self._ready:
                self._ready[group] = self._read(*self._groups[group])
                while len(self._ready) > READY_GROUPS:
                    self._ready.popitem(last=False)
            return self._ready[group][stored - int(self._first_rows[group])]

    def select(self, rows: list[int]) -> ParquetPictures:
        """Those of these rows only."""
        own = np.asarray(rows, dtype=np.int64)
        chosen = own if self._rows is None else self._rows[own]
        return ParquetPictures(self._store, self._files, self._columns, chosen)

    def _read(self, number: int, group: int) -> list[bytes]:
        column = self._columns[number]
        with self._store.explained():
            cells = self._files[number].read_row_group(group, columns=[column])[column].to_pylist()
        held = (cell.get("bytes") if isinstance(cell, dict) else cell for cell in cells)
        return [data or b"" for data in held]
