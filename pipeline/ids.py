"""Ids: those of many items, held as Arrow text and found again by a sorted search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import SupportsIndex, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CHUNK = 65_536
"""Ids that are Python's own at a time while all are gone through."""


class Ids(Sequence[str]):
    """The ids of items, in the order of their rows; a list of them to whoever reads it.

    An id takes its own bytes in UTF-8 and 8 more, and once one was looked up another 4.

    Args:
        ids: The ids.

    Raises:
        ValueError: If one is missing.
    """

    def __init__(self, ids: Iterable[str] | pa.ChunkedArray) -> None:
        # Large, so that more than 2 GiB of text is one array too.
        if isinstance(ids, pa.ChunkedArray):
            texts = ids.cast(pa.large_string()).combine_chunks()
        else:
            texts = pa.array(ids, pa.large_string())
        if texts.null_count:
            raise ValueError("an item has no id, or that of another")
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, row: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Ids: ...
    def __getitem__(self, row: SupportsIndex | slice) -> str | Ids:
        if isinstance(row, slice):
            return Ids(pa.chunked_array([self._texts[row]]))
        text: str = self._texts[int(row)].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), CHUNK):
            yield from self._texts.slice(start, CHUNK).to_pylist()

    def __contains__(self, item: object) -> bool:
        return self.row_of(item) is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ids):
            return bool(self._texts.equals(other._texts))
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        more = f" and {len(self) - 3:,} more" if len(self) > 3 else ""
        return f"Ids({list(self[:3])}{more})"

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return self._texts if type is None else self._texts.cast(type)

    @property
    def texts(self) -> pa.LargeStringArray:
        """All of them as one Arrow array."""
        return self._texts

    def take(self, rows: Sequence[int] | np.ndarray) -> Ids:
        """Those of these rows, in this order."""
        return Ids(pa.chunked_array([self._texts.take(pa.array(rows, pa.int64()))]))

    def row_of(self, item: object) -> int | None:
        """The row of an id, or None where there is none such; in some 20 comparisons a million."""
        if not isinstance(item, str):
            return None
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            # UTF-8 sorts as Python's text does: by code points.
            if self[int(self._order[middle])] < item:
                low = middle + 1
            else:
                high = middle
        if low == len(self) or self[row := int(self._order[low])] != item:
            return None
        return row

    def rows_of(self, items: Sequence[str]) -> np.ndarray:
        """The rows of many ids at once, ``(n,)`` int64, -1 where there is none such."""
        try:
            asked = items.texts if isinstance(items, Ids) else pa.array(items, pa.large_string())
        except UnicodeEncodeError:  # half a letter, which no id holds
            rows = (self.row_of(item) for item in items)
            return np.array([-1 if row is None else row for row in rows], np.int64)
        found = pc.index_in(asked, value_set=self._texts).fill_null(-1)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)

    def tell_apart(self) -> bool:
        """Whether none comes more than once.

        Told by 8 bytes of each, and by all of each only where two share those.
        """
        hashes = np.fromiter(map(hash, self), np.int64, len(self))
        hashes.sort()
        if (hashes[1:] != hashes[:-1]).all():
            return True
        return bool(pc.count_distinct(self._texts).as_py() == len(self))

    @cached_property
    def _order(self) -> np.ndarray:
        """The rows in the order of their ids, ``(n,)`` uint32: those of one id in that of rows."""
        order: np.ndarray = pc.sort_indices(self._texts).to_numpy()
        return order.astype(np.uint32)
