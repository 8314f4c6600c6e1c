"""The table of models that the choice of BM25 rests on: every model, on both windows, measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from pipeline.events import read_events
from tests.evaluation.people.test_people import write_log
from tools import compare_log_models


def test_every_model_is_measured_beside_bm25(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(compare_log_models.models())
    assert {name.split(",")[0] for name in known} == {"BM25", "ALS", "BPR"}
    few = [one for one in known.items() if "128" not in one[0] and "alpha 20" not in one[0]]
    monkeypatch.setattr(compare_log_models, "models", lambda: iter(few))
    with threadpool_limits(1, "blas"):
        events = read_events(write_log(tmp_path / "events.csv", has_tastes=True))
        rows = [line.split(" | ") for line in compare_log_models.compare(events)][2:]
    names = ("BM25", "ALS", "BPR")
    windows = ("| before the last", "| last")
    wanted = [(window, name) for window in windows for name in names]
    assert [(row[0], row[1].split(",")[0]) for row in rows] == wanted
    for row in rows:
        assert float(row[2].split(" ")[0]) > 0
        assert (row[1] == "BM25") == row[3].startswith("+0.0000 (+0.0000 to +0.0000)")
