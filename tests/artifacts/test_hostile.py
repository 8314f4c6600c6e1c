"""A built catalogue from a stranger, whose checksums all fit, is refused with one sentence."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.artifacts import (
    EMBEDDINGS,
    MANIFEST,
    BuiltCatalogue,
    FileRecord,
    open_built,
    write_embeddings,
)
from pipeline.errors import ArtifactError
from tests.artifacts.test_artifacts import edit_manifest

ITEMS = "items-00000.parquet"


@pytest.fixture
def copy(built: BuiltCatalogue, tmp_path: Path) -> Path:
    return shutil.copytree(built.folder, tmp_path / "copy")


def believe(folder: Path) -> None:
    """Let the manifest describe the files as they are now."""

    def renew(fields: dict) -> None:
        for record in fields["files"]:
            record.update(asdict(FileRecord.of(folder / record["name"])))

    edit_manifest(folder, renew)


def with_table(change: Callable[[pa.Table], pa.Table], **options: object) -> Callable:
    def apply(folder: Path) -> None:
        table = change(pq.read_table(folder / ITEMS))
        pq.write_table(table, folder / ITEMS, **({"row_group_size": 16} | options))

    return apply


def with_numbers(value: float) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        embeddings = np.array(open_built(folder).embeddings)
        embeddings[3, 5] = value
        write_embeddings(folder / EMBEDDINGS, [embeddings], *embeddings.shape)

    return apply


def column(name: str, values: pa.Array) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        if name not in table.column_names:
            return table.append_column(name, values)
        return table.set_column(table.column_names.index(name), name, values)

    return change


def with_header(header: object) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        data = json.dumps(header).encode()
        numbers = (folder / EMBEDDINGS).read_bytes()[-8 * 32 * 4 :]
        (folder / EMBEDDINGS).write_bytes(len(data).to_bytes(8, "little") + data + numbers)

    return apply


def listing(*names: str) -> Callable[[Path], None]:
    """Let the manifest list these files, each of which is there."""

    def apply(folder: Path) -> None:
        for name in set(names) - {EMBEDDINGS, ITEMS}:
            shutil.copy(folder / ITEMS, folder / name)
        edit_manifest(
            folder,
            lambda fields: fields.update(
                files=[{"name": name, "bytes": 0, "sha256": ""} for name in names]
            ),
        )

    return apply


def folder_instead(folder: Path) -> None:
    (folder / ITEMS).unlink()
    (folder / ITEMS).mkdir()


LONG = "x" * 10_000_000
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a number that is none": (with_numbers(np.nan), "infinite, or none"),
    "a number whose square is infinite": (with_numbers(-3e38), "too large to be searched"),
    "an infinite number": (with_numbers(np.inf), "infinite, or none"),
    "a text that unpacks to 80 MB": (
        with_table(column("baseColour", pa.array([LONG] * 8))),
        "larger than any that is built|unpack to",
    ),
    "large texts that unpack to 80 MB": (
        with_table(column("long", pa.array([LONG] * 8, pa.large_string()))),
        "larger than any that is built|unpack to",
    ),
    "a denser packing": (with_table(lambda table: table, compression="gzip"), "no build packs"),
    "one item less": (with_table(lambda table: table.slice(1)), "7 items"),
    "an item twice": (
        with_table(lambda table: pa.concat_tables([table.slice(0, 7), table.slice(0, 1)])),
        "that of another",
    ),
    "an item without an id": (
        with_table(column("id", pa.array([None] * 8, pa.string()))),
        "has no id",
    ),
    "ids that are numbers": (with_table(column("id", pa.array(range(8)))), "no column 'id'"),
    "no ids": (with_table(lambda table: table.drop_columns(["id"])), "no column 'id'"),
    "no pictures": (with_table(lambda table: table.drop_columns(["image"])), "column 'image'"),
    "pictures that are texts": (
        with_table(column("image", pa.array(["a"] * 8))),
        "no column 'image'",
    ),
    "a nested attribute": (
        with_table(column("deep", pa.array([[[1]]] * 8))),
        "the attribute 'deep'",
    ),
    "an attribute of bytes": (
        with_table(column("raw", pa.array([b"\xff"] * 8))),
        "the attribute 'raw'",
    ),
    "no parquet": (lambda folder: (folder / ITEMS).write_bytes(b"PAR1"), "damaged"),
    "an empty file": (lambda folder: (folder / ITEMS).write_bytes(b""), "damaged"),
    "no header": (lambda folder: (folder / EMBEDDINGS).write_bytes(b"\xff" * 2048), "header"),
    "a header that is a list": (with_header([1]), "header"),
    "a shape below zero": (
        with_header(
            {"embeddings": {"dtype": "F32", "shape": [-8, -32], "data_offsets": [0, 1024]}}
        ),
        "holds",
    ),
    "numbers of another type": (
        with_header({"embeddings": {"dtype": "F16", "shape": [8, 32], "data_offsets": [0, 1024]}}),
        "holds",
    ),
    "numbers behind the end": (
        with_header(
            {"embeddings": {"dtype": "F32", "shape": [8, 32], "data_offsets": [9000, 10024]}}
        ),
        "cut short",
    ),
    "a file twice": (listing(EMBEDDINGS, ITEMS, ITEMS), "twice"),
    "a file of another kind": (listing(EMBEDDINGS, ITEMS, "setup.py"), "setup.py"),
    "files in another order": (
        listing(EMBEDDINGS, "items-00001.parquet", ITEMS),
        "out of order",
    ),
    "no items": (listing(EMBEDDINGS), "out of order, or none"),
    "a folder for a file": (folder_instead, "is missing"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_folder_is_refused_with_one_sentence(copy: Path, kind: str) -> None:
    change, sentence = HOSTILE[kind]
    change(copy)
    if all((copy / name).is_file() for name in (ITEMS, EMBEDDINGS)):
        believe(copy)
    with pytest.raises(ArtifactError, match=sentence) as caught:
        open_built(copy)
    assert "\n" not in str(caught.value)
    assert "Build it again" in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_file_that_is_a_link_out_of_the_folder_is_refused(copy: Path, tmp_path: Path) -> None:
    (copy / ITEMS).rename(tmp_path / ITEMS)
    (copy / ITEMS).symlink_to(tmp_path / ITEMS)
    with pytest.raises(ArtifactError, match="link to a file outside"):
        open_built(copy)


def test_a_folder_that_lies_behind_a_link_opens(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(copy)
    assert len(open_built(tmp_path / "link")) == 8


def test_a_manifest_that_is_a_folder_is_damaged(copy: Path) -> None:
    (copy / MANIFEST).unlink()
    (copy / MANIFEST).mkdir()
    with pytest.raises(ArtifactError, match="damaged"):
        open_built(copy)


@pytest.mark.parametrize("picture", [None, {"bytes": None, "path": "a.png"}])
def test_a_thumbnail_that_is_not_there_is_one_sentence(copy: Path, picture: dict | None) -> None:
    """Found out when it is shown, since no thumbnail is read before."""
    kind = pq.read_table(copy / ITEMS).schema.field("image").type
    pictures = pq.read_table(copy / ITEMS)["image"].to_pylist()
    pictures[3] = picture
    with_table(column("image", pa.array(pictures, kind)))(copy)
    believe(copy)
    opened = open_built(copy)
    assert opened.thumbnail(2)
    with pytest.raises(ArtifactError, match=r"^[^\n]*Build it again[^\n]*$"):
        opened.thumbnail(3)


def test_a_thumbnail_in_a_damaged_page_is_one_sentence(copy: Path) -> None:
    (place,) = [
        chunk.data_page_offset
        for chunk in map(
            pq.ParquetFile(copy / ITEMS).metadata.row_group(0).column,
            range(pq.ParquetFile(copy / ITEMS).metadata.num_columns),
        )
        if chunk.path_in_schema == "image.bytes"
    ]
    data = bytearray((copy / ITEMS).read_bytes())
    data[place : place + 12] = b"\xff" * 12
    (copy / ITEMS).write_bytes(data)
    believe(copy)
    with pytest.raises(ArtifactError, match="Build it again"):
        open_built(copy).thumbnail(0)
