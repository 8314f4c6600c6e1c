"""Batches: the rows that a table gives at a time."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

BATCH_ROWS = 500_000
Batch = tuple[dict[str, pa.Array], int]
"""The columns of some rows by their parts of an event, and how many rows were broken."""
Find = Callable[[list[str]], dict[str, str]]
"""Finds the columns that are read among those that there are, by their parts of an event."""
