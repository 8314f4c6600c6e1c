"""How well a log tells what people choose next, on logs made up so that the answer is known."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.cli import main
from pipeline.evaluation.people import evaluate_people, sentence
from pipeline.evaluation.people.contenders import BUY_AGAIN, Known, recommend_all
from pipeline.evaluation.people.figures import COLD_ITEMS, EVERYBODY, spread_of
from pipeline.events import Counts, Events, read_events
from pipeline.learning import Chosen, Weights, split_events

ITEMS, TASTES = 60, 6


def write_log(path: Path, has_tastes: bool, has_times: bool = True) -> Path:
    """Made-up people who choose within one of six tastes, or anything at all."""
    drawn = random.Random(0)
    lines = ["user,item,time" if has_times else "user,item,position"]
    for person in range(300):
        taste = range(person % TASTES, ITEMS, TASTES)
        for number in range(6):
            item = drawn.choice(taste) if has_tastes else drawn.randrange(ITEMS)
            day = drawn.randrange(1, 29)
            lines.append(f"p{person},i{item},{f'2024-02-{day:02d}' if has_times else number}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return read_events(write_log(tmp_path_factory.mktemp("log") / "events.csv", has_tastes=True))


def test_the_command_says_that_a_log_helps_which_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_log(tmp_path / "events.csv", has_tastes=True)
    assert main(["evaluate", "--events", str(path), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("This log helps: beside what is popular, a blend with it gains in")
    assert "1,800 rows" in said.err
    record = json.loads((tmp_path / "out" / "people.json").read_text())
    page = (tmp_path / "out" / "people.md").read_text()
    assert record["sentence"] in page
    assert "It is split at one moment, 2024-02-2" in page
    assert "There are no pictures of these items" in page
    means = {
        one["contender"]: one["estimate"]["mean"]
        for one in record["figures"]
        if (one["target"], one["group"], one["measure"]) == ("new", EVERYBODY, "ndcg@10")
    }
    assert means["log only"] > 3 * means["popularity of the last week"] > 0
    assert set(record["spread"]["blend"]) == {"coverage@10", "gini@10"}
    contenders = {one["contender"] for one in record["figures"] if one["target"] == "any"}
    assert BUY_AGAIN in contenders


def test_a_log_of_chance_does_not_help(tmp_path: Path) -> None:
    events = read_events(write_log(tmp_path / "events.csv", has_tastes=False))
    assert sentence(evaluate_people(events)).startswith("This log does not help")


def test_an_order_holds_out_each_last_event_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_log(tmp_path / "events.csv", has_tastes=True, has_times=False)
    assert main(["evaluate", "--events", str(path), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "people.md").read_text()
    assert "each person's last event is held out" in page
    assert "the figures are too good" in page


def test_nothing_later_than_the_split_is_looked_at(log: Events) -> None:
    split = split_events(log)
    chosen = Chosen(Weights(0.6, 0.0, 0.4), 28, 0.0)
    first = recommend_all(Known(log, split, chosen, None), bars_own=True)
    later = ~split.known
    item = log.item.copy()
    item[later] = (item[later] + 7) % len(log.ids)
    changed = Events(
        log.user, item, log.time, log.weight, log.ids, log.users, log.has_times, log.counts
    )
    again = split_events(changed)
    assert (again.people == split.people).all()
    second = recommend_all(Known(changed, again, chosen, None), bars_own=True)
    assert all((first[name] == second[name]).all() for name in first)
    own = split.before[split.people].toarray() > 0
    for lists in first.values():
        given = np.where(lists < 0, 0, lists)
        assert not (np.take_along_axis(own, given, axis=1) & (lists >= 0)).any()


def test_items_without_events_are_found_by_their_pictures(built: BuiltCatalogue) -> None:
    """Each chooses items of one shape; one item of each shape comes out in the last days alone."""
    discs, squares = (
        [n for n, item in enumerate(built.ids) if item.endswith(shape)]
        for shape in ("disc", "square")
    )
    rows = []
    for person in range(60):
        old, new = (discs[:3], discs[3]) if person % 2 else (squares[:3], squares[3])
        rows += [(person, item, 100 + person % 7 + n) for n, item in enumerate(old[:2])]
        if person % 5 == 0:
            rows.append((person, new, 5000 + person))
    user, item, time = (
        np.array(part) for part in zip(*sorted(rows, key=lambda r: r[2]), strict=True)
    )
    events = Events(
        user.astype(np.int32),
        item.astype(np.int32),
        time.astype(np.int64) * 86_400,
        np.ones(len(user), np.float32),
        list(built.ids),
        60,
        True,
        Counts(),
    )
    evaluation = evaluate_people(events, built)
    found = {
        one.contender: one.estimate.mean
        for one in evaluation.figures
        if (one.target, one.group, one.measure) == ("new", COLD_ITEMS, "recall@20")
    }
    assert found["log only"] == found["popularity of the last week"] == 0
    assert found["picture only"] > 0
    assert found["blend"] > 0


def test_what_is_too_short_or_named_wrongly_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.csv"
    path.write_text("user,item,time\nu,a,2024-01-01\nu,b,2024-01-01\n")
    assert main(["evaluate", "--events", str(path), "--out", str(tmp_path)]) == 1
    assert "The log is too short" in capsys.readouterr().err
    for wrong in (["evaluate"], ["evaluate", "starter", "--events", str(path)]):
        with pytest.raises(SystemExit, match="2"):
            main(wrong)
        assert "evaluate: error: " in capsys.readouterr().err


def test_spread_by_hand() -> None:
    all_alike = np.array([[0, 1], [2, 3]])
    assert spread_of(all_alike, 4) == {"coverage@10": 1.0, "gini@10": 0.0}
    one_alone = np.array([[3, -1], [3, -1]])
    assert spread_of(one_alone, 4) == {"coverage@10": 0.25, "gini@10": 0.75}
