"""Pictures that lie in a store: fetched when they are asked for, the next ones with them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
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
READY_BYTES = 256 * 2**20
"""Of the pictures of parquet files, those read last are kept up to this size, so that a row group
that is smaller is fetched once while no other is asked for. Where two are asked for in turn, each
is read again from its first row for every picture that is not kept yet."""
AT_ONCE = 8
"""Rows that are read at once: what they hold comes on top of what is kept."""


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
    """Pictures in parquet files, of which any row group may be larger than the memory.

    A row group is read from its first row on, as far as it is asked for, since parquet tells where
    a group begins and not where a row lies. The least that is read is a page, usually some MB; some
    writers put up to 1,024 pictures into one.

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
        self._ready: OrderedDict[int, bytes] = OrderedDict()
        self._ready_bytes = 0
        self._coming: Iterator[bytes] = iter(())
        self._coming_rows = range(0)
        self._lock = threading.Lock()

    def __getitem__(self, row: int) -> bytes:
        """The encoded picture of an item; empty where it has none."""
        stored = row if self._rows is None else int(self._rows[row])
        with self._lock:
            if stored not in self._ready:
                self._read_to(stored)
            return self._ready[stored]

    def select(self, rows: list[int]) -> ParquetPictures:
        """Those of these rows only."""
        own = np.asarray(rows, dtype=np.int64)
        chosen = own if self._rows is None else self._rows[own]
        return ParquetPictures(self._store, self._files, self._columns, chosen)

    def _read_to(self, stored: int) -> None:
        """Read on to a row, or from the beginning of its group where it is not still to come."""
        if stored not in self._coming_rows:
            group = int(np.searchsorted(self._first_rows, stored, "right")) - 1
            first, end = self._first_rows[group : group + 2].tolist()
            self._coming, self._coming_rows = self._cells(*self._groups[group]), range(first, end)
        # None is to come where the store breaks off: the next call begins anew.
        rows, self._coming_rows = self._coming_rows, range(0)
        for number in range(rows.start, stored + 1):
            with self._store.explained():
                self._keep(number, next(self._coming))
        self._coming_rows = range(stored + 1, rows.stop)

    def _keep(self, stored: int, data: bytes) -> None:
        """Keep a picture in place of those that were read the longest ago."""
        before = self._ready.pop(stored, b"")
        self._ready[stored] = data
        self._ready_bytes += len(data) - len(before)
        while self._ready_bytes > READY_BYTES and len(self._ready) > 1:
            self._ready_bytes -= len(self._ready.popitem(last=False)[1])

    def _cells(self, number: int, group: int) -> Iterator[bytes]:
        column = self._columns[number]
        batches = self._files[number].iter_batches(AT_ONCE, row_groups=[group], columns=[column])
        for batch in batches:
            for cell in batch.column(0).to_pylist():
                yield (cell.get("bytes") if isinstance(cell, dict) else cell) or b""
