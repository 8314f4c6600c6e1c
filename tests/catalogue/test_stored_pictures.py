"""Pictures in parquet files of a bucket come in little memory, in any order, however it is cut."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.catalogue import open_catalogue
from pipeline.catalogue.reading import stored
from pipeline.catalogue.stores import pictures
from pipeline.errors import StoreError
from tests.store.conftest import KEYS
from tests.support.bucket_server import Bucket

KB, MB = 2**10, 2**20
PICTURE = pa.struct({"bytes": pa.binary(), "path": pa.string()})
KEY = "set/items.parquet"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with Bucket().serving() as running:
        place = {"AWS_ENDPOINT_URL": running.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
        for name, value in (place | KEYS).items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read at once and what is kept, so small that 16 MB are many times that."""
    monkeypatch.setattr(stored, "READ_BYTES", 512 * KB, raising=False)
    monkeypatch.setattr(pictures, "READY_BYTES", MB, raising=False)


def upload(bucket: Bucket, folder: Path, held: list[bytes], rows: int, **more: object) -> None:
    """Put pictures into one file of row groups of so many, in pages of a few."""
    cells = pa.array([{"bytes": data, "path": None} for data in held], PICTURE)
    table = pa.table({"image": cells, "sku": [f"sku-{n}" for n in range(len(held))], **more})
    path = folder / "items.parquet"
    pq.write_table(table, path, row_group_size=rows, use_dictionary=False, write_batch_size=1)
    bucket.objects[KEY] = path.read_bytes()


def drawn(count: int, size: int) -> list[bytes]:
    return [random.Random(number).randbytes(size) for number in range(count)]


@pytest.mark.usefixtures("_little")
def test_a_row_group_larger_than_what_is_kept_takes_little_memory(
    bucket: Bucket, tmp_path: Path
) -> None:
    held = drawn(64, 256 * KB)
    upload(bucket, tmp_path, held, rows=64)
    tracemalloc.start()
    try:
        catalogue = open_catalogue("s3://bucket/set")
        assert [catalogue.picture_source(row) == held[row] for row in range(64)] == [True] * 64
        # The server's own part of each answer is in it.
        assert tracemalloc.get_traced_memory()[1] < 8 * MB
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("_little")
def test_one_picture_is_had_without_the_rest_of_its_row_group(
    bucket: Bucket, tmp_path: Path
) -> None:
    held = drawn(64, 256 * KB)
    upload(bucket, tmp_path, held, rows=64)
    catalogue = open_catalogue("s3://bucket/set")
    bucket.asked.clear()
    assert catalogue.picture_source(0) == held[0]
    few = len(bucket.fetched())
    assert catalogue.picture_source(63) == held[63]
    assert len(bucket.fetched()) > 3 * few


def test_in_any_order_each_item_has_its_picture(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [b"", *drawn(24, 1000)]
    upload(bucket, tmp_path, held, rows=10)
    rows = random.Random(0).sample(range(25), 25)
    for kept in (1, 5000, MB):
        monkeypatch.setattr(pictures, "READY_BYTES", kept, raising=False)
        catalogue = open_catalogue("s3://bucket/set")
        assert [catalogue.picture_source(row) for row in rows] == [held[row] for row in rows]
        assert [catalogue.picture_source(row) for row in range(25)] == held


@pytest.mark.usefixtures("_little")
def test_after_a_store_broke_off_the_next_picture_is_the_right_one(
    bucket: Bucket, tmp_path: Path
) -> None:
    held = drawn(24, 256 * KB)
    upload(bucket, tmp_path, held, rows=24)
    catalogue = open_catalogue("s3://bucket/set")
    assert catalogue.picture_source(0) == held[0]
    content = bucket.objects.pop(KEY)
    with pytest.raises(StoreError):
        catalogue.picture_source(20)
    bucket.objects[KEY] = content
    assert [catalogue.picture_source(row) == held[row] for row in (21, 20, 0)] == [True] * 3


def test_further_columns_of_pictures_are_not_fetched(bucket: Bucket, tmp_path: Path) -> None:
    masks = drawn(24, 512 * KB)
    cells = pa.array([{"bytes": data, "path": None} for data in masks], PICTURE)
    upload(bucket, tmp_path, drawn(24, 100), rows=24, mask=cells, worn=masks)
    tracemalloc.start()
    try:
        catalogue = open_catalogue("s3://bucket/set")
        assert tracemalloc.get_traced_memory()[1] < 8 * MB
    finally:
        tracemalloc.stop()
    assert list(catalogue.ids) == [f"sku-{number}" for number in range(24)]
    assert catalogue.attribute_names == []
    assert len(catalogue.notes) == 2
    assert all("is left out" in note for note in catalogue.notes)
