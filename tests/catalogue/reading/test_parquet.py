"""Parquet files of pictures open whatever lies before their pictures, and beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.errors import CatalogueError, PictureError
from tests.catalogue.reading.test_folder import draw, encoded

PICTURE = encoded()
STRUCT = pa.struct({"bytes": pa.binary(), "path": pa.string()})
CELL = {"bytes": PICTURE, "path": None}


def opened(folder: Path, **columns: object) -> Catalogue:
    pq.write_table(pa.table(columns), folder / "shop.parquet")
    return open_catalogue(folder)


def readable(catalogue: Catalogue) -> list[bool]:
    """Whether each item has a picture."""
    told = []
    for row in range(len(catalogue)):
        try:
            told.append(catalogue.read_picture(row).size == (32, 32))
        except PictureError:
            told.append(False)
    return told


@pytest.mark.parametrize(
    "before", [[b""], [b"<html>404"], [None] * 17, [b"", None, b"GI"] * 20], ids=len
)
def test_bad_pictures_before_the_others_leave_those(
    tmp_path: Path, before: list[bytes | None]
) -> None:
    catalogue = opened(tmp_path, img=[*before, PICTURE, PICTURE])
    assert readable(catalogue) == [False] * len(before) + [True, True]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary_view()], ids=str)
def test_bytes_of_any_kind_are_pictures(tmp_path: Path, kind: pa.DataType) -> None:
    catalogue = opened(tmp_path, sku=["a", "b"], img=pa.array([PICTURE, None], kind))
    assert (list(catalogue.ids), readable(catalogue)) == (["a", "b"], [True, False])


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([[PICTURE, b"x"], [], None]),
        pa.array([[CELL, CELL], [], None], pa.list_(STRUCT)),
        pa.array([[PICTURE], [], None], pa.large_list(pa.large_binary())),
    ],
    ids=["bytes", "structs", "large"],
)
def test_of_a_list_of_pictures_the_first_is_taken_and_that_is_said(
    tmp_path: Path, cells: pa.Array
) -> None:
    catalogue = opened(tmp_path, id=[1, 2, 3], img=cells)
    assert readable(catalogue) == [True, False, False]
    assert any("several pictures an item. The first" in note for note in catalogue.notes)


@pytest.mark.parametrize(
    "other",
    [
        pa.array([[("x", 1)], []], pa.map_(pa.string(), pa.int64())),
        pa.array([[1], [2]], pa.list_view(pa.int64())),
        pa.array([{"a": [1]}, None], pa.struct({"a": pa.list_view(pa.int64())})),
    ],
    ids=["map", "list_view", "struct"],
)
def test_a_column_that_cannot_be_read_is_left_out_and_said_to_be(
    tmp_path: Path, other: pa.Array
) -> None:
    catalogue = opened(tmp_path, sku=["a", "b"], img=[PICTURE] * 2, other=other, size=[1, 2])
    assert readable(catalogue) == [True, True]
    assert catalogue.attributes_of(1) == {"size": 2}
    assert any("'other' is left out" in note for note in catalogue.notes)


def _twice(columns: Sequence[object]) -> pa.Table:
    return pa.Table.from_arrays(
        [pa.array(column) for column in columns], ["id", "x", "size", "size"]
    )


def test_of_columns_of_one_name_the_first_is_taken(tmp_path: Path) -> None:
    pq.write_table(_twice([[1, 2], [PICTURE] * 2, [3, 4], [5, 6]]), tmp_path / "shop.parquet")
    catalogue = open_catalogue(tmp_path)
    assert (readable(catalogue), catalogue.attributes_of(0)) == ([True, True], {"size": 3})
    assert any("more than one column 'size'" in note for note in catalogue.notes)


def test_a_table_in_parquet_with_columns_of_one_name_is_read(tmp_path: Path) -> None:
    draw(tmp_path, "a.png")
    table = _twice([["x"], ["a.png"], [3], [5]]).rename_columns(["id", "file_name", "size", "size"])
    pq.write_table(table, tmp_path / "metadata.parquet")
    assert open_catalogue(tmp_path).attributes_of(0) == {"size": 3, "size (2)": 5}


def test_of_columns_of_ids_the_first_without_a_gap_is_taken(tmp_path: Path) -> None:
    catalogue = opened(tmp_path, id=["a", None], SKU=["b", "c"], img=[PICTURE] * 2)
    assert list(catalogue.ids) == ["b", "c"]
    with pytest.raises(CatalogueError, match="has no 'id' in row 2"):
        opened(tmp_path, id=["a", None], img=[PICTURE] * 2)


def test_bytes_that_are_no_pictures_are_none(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no column of pictures"):
        opened(tmp_path, id=[1, 2], img=[b"<html>", b""], more=pa.array([[b"x"], []]))
