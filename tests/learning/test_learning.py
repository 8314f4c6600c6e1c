"""What is learnt from events: by real libraries, on real ones where they are here, else made up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from implicit.evaluation import ranking_metrics_at_k
from implicit.nearest_neighbours import BM25Recommender, ItemItemRecommender, bm25_weight
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from pipeline.artifacts import BuiltCatalogue, FileRecord, Manifest, open_built, versions_of
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.events import read_events
from pipeline.learning import (
    MOST_NEIGHBOURS,
    Parts,
    Weights,
    best_items,
    find_neighbours,
    log_scores,
    measure_lists,
    split_events,
)
from pipeline.recommender import Answer, Recommender
from tests.conftest import SHARED_DATA

PAIRS = (("sku-0-disc", "sku-3-square"), ("sku-1-disc", "sku-2-square"))
"""Items of the shop that the made-up people choose together, though they do not look alike."""
NEVER = "sku-2-disc"


def write_events(path: Path, people: int = 40) -> Path:
    """Made-up events: each person chooses both of a pair, and all choose one more item."""
    lines = ["customer_id,article_id,t_dat"]
    for person in range(people):
        chosen = (*PAIRS[person % 2], "sku-0-square" if person % 3 else "sku-1-square")
        for number, item in enumerate(chosen):
            lines.append(f"p{person},{item},2024-03-{1 + (person + number) % 28:02d}")
    lines.append("p0,sold-out,2024-03-01")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def learn_in_copy(
    built: BuiltCatalogue, folder: Path, write: Callable[[Path], Path] = write_events
) -> Path:
    """A copy of a built catalogue, beside which made-up events were learnt by the command."""
    place = shutil.copytree(built.folder, folder / "shop")
    assert main(["learn", str(write(folder / "events.csv")), "--artifacts", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def learnt(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learn_in_copy(built, tmp_path_factory.mktemp("learnt"))


@pytest.fixture(scope="module")
def recommender(learnt: Path, encoder: Encoder) -> Recommender:
    return Recommender(encoder, open_built(learnt))


def ids(answer: Answer) -> list[str]:
    return [match.id for match in answer.matches]


def test_learning_is_a_version_of_the_catalogue(
    learnt: Path, built: BuiltCatalogue, encoder: Encoder
) -> None:
    first, second = versions_of(learnt)
    assert second.change == "learn: 120 events"
    assert first.items == second.items == 8
    record = Manifest.read(learnt).learnt
    assert record is not None
    assert (record.events, record.people, record.items) == (120, 40, 6)
    assert record.log + record.picture + record.popularity == pytest.approx(1)
    before = learnt.parent / "shop.versions" / "00001"
    assert Manifest.read(before).learnt is None
    assert not Recommender(encoder, open_built(before)).also_liked(PAIRS[0][0]).matches


def test_what_was_chosen_together_is_also_liked(recommender: Recommender) -> None:
    for item, other in (*PAIRS, *(pair[::-1] for pair in PAIRS)):
        answer = recommender.also_liked(item, k=1)
        assert ids(answer) == [other]
        assert answer.records()[0]["because"] == item
        assert answer.records()[0]["reason"].startswith("because people who chose ")
    nothing = recommender.also_liked(NEVER)
    assert not nothing.matches
    assert nothing.notes == ("Nobody has chosen anything else together with this item.",)
    square = recommender.also_liked(PAIRS[0][0], where={"articleType": "disc"})
    assert all(match.attributes["articleType"] == "disc" for match in square.matches)


def test_the_log_and_the_picture_suggest_together(recommender: Recommender) -> None:
    answer = recommender.for_items(["sku-0-disc"], k=8)
    found = {one["id"]: one for one in answer.records()}
    assert ids(answer)[0] in ("sku-3-square", "sku-0-square", "sku-1-square")
    assert "chose" in found["sku-3-square"]["reason"]
    assert NEVER in found, "an item without events has a place for its picture"
    assert found[NEVER]["reason"].startswith("because you kept ")
    assert ids(answer)[4] in (NEVER, "sku-3-disc")


def test_what_was_learnt_outlives_a_change_of_the_catalogue(
    learnt: Path,
    encoder_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)
    place = shutil.copytree(learnt, tmp_path / "shop")
    assert main(["remove", str(place), "sku-1-square", "--encoder", str(encoder_folder)]) == 0
    after = Recommender(encoder, open_built(place))
    assert "sku-1-square" not in after.built.ids
    assert ids(after.also_liked(PAIRS[0][0], k=1)) == [PAIRS[0][1]]


def test_learning_needs_no_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events, out = write_events(tmp_path / "events.csv"), tmp_path / "out"
    for _ in range(2):
        assert main(["learn", str(events), "--out", str(out), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["events"], told["people"], told["items"]) == (121, 40, 7)
        assert told["rows"]["rows"] == 121
    assert sorted(file.name for file in out.iterdir()) == ["learnt.json", "learnt.safetensors"]
    assert main(["learn", str(events), "--out", str(tmp_path)]) == 1
    assert "holds something else" in capsys.readouterr().err


def test_a_log_of_other_items_is_an_error_and_changes_nothing(
    built: BuiltCatalogue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "events.csv"
    events.write_text("user,item,time\nu,a,2024-01-01\n")
    before = (built.folder / "manifest.json").read_bytes()
    assert main(["learn", str(events), "--artifacts", str(built.folder)]) == 1
    assert "No item of" in capsys.readouterr().err
    assert (built.folder / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    "fault", ["bytes", "neighbours", "starts", "nearness", "ids", "others", "popularity"]
)
def test_what_is_damaged_or_hostile_is_refused(
    fault: str, learnt: Path, encoder: Encoder, tmp_path: Path
) -> None:
    place = shutil.copytree(learnt, tmp_path / "shop")
    file = place / "learnt.safetensors"
    tensors = {name: part.copy() for name, part in load_file(file).items()}
    if fault == "neighbours":
        tensors["neighbours"][0] = 10**6
    elif fault == "starts":
        tensors["starts"][1] = -5
    elif fault == "nearness":
        tensors["nearness"][0] = np.nan
    elif fault == "popularity":
        tensors["popularity"][0] = 1e30
    elif fault == "ids":
        tensors["id_ends"][-1] += 1
    elif fault == "others":
        tensors["ids"][:] = ord("x")
        tensors["id_ends"][:] = np.linspace(1, len(tensors["ids"]), 6).astype(np.int64)
    file.unlink()
    save_file(tensors, file)
    manifest = Manifest.read(place)
    assert manifest.learnt is not None
    if fault == "bytes":
        file.write_bytes(file.read_bytes()[:-4])
    else:
        replace(manifest, learnt=replace(manifest.learnt, file=FileRecord.of(file))).write(place)
    with pytest.raises(ArtifactError, match=r"What was learnt beside .* Learn it again"):
        Recommender(encoder, open_built(place))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"model": "word2vec"}, "is damaged .learnt.model: Input should be 'bm25' or 'als'"),
        ({"events": 10**13}, "is damaged .learnt.events: "),
        ({"items": 7}, "counts other items"),
        ({"people": 10**6}, "more people or items than events"),
        ({"log": 0.0, "picture": 0.0, "popularity": 0.0}, "do not add up to 1"),
    ],
)
def test_what_a_manifest_says_of_it_is_checked(
    said: dict[str, object], sentence: str, learnt: Path, encoder: Encoder, tmp_path: Path
) -> None:
    place = shutil.copytree(learnt, tmp_path / "shop")
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    manifest["learnt"] |= said
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ArtifactError, match=sentence):
        Recommender(encoder, open_built(place))


def test_what_was_learnt_before_there_were_models_opens_as_bm25(
    learnt: Path, encoder: Encoder, tmp_path: Path
) -> None:
    place = shutil.copytree(learnt, tmp_path / "shop")
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["learnt"].pop("model") == "bm25"
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    older = Recommender(encoder, open_built(place)).also_liked(PAIRS[0][0], k=1)
    assert older.records()[0]["reason"].endswith("chose it too")
    manifest["learnt"]["model"] = "als"
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    by_als = Recommender(encoder, open_built(place)).also_liked(PAIRS[0][0], k=1)
    assert by_als.records()[0]["reason"].endswith("are likely to choose it")


def test_the_measures_are_those_of_implicit() -> None:
    """On the real rentals, the same split, and its own model and evaluation."""
    path = SHARED_DATA / "rent-the-runway" / "events.parquet"
    if not path.is_file():
        pytest.skip(f"the shared events are not here ({path})")
    split = split_events(read_events(path), most=1500)
    before, after = split.before[split.people], split.after[split.people]
    model = BM25Recommender(K=MOST_NEIGHBOURS + 1, num_threads=1)
    weighted = csr_matrix(bm25_weight(split.before.T, model.K1, model.B).T)
    ItemItemRecommender.fit(model, weighted, show_progress=False)
    theirs = [
        ranking_metrics_at_k(model, before, after, K=depth, show_progress=False, num_threads=1)
        for depth in (10, 12)
    ]
    lists = best_items(log_scores(before, find_neighbours(split.before)), before)
    ours = measure_lists(lists, after)
    assert ours["ndcg@10"].mean() == pytest.approx(theirs[0]["ndcg"], abs=1e-6)
    assert ours["map@12"].mean() == pytest.approx(theirs[1]["map"], abs=1e-6)
    assert theirs[0]["ndcg"] > 0


def test_measures_by_hand() -> None:
    truth = csr_matrix(np.array([[0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]))
    lists = np.array([[1, 0, 2], [0, 1, 2], [-1, -1, -1]])
    found = measure_lists(lists, truth)
    best = 1 + 1 / np.log2(3)
    assert found["ndcg@10"][0] == pytest.approx((1 + 1 / 2) / best)
    assert found["recall@20"].tolist()[0::2] == [1, 0]
    assert found["map@12"][0] == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan([values[1] for values in found.values()]).all()


def test_a_blend_adds_up_what_each_part_says() -> None:
    log, picture = np.array([[0.0, 4.0, 2.0]]), np.array([[0.9, 0.5, 0.7]])
    parts = Parts.of(log, picture, np.array([0.0, 0.0, 10.0]))
    assert parts.blend(Weights(0.5, 0.25, 0.25)).tolist() == [[0.25, 0.5, 0.625]]
    pooled, items = parts.pooled(csr_matrix([[0, 1, 0]]), 1)
    kept = {int(items[0, column]) for column in range(items.shape[1])} - {-1}
    assert kept == {0, 2}
    assert pooled.blend(Weights(0.5, 0.25, 0.25)).max() == 0.625
