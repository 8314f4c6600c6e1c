"""By which model a log speaks: ALS where it did surely better than BM25 on the log's own window."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from scipy.sparse import random as draw
from threadpoolctl import threadpool_limits

from pipeline.artifacts import FileRecord, LearntRecord
from pipeline.cli import main
from pipeline.learning import LEARNT, Learnt, find_neighbours
from pipeline.learning.counting import factors
from pipeline.learning.counting.factors import ALPHA, FACTORS, REGULARISATION

PEOPLE, ITEMS, TASTE = 1000, 1500, 20


def write_log(path: Path) -> Path:
    """Made-up people who choose five of twenty items in a row, in an order, few of them the same.

    Where so few share an item, ALS finds that items lie near that nobody chose together.
    """
    drawn = random.Random(0)
    lines = ["user,item,position"]
    for person in range(PEOPLE):
        first = drawn.randrange(ITEMS)
        for number, item in enumerate(drawn.sample(range(first, first + TASTE), 5)):
            lines.append(f"p{person},i{item % ITEMS},{number}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("log") / "events.csv")


def test_als_speaks_where_it_did_surely_better_and_says_so(
    order: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["learn", str(order), "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith("; the log speaks by ALS.\n")
    told = json.loads((out / "learnt.json").read_text())
    assert told["model"] == "als"
    record = LearntRecord(**told | {"file": FileRecord.of(out / LEARNT)})
    learnt = Learnt.read(out / LEARNT, record)
    places = np.array([int(item[1:]) for item in learnt.ids])
    near = [places[row.indices[:5]] for row in learnt.neighbours]
    apart = np.concatenate([np.abs(n - p) for n, p in zip(near, places, strict=True)])
    assert np.mean(np.minimum(apart, ITEMS - apart) < TASTE) > 0.95


def test_evaluating_says_which_and_why(
    order: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--events", str(order), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "The log speaks by ALS, which did surely better than BM25 in the window before" in said
    chosen = json.loads((tmp_path / "people.json").read_text())["chosen"]
    assert chosen["model"] == "als"
    assert 0 < chosen["gain"]["low"] < chosen["gain"]["mean"] < chosen["gain"]["high"]


def test_neighbours_are_the_products_of_implicits_own_factors() -> None:
    people = csr_matrix(draw(60, 40, 0.1, rng=0) * 3)
    people.data += 1
    found = find_neighbours(people, "als")
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            FACTORS, alpha=ALPHA, regularization=REGULARISATION, random_state=0
        )
        model.fit(people.astype(np.float32), show_progress=False)
    items = model.item_factors.astype(np.float64)
    wanted = items @ np.linalg.solve(items.T @ items + REGULARISATION * np.eye(FACTORS), items.T)
    np.fill_diagonal(wanted, 0)
    assert found.toarray() == pytest.approx(np.maximum(wanted, 0), abs=1e-4)
    again = find_neighbours(people, "als")
    assert (found.data == again.data).all(), "the same every time"
    for row in found:
        assert (np.diff(row.data) <= 0).all(), "the nearest first"


def test_of_a_long_log_people_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    people = csr_matrix(np.kron(np.eye(2), np.ones((50, 4))))
    monkeypatch.setattr(factors, "MOST_CHOICES", 200)
    drawn = factors._drawn(people)
    assert drawn.nnz == 200
    near = find_neighbours(people, "als").toarray()
    assert near[:4, :4].min() == 0 < np.sort(near[:4, :4], axis=None)[4]
    assert near[:4, 4:].max() < 0.1 * near.max(), "nobody chose of both"
