"""A damaged or foreign built catalogue is refused with one sentence and the way out."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import (
    MANIFEST,
    BuiltCatalogue,
    FileRecord,
    SearchRecord,
    open_built,
    write_tensors,
)
from pipeline.errors import ArtifactError
from pipeline.events import read_events
from pipeline.learning import learn_beside
from tests.learning.test_learning import write_events

Change = Callable[[dict], object]


@pytest.fixture
def copy(built: BuiltCatalogue, tmp_path: Path) -> Path:
    return shutil.copytree(built.folder, tmp_path / "copy")


def edit_manifest(folder: Path, change: Change) -> None:
    fields = json.loads((folder / MANIFEST).read_text())
    change(fields)
    (folder / MANIFEST).write_text(json.dumps(fields))


def test_an_untouched_copy_opens(copy: Path, built: BuiltCatalogue) -> None:
    opened = open_built(copy)
    assert opened.ids == built.ids
    assert opened.attributes(0)["articleType"] in {"disc", "square"}


def test_its_manifest_names_each_file_of_a_build_once(copy: Path, built: BuiltCatalogue) -> None:
    learn_beside(read_events(write_events(copy.with_suffix(".csv")), items=built.ids), copy)
    manifest = open_built(copy).manifest
    there = {file.name for file in copy.iterdir()} - {MANIFEST, "version.json"}
    assert sorted(record.name for record in manifest.all_files) == sorted(there)
    assert {"learnt.safetensors", "plane.safetensors", "words.json"} <= there
    graph = FileRecord("search-cosine.faiss", 1, "")
    searched = SearchRecord("cosine", "graph", 64, 0.99, graph, "")
    assert graph in replace(manifest, search=(searched, searched)).all_files


def test_a_catalogue_that_nobody_holds_any_longer_takes_no_memory(copy: Path) -> None:
    opened = open_built(copy)
    assert opened.thumbnail(0)
    held = weakref.ref(opened), weakref.ref(opened.ids)
    gc.disable()  # which would find rings of objects, whenever it comes to look
    try:
        del opened
        assert [each() for each in held] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["embeddings.safetensors", "items-00000.parquet"])
def test_a_flipped_byte_is_found(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ArtifactError, match=rf"{name} is not the file.*Build it again"):
        open_built(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "items-00000.parquet").unlink()
    with pytest.raises(ArtifactError, match=r"items-00000.parquet is missing"):
        open_built(copy)


def test_a_folder_without_a_manifest_is_no_built_catalogue(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no built catalogue at"):
        open_built(tmp_path)


def test_a_cut_manifest_is_damaged(copy: Path) -> None:
    text = (copy / MANIFEST).read_text()
    (copy / MANIFEST).write_text(text[: len(text) // 2])
    with pytest.raises(ArtifactError, match="is damaged"):
        open_built(copy)


def test_another_format_version_is_named(copy: Path) -> None:
    edit_manifest(copy, lambda fields: fields.update(format_version=99))
    with pytest.raises(ArtifactError, match="format version 99; this version of Lookalike reads 1"):
        open_built(copy)


HOSTILE: dict[str, Change] = {
    "a path that leaves the folder": lambda f: f["files"][0].update(name="../../etc/passwd"),
    "an absolute path": lambda f: f["files"][0].update(name="/etc/passwd"),
    "a count that is not there": lambda f: f.update(count=10**7),
    "a count in words": lambda f: f.update(count="eight"),
    "a negative count": lambda f: f.update(count=-1),
    "a huge dimension": lambda f: f["encoder"].update(dimension=10**9),
    "a count with a point": lambda f: f.update(count=8.0),
    "a dimension with a point": lambda f: f["encoder"].update(dimension=32.0),
    "a smaller dimension": lambda f: f["encoder"].update(dimension=16),
    "a checksum that is a number": lambda f: f["encoder"].update(weights_sha256=7),
    "a file name that is a number": lambda f: f["files"][0].update(name=7),
    "skipped items that are text": lambda f: f.update(skipped="none"),
    "a field too many": lambda f: f.update(run="rm -rf /"),
    "a field too few": lambda f: f.pop("encoder"),
    "no files": lambda f: f.update(files=[]),
    "files that are text": lambda f: f.update(files="items"),
    "no embeddings": lambda f: f["files"].pop(0),
    "no items": lambda f: f["files"].pop(),
    "a count and a dimension below zero": lambda f: (
        f.update(count=-8),
        f["encoder"].update(dimension=-32),
    ),
    "a search index that is a number": lambda f: f.update(search=[5]),
    "a search index that is a list": lambda f: f.update(search=[[]]),
    "a skipped item with a number for its id": lambda f: f.update(
        skipped=[{"id": 5, "reason": ""}]
    ),
    "versions that are a number": lambda f: f.update(versions=7),
    "a fingerprint that is nothing": lambda f: f.update(catalogue_fingerprint=None),
    "preprocessing that is text": lambda f: f["encoder"].update(preprocessing="none"),
    "half a letter": lambda f: f.update(catalogue="\ud800"),
    "a version that is true": lambda f: f.update(format_version=True),
    "search that is text": lambda f: f.update(search="faiss"),
    "closeness that is text": lambda f: f.update(closeness="near"),
    "closeness without a bound": lambda f: f["closeness"][0].pop("farthest"),
    "a bound that is no number": lambda f: f["closeness"][0].update(farthest=float("nan")),
    "a bound without an end": lambda f: f["closeness"][1].update(farthest=float("inf")),
    "a bound in words": lambda f: f["closeness"][0].update(shortest="short"),
    "a bound that is true": lambda f: f["closeness"][0].update(shortest=True),
    "a negative distance": lambda f: f["closeness"][0]["distances"].insert(0, -1.0),
    "distances out of order": lambda f: f["closeness"][0]["distances"].append(0.0),
    "distances in words": lambda f: f["closeness"][0].update(distances="near"),
    "a distance that is text": lambda f: f["closeness"][0]["distances"].insert(0, "near"),
    "a million distances": lambda f: f["closeness"][0].update(distances=[1.0] * 10**6),
    "closeness by another metric": lambda f: f["closeness"][0].update(metric=7),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_manifest_is_refused(copy: Path, change: Change) -> None:
    edit_manifest(copy, change)
    with pytest.raises(ArtifactError, match=r"damaged.*Build it again"):
        open_built(copy)


def test_a_manifest_that_is_a_list_is_refused(copy: Path) -> None:
    (copy / MANIFEST).write_text("[]")
    with pytest.raises(ArtifactError, match="format version None"):
        open_built(copy)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_tensors(Path("/dev/full"), {"numbers": np.zeros(100_000, np.float32)})
