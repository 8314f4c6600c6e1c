"""The items of a catalogue of many files: each row is its own, and none costs an open list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.artifacts import ITEMS, write_items
from pipeline.artifacts.items import ItemFiles

FILES = 300
ROWS = 3


@pytest.fixture
def few_open_files() -> Iterator[None]:
    """As many as macOS lets a program have that asks for no more."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such limit")
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("few_open_files")
def test_every_row_of_more_files_than_may_be_open_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.artifacts.items.opened.GATHERED", 100)
    paths = [tmp_path / ITEMS.format(number) for number in range(FILES)]
    for number, path in enumerate(paths):
        ids = [f"{number}-{row}" for row in range(ROWS)]
        table = pa.table({"price": pa.array([number, None, -number], pa.int64())})
        write_items(path, ids, table, [item.encode() for item in ids])
    opened = ItemFiles(paths, FILES * ROWS)
    assert opened.counts == [ROWS] * FILES
    rows = [*range(FILES * ROWS), 0, 899, 1]
    for row in rows:
        assert opened.image(row) == opened.ids[row].encode()
    part = opened.read(ROWS - 1, 2 * ROWS + 1)
    assert part["id"].to_pylist() == opened.ids[2:7] == ["0-2", "1-0", "1-1", "1-2", "2-0"]
    assert part["price"].to_pylist() == [0, 1, None, -1, 2]
    assert opened.attributes["price"][3:5].to_pylist() == [1, None]
