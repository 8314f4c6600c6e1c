"""The graph of a catalogue's next version takes what is new, and finds what an exact scan finds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import (
    EMBEDDINGS,
    BuiltCatalogue,
    FileRecord,
    SearchRecord,
    write_embeddings,
)
from pipeline.index import Metric, carry_index
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import HnswIndex
from pipeline.index.search import note_made_here
from pipeline.settings import Settings

BEFORE, KEPT, NEW, DIMENSION = 1500, 1440, 60, 48


def draw(chance: np.random.Generator, count: int) -> np.ndarray:
    spread = np.linspace(1, 0.1, DIMENSION)
    return (chance.normal(size=(count, DIMENSION)) * spread).astype(np.float32)


@pytest.mark.parametrize("metric", Metric)
def test_what_is_new_is_found_and_what_is_gone_is_not(metric: Metric, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    before = draw(chance, BEFORE)
    index = HnswIndex.make(before, metric)
    kept = chance.permutation(BEFORE)[:KEPT]
    places = chance.permutation(KEPT + NEW)  # items come anywhere between the others
    now = np.empty((KEPT + NEW, DIMENSION), np.float32)
    now[places] = np.concatenate([before[kept], draw(chance, NEW)])
    moved = np.full(BEFORE, -1)
    moved[kept] = places[:KEPT]
    changed = index.carry(now, moved)
    assert changed == pytest.approx((BEFORE - KEPT + NEW) / (BEFORE + NEW))
    assert index.judge() >= 0.99
    index.write(tmp_path / "graph.faiss")
    carried = HnswIndex.read(tmp_path / "graph.faiss", now, metric, index.width)
    exact, queries = ExactIndex(now, metric), np.concatenate([now[places[-20:]], draw(chance, 20)])
    allowed = chance.random(len(now)) < 0.3
    for among in (None, allowed):
        found, scores = carried.search(queries, 5, among)
        expected, best = exact.search(queries, 5, among)
        same = found == expected
        assert same.mean() >= 0.98
        np.testing.assert_array_equal(scores[same], best[same])
    with pytest.raises(ValueError, match="not"):
        HnswIndex.read(tmp_path / "graph.faiss", now[:-1], metric, index.width)


@pytest.mark.parametrize("fault", ["", "damaged", "made elsewhere"])
def test_a_graph_is_carried_on_unless_it_is_damaged_or_anothers(
    built: BuiltCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("pipeline.index.carrying.MOST_CHANGED", 0.5)
    before = shutil.copytree(built.folder, tmp_path / "before")
    made_of = FileRecord.of(before / EMBEDDINGS).sha256
    records = []
    for metric in Metric:
        path = before / f"search-{metric}.faiss"
        index = HnswIndex.make(built.embeddings, metric)
        index.write(path)
        record = FileRecord.of(path)
        if fault != "made elsewhere":
            note_made_here(record)
        records.append(SearchRecord(metric, "hnsw", index.width, 1.0, record, made_of))
    if fault == "damaged":
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    now = tmp_path / "now"
    now.mkdir()
    write_embeddings(now / EMBEDDINGS, [built.embeddings[1:]], 7, built.embeddings.shape[1])
    opened = BuiltCatalogue(before, replace(built.manifest, search=tuple(records)))
    carried = carry_index(opened, np.arange(8) - 1, now)
    if fault:
        # Made anew: a catalogue this small has none.
        assert carried == ()
        return
    assert len(carried) == 2
    for record_now in carried:
        assert (Settings.read().home / "indexes" / record_now.file.sha256).is_file()
        metric = Metric(record_now.metric)
        path = now / record_now.file.name
        index = HnswIndex.read(path, built.embeddings[1:], metric, record_now.width)
        rows, _ = index.search(np.asarray(built.embeddings), 1)
        assert rows[1:, 0].tolist() == list(range(7))
