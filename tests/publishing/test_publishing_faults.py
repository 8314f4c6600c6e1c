"""What goes wrong on the way, and what strangers publish: nothing half done, nothing believed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import STARTER_ENCODER, load_encoder
from tests.support.hub_server import LocalHub
from tests.support.publishing import Machine

DIMENSION = STARTER_ENCODER.dimension

MANIFEST, DATA = "manifest.json", "data/train-00000-of-00001.parquet"
Files = dict[str, bytes]


@pytest.fixture
def stranger(hub: LocalHub, tmp_path: Path) -> Machine:
    """A machine that pulls, with nothing in its caches."""
    return Machine(hub, tmp_path / "stranger")


@pytest.fixture(scope="module")
def built(shop_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """Made by an encoder that everybody has, so that none goes along."""
    starter = load_encoder("starter", precision="fp32")
    return build(open_catalogue(shop_folder), starter, tmp_path_factory.mktemp("built") / "shop")


@pytest.fixture(scope="module")
def published(hub: LocalHub, shop: Machine, built: BuiltCatalogue) -> Files:
    """The files of a sound publication."""
    shop.answer("push", "me/sound", "--artifacts", built.folder, "--licence", "mit")
    return hub.files("dataset", "me/sound")


@pytest.fixture(scope="module")
def hostile(
    hub: LocalHub, published: Files, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Machine, dict[str, str]]:
    """A machine that has pulled every hostile publication, and what it was told of each."""
    machine = Machine(hub, tmp_path_factory.mktemp("pulling"))
    names = {kind: f"they/{re.sub('[^a-z]+', '-', kind.lower())}" for kind in HOSTILE}
    for kind, (change, _) in HOSTILE.items():
        hub.commit("dataset", names[kind], change(published))
    said = machine.pull_each(list(names.values()))
    return machine, {kind: said[name] for kind, name in names.items()}


def changed(**values: Any) -> Callable[[Files], Files]:
    """The same publication with another manifest."""

    def change(files: Files) -> Files:
        manifest = json.loads(files[MANIFEST]) | values
        return files | {MANIFEST: json.dumps(manifest).encode()}

    return change


def renamed(name: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        manifest = json.loads(files[MANIFEST])
        manifest["files"][0]["name"] = name
        return files | {MANIFEST: json.dumps(manifest).encode()}

    return change


def repacked(change_table: Callable[[pa.Table], pa.Table]) -> Callable[[Files], Files]:
    """Another table under a manifest whose checksum fits it."""

    def change(files: Files) -> Files:
        sink = pa.BufferOutputStream()
        table = change_table(pq.read_table(pa.BufferReader(files[DATA])))
        pq.write_table(table, sink, compression="none", use_dictionary=False)
        data = sink.getvalue().to_pybytes()
        manifest = json.loads(files[MANIFEST])
        record = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest["files"][0] |= record
        return files | {DATA: data, MANIFEST: json.dumps(manifest).encode()}

    return change


def other_embeddings(table: pa.Table) -> pa.Table:
    doubles = pa.array([[0.5] * DIMENSION] * len(table), pa.list_(pa.float64(), DIMENSION))
    return table.drop_columns(["embedding"]).append_column("embedding", doubles)


def other_pictures(table: pa.Table) -> pa.Table:
    page = {"bytes": b"<script>alert(1)</script>", "path": "../../page.html"}
    pictures = pa.array([page] * len(table), table.schema.field("image").type)
    return table.set_column(table.column_names.index("image"), "image", pictures)


def nested_attribute(table: pa.Table) -> pa.Table:
    return table.append_column("deep", pa.array([[[1]]] * len(table)))


ENCODER_PATH: dict[str, Any] = {
    "name": "/etc",
    "revision": None,
    "weights_sha256": "0",
    "preprocessing": {},
}
HOSTILE: dict[str, tuple[Callable[[Files], Files], str]] = {
    "a newer format": (changed(format_version=2), "format version 2; this version .* reads 1"),
    "a huge count": (changed(count=10**12), "is damaged"),
    "a count below zero": (changed(count=-1), "is damaged"),
    "a count that is text": (changed(count="8"), "is damaged"),
    "one item more": (changed(count=9), "do not hold the items"),
    "an encoder that is a folder": (
        changed(encoder=ENCODER_PATH | {"dimension": DIMENSION}),
        "names no repository of the hub",
    ),
    "a file elsewhere": (renamed("../../../etc/passwd"), "no plain file name"),
    "a file of another name": (renamed("setup.py"), "is damaged"),
    "no JSON": (lambda files: files | {MANIFEST: b"{"}, "is damaged"),
    "deep JSON": (lambda files: files | {MANIFEST: b"[" * 100_000}, "is damaged"),
    "a list": (lambda files: files | {MANIFEST: b"[1]"}, "format version None"),
    "a changed file": (
        lambda files: files | {DATA: files[DATA][:-1] + b"!"},
        "is not the file that its manifest describes",
    ),
    "a missing file": (
        lambda files: {path: data for path, data in files.items() if path != DATA},
        "is not the file of .* that its manifest lists",
    ),
    "embeddings of doubles": (repacked(other_embeddings), "no column 'embedding'"),
    "a web page for a picture": (repacked(other_pictures), "not a picture"),
    "a nested attribute": (repacked(nested_attribute), "the attribute 'deep'"),
    "no pictures, and a folder as their source": (
        repacked(lambda table: table.drop_columns(["image"])),
        "names no repository of the hub",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_a_stranger_publishes_is_checked_before_it_is_believed(
    hostile: tuple[Machine, dict[str, str]], kind: str
) -> None:
    machine, said = hostile
    _, sentence = HOSTILE[kind]
    assert re.search(sentence, said[kind]), said[kind]
    assert not list(machine.folder.glob("home/catalogues/*/manifest.json"))


def test_code_in_a_repository_is_not_even_downloaded(
    hub: LocalHub, published: Files, stranger: Machine
) -> None:
    extra = {"hostile.py": b"raise SystemExit", "data/train-x.pkl": b"\x80", "evil.json": b"{}"}
    hub.commit("dataset", "they/code", published | extra)
    hub.calls.clear()
    assert stranger.answer("pull", "they/code")["items"] == 8
    fetched = [call for call in hub.calls if "/resolve/" in call and call.startswith("GET")]
    assert {call.rsplit("/", 1)[-1] for call in fetched} == {MANIFEST, Path(DATA).name}


@pytest.mark.parametrize(
    ("pattern", "status"),
    [("POST .*preupload", 429), ("PUT /lfs", 500), ("PUT /lfs", None), ("GET .*train-0", None)],
)
def test_a_fault_on_the_way_is_tried_again(
    hub: LocalHub,
    shop: Machine,
    stranger: Machine,
    built: BuiltCatalogue,
    pattern: str,
    status: int | None,
) -> None:
    name = f"me/fault-{len(pattern)}-{status}"
    hub.forget_contents()
    hub.fail(pattern, times=1, status=status)
    shop.answer("push", name, "--artifacts", built.folder, "--licence", f"other-{status}")
    assert stranger.answer("pull", name)["items"] == 8
    assert hub.faults == []


@pytest.mark.parametrize(("pattern", "status"), [("POST .*/commit/", 500), ("PUT /lfs", 403)])
def test_a_push_that_fails_leaves_nothing_half_published(
    hub: LocalHub,
    shop: Machine,
    stranger: Machine,
    built: BuiltCatalogue,
    pattern: str,
    status: int,
) -> None:
    name = f"me/broken-{status}"
    arguments = ("push", name, "--artifacts", built.folder, "--licence", f"other-{status}")
    hub.forget_contents()
    hub.fail(pattern, times=99, status=status)
    refusal = shop.refusal(*arguments)
    hub.faults.clear()
    assert name in refusal
    assert "no published catalogue" in stranger.refusal("pull", name)
    shop.answer(*arguments)
    assert stranger.answer("pull", name)["items"] == 8
