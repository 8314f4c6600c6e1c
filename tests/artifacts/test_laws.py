"""Laws of manifests: what is written is read, and what is damaged is refused with one sentence."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.artifacts import (
    EMBEDDINGS,
    FLOAT32_BYTES,
    MANIFEST,
    BuiltCatalogue,
    FileRecord,
    Manifest,
    RuntimeRecord,
    SearchRecord,
    SkippedItem,
    map_embeddings,
    open_built,
)
from pipeline.encoder import EncoderIdentity
from pipeline.errors import ArtifactError
from pipeline.index import Metric, open_index
from tests.support.fuzzing import tries

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.integers(0, 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True)
FILES = st.builds(FileRecord, NAMES, st.integers(0, 2**50), TEXTS)
DIMENSION = 8
COUNTS = st.integers(1, 10**6)
MANIFESTS = st.builds(
    lambda count, more, **fields: Manifest(
        count=count,
        files=(FileRecord(EMBEDDINGS, count * DIMENSION * FLOAT32_BYTES + 80, "0"), *more),
        **fields,
    ),
    count=COUNTS,
    more=st.lists(FILES, max_size=3),
    catalogue=TEXTS,
    catalogue_revision=st.none() | TEXTS,
    catalogue_fingerprint=TEXTS,
    encoder=st.builds(
        EncoderIdentity,
        TEXTS,
        st.none() | TEXTS,
        TEXTS,
        st.dictionaries(TEXTS, VALUES, max_size=3),
        st.just(DIMENSION),
    ),
    skipped=st.lists(st.builds(SkippedItem, TEXTS, TEXTS), max_size=3).map(tuple),
    versions=st.dictionaries(TEXTS, TEXTS, max_size=3),
    runtime=st.none()
    | st.builds(
        RuntimeRecord, TEXTS, TEXTS, st.none() | st.dictionaries(TEXTS, NUMBERS, max_size=3)
    ),
    search=st.lists(
        st.builds(SearchRecord, TEXTS, TEXTS, COUNTS, st.floats(0, 1), FILES, TEXTS), max_size=2
    ).map(tuple),
)


@tries(40)
@given(manifest=MANIFESTS)
def test_a_manifest_that_is_read_equals_what_was_written(manifest: Manifest) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest.write(folder)
        written = (folder / MANIFEST).read_bytes()
        read = Manifest.read(folder)
        assert read == manifest
        # Down to the byte, so that what has not changed is not published again.
        read.write(folder)
        assert (folder / MANIFEST).read_bytes() == written


Place = tuple[str | int, ...]


def places(value: Any, here: Place = ()) -> list[Place]:
    """Every place in a JSON value, from the whole to the leaves."""
    if not isinstance(value, dict | list):
        return [here]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [here, *(place for key, part in inner for place in places(part, (*here, key)))]


def replaced(value: Any, place: Place, new: Any) -> Any:
    """The same JSON value with another one at a place."""
    if not place:
        return new
    key, *rest = place
    inner = replaced(value[key], tuple(rest), new)
    if isinstance(value, dict):
        return value | {key: inner}
    return [inner if number == key else part for number, part in enumerate(value)]


FILE = FileRecord(EMBEDDINGS, 1000, "0")
WHOLE = Manifest(
    catalogue="photos",
    catalogue_revision=None,
    catalogue_fingerprint="0",
    encoder=EncoderIdentity("encoder", None, "0", {"size": {"shortest_edge": 224}}, DIMENSION),
    count=3,
    skipped=(SkippedItem("photo.png", "It is empty."),),
    files=(FILE,),
    versions={"numpy": "2.4.6"},
    runtime=RuntimeRecord("torch", "fp32", {"mean_cosine": 1.0}),
    search=(SearchRecord("cosine", "hnsw", 48, 1.0, FILE, "0"),),
)
FIELDS = json.loads(json.dumps(asdict(WHOLE)))


@given(place=st.sampled_from(places(FIELDS)), value=VALUES)
@example(place=("search",), value=[5])
@example(place=("search",), value=[[]])
@example(place=("encoder", "preprocessing"), value="none")
@example(place=("runtime", "guard"), value="none")
@example(place=("skipped", 0, "id"), value=None)
@example(place=("search", 0, "width"), value="wide")
def test_a_manifest_with_anything_in_any_place_is_read_or_refused(place: Place, value: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        damaged = replaced(FIELDS, place, value)
        (folder / MANIFEST).write_text(json.dumps(damaged), encoding="utf-8")
        refusal = ""
        try:
            # What is taken is of the types that it claims: nothing else stands for them.
            assert json.loads(json.dumps(asdict(Manifest.read(folder)))) == damaged
        except ArtifactError as error:
            refusal = str(error)
        assert re.fullmatch(r"(The .*Build it again.*)?", refusal)


@given(text=st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()))
@example(text=b"[" * 100_000)
@example(text=b'{"format_version": ' + b"9" * 5000 + b"}")
@example(text=b'{"format_version": NaN}')
@example(text=b'{"format_version": 1, "catalogue": "\\ud800"}')
@example(text=b"\xff\xfe")
def test_any_bytes_that_are_no_manifest_are_refused(text: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / MANIFEST).write_bytes(text)
        with pytest.raises(ArtifactError, match=r"^[^\n]*Build it again[^\n]*$"):
            Manifest.read(Path(name))


@tries(30)
@given(data=st.data())
def test_a_built_catalogue_with_anything_in_its_manifest_is_opened_or_refused(
    built: BuiltCatalogue, data: st.DataObject
) -> None:
    fields = json.loads((built.folder / MANIFEST).read_text(encoding="utf-8"))
    place = data.draw(st.sampled_from(places(fields)))
    damaged = replaced(fields, place, data.draw(VALUES))
    with tempfile.TemporaryDirectory() as name:
        folder = shutil.copytree(built.folder, Path(name) / "copy")
        (folder / MANIFEST).write_text(json.dumps(damaged), encoding="utf-8")
        with contextlib.suppress(ArtifactError):
            opened = open_built(folder)
            assert opened.ids == built.ids
            assert open_index(opened, Metric.COSINE).search(opened.embeddings[:1], 1)[0] == [[0]]


@given(header=st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()))
@example(header=b"[" * 9000)
@example(header=b'{"embeddings": 7}')
@example(header=b'{"embeddings": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}')
@example(header=b'{"embeddings": {"dtype": "F32", "shape": [1.0, 1], "data_offsets": [0, 4]}}')
@example(header=b'{"embeddings": {"shape": [1, 1], "data_offsets": [0, 4]}}')
@example(header=b'{"embeddings": {"dtype": "F32", "shape": [9, 9], "data_offsets": [0, 324]}}')
def test_any_bytes_that_are_no_embeddings_are_refused(header: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / EMBEDDINGS
        path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0\0\0")
        with pytest.raises(ValueError, match=EMBEDDINGS):
            map_embeddings(path)
