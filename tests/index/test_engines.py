"""Every search engine finds what the reference finds, with filters, and refuses what is not its."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue, open_built
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.index import Index, Metric, open_index
from pipeline.index.engines.bounded import BoundedIndex
from pipeline.index.engines.compressed import CompressedIndex
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import MIN_RECALL, HnswIndex
from pipeline.index.engines.reference import ReferenceIndex
from pipeline.index.search import make_index
from tests.support.milvus import NEEDS_LITE, in_milvus

Opener = Callable[[np.ndarray, Metric], Index]
ENGINES: dict[str, Opener] = {
    "exact": ExactIndex,
    "bounded": BoundedIndex.make,
    "hnsw": HnswIndex.make,
    "compressed": CompressedIndex.make,
    "milvus": in_milvus,
}
ENGINE = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(engine, id=name, marks=NEEDS_LITE if name == "milvus" else ())
        for name, engine in ENGINES.items()
    ],
)


@pytest.fixture(scope="module")
def clustered() -> np.ndarray:
    """3,000 embeddings in 60 clusters of uneven length, non-negative as pooled features are."""
    generator = np.random.default_rng(5)
    centres = np.abs(generator.normal(size=(60, 160)))
    rows = centres[generator.integers(60, size=3000)]
    rows = np.abs(rows + 0.3 * generator.normal(size=rows.shape))
    return (rows * generator.uniform(0.5, 2, size=(3000, 1))).astype(np.float32)


@pytest.mark.parametrize("metric", list(Metric))
@ENGINE
def test_it_finds_what_the_reference_finds(
    clustered: np.ndarray, engine: Opener, metric: Metric
) -> None:
    queries = clustered[::40] * 1.01
    truth, best = ReferenceIndex(clustered, metric).search(queries, 5)
    found, scores = engine(clustered, metric).search(queries, 5)
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    assert np.mean(shared) / 5 >= MIN_RECALL
    # What is found is scored exactly, whatever engine found it.
    same = found == truth
    np.testing.assert_allclose(scores[same], best[same], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("share", [0.5, 0.1, 0.005])
@ENGINE
def test_a_filter_leaves_only_what_it_allows(
    clustered: np.ndarray, engine: Opener, share: float, metric: Metric
) -> None:
    allowed = np.random.default_rng(1).random(len(clustered)) < share
    queries = clustered[::150]
    truth, _ = ReferenceIndex(clustered, metric).search(queries, 5, allowed)
    found, _ = engine(clustered, metric).search(queries, 5, allowed)
    assert allowed[found].all()
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    assert np.mean(shared) / 5 >= 0.98


@ENGINE
def test_every_item_can_be_asked_for(clustered: np.ndarray, engine: Opener) -> None:
    few = clustered[:150]
    found, scores = engine(few, Metric.EUCLIDEAN).search(few[:1], 150)
    assert sorted(found[0]) == list(range(150))
    assert (np.diff(scores[0]) >= 0).all()


def test_judging_widens_a_search_until_it_finds_enough(clustered: np.ndarray) -> None:
    # Noise has no clusters to walk along, so that the least width misses neighbours.
    noise = np.random.default_rng(0).normal(size=(4000, 128)).astype(np.float32)
    index = HnswIndex.make(noise, Metric.EUCLIDEAN)
    least = index.width
    assert index.judge() >= MIN_RECALL
    assert index.width > least
    easy = HnswIndex.make(clustered, Metric.EUCLIDEAN)
    assert easy.judge() >= MIN_RECALL
    assert easy.width < index.width


@pytest.fixture(params=["bounded", "hnsw", "compressed"])
def indexed(
    shop_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> BuiltCatalogue:
    """A catalogue that counts as too large for a scan, and for a bounded scan."""
    monkeypatch.setattr("pipeline.index.search.EXACT_ITEMS", 4)
    if request.param != "bounded":
        monkeypatch.setattr("pipeline.index.search.GRAPH_ITEMS", 4)
    if request.param == "compressed":
        monkeypatch.setattr("pipeline.index.search.COMPRESSED_ITEMS", 4)
        monkeypatch.setattr("pipeline.index.engines.compressed.JUDGED_AT_ONCE", 3)
    return build(open_catalogue(shop_folder), encoder, tmp_path / "built")


@pytest.mark.parametrize("metric", list(Metric))
def test_a_large_catalogue_is_built_with_indexes_that_were_judged(
    indexed: BuiltCatalogue, metric: Metric
) -> None:
    records = {record.metric: record for record in indexed.manifest.search}
    assert records[metric].recall >= MIN_RECALL
    engine = records[metric].engine
    assert ("faiss" in records[metric].file.name) == (engine != "bounded")
    index = open_index(indexed, metric)
    assert index.name == engine
    found, _ = index.search(indexed.embeddings[:], 5)
    truth, _ = ReferenceIndex(indexed.embeddings, metric).search(indexed.embeddings, 5)
    np.testing.assert_array_equal(found, truth)


def test_a_small_catalogue_is_scanned(built: BuiltCatalogue) -> None:
    assert built.manifest.search == ()
    assert open_index(built, Metric.COSINE).name == "exact"


def test_an_index_of_other_embeddings_is_refused_and_made_again(
    indexed: BuiltCatalogue, caplog: pytest.LogCaptureFixture
) -> None:
    others = tuple(replace(r, embeddings_sha256="0" * 64) for r in indexed.manifest.search)
    indexed.manifest = replace(indexed.manifest, search=others)
    with caplog.at_level(logging.WARNING):
        index = open_index(indexed, Metric.COSINE)
    assert "refused: it belongs to other embeddings" in caplog.text
    assert index.search(indexed.embeddings[3:4], 1)[0].tolist() == [[3]]


@pytest.mark.parametrize("indexed", ["hnsw", "compressed"], indirect=True)
def test_a_graph_that_was_made_elsewhere_is_not_read_but_made_once(
    indexed: BuiltCatalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A stranger's manifest has the right checksum of whatever the stranger wrote."""
    query, own = indexed.embeddings[3:4], open_index(indexed, Metric.COSINE)
    assert not caplog.text
    monkeypatch.setenv("LOOKALIKE_HOME", str(tmp_path / "another"))
    read: list[Path] = []
    reading = faiss.read_index

    def noted(path: str) -> faiss.Index:
        read.append(Path(path))
        return reading(path)

    monkeypatch.setattr(faiss, "read_index", noted)
    first = open_index(open_built(indexed.folder), Metric.COSINE)
    assert "made on another machine" in caplog.text
    assert not read
    caplog.clear()
    second = open_index(open_built(indexed.folder), Metric.COSINE)
    assert "is being made" not in caplog.text
    assert [path.parent for path in read] == [tmp_path / "another" / "indexes"]
    for index in (first, second):
        assert index.search(query, 3)[0].tolist() == own.search(query, 3)[0].tolist()


@pytest.mark.parametrize("damage", ["cut", "missing", "of another catalogue", "a link"])
def test_a_damaged_index_is_refused_and_made_again(
    indexed: BuiltCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    copy = shutil.copytree(indexed.folder, tmp_path / "copy")
    file = copy / indexed.manifest.search[0].file.name
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:100])
    elif damage == "missing":
        file.unlink()
    elif damage == "a link":
        file.rename(tmp_path / file.name)
        file.symlink_to(tmp_path / file.name)
    else:
        other, _ = make_index(np.eye(7, 9, dtype=np.float32), Metric.COSINE)
        other.write(file)
    opened = open_built(copy)
    with caplog.at_level(logging.WARNING):
        index = open_index(opened, Metric.COSINE)
    assert "is refused" in caplog.text
    assert index.search(opened.embeddings[3:4], 1)[0].tolist() == [[3]]
