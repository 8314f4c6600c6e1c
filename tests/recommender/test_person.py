"""Suggestions for a person who keeps items: interests, reasons, and what is never suggested."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.artifacts import ClosenessRecord
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import QueryError
from pipeline.index import Metric
from pipeline.recommender import Answer, Query, Recommender, Suggestion
from pipeline.recommender.answers.variety import folded
from pipeline.recommender.person.interests import find_interests
from tests.conftest import draw_garment

METRICS = ("cosine", "euclidean")


@pytest.fixture(scope="module")
def wardrobe(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """Discs and squares in four colours, and three of these garments saved twice."""
    folder = tmp_path_factory.mktemp("wardrobe")
    for colour in ("red", "green", "blue", "black"):
        for shape in ("disc", "square"):
            draw_garment(folder / f"{colour}-{shape}.png", colour, shape)
    for name in ("red-disc", "blue-disc", "green-square"):
        Image.open(folder / f"{name}.png").save(folder / f"{name}-again.png", optimize=True)
    lines = ["file_name,id,name,shape"]
    for file in sorted(folder.iterdir()):
        lines.append(f"{file.name},{file.stem},The {file.stem},{file.stem.split('-')[1]}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "wardrobe"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


def ids(answer: Answer) -> list[str]:
    return [match.id for match in answer.matches]


@pytest.mark.parametrize("metric", METRICS)
def test_one_kept_item_is_enough_and_says_why(wardrobe: Recommender, metric: str) -> None:
    answer = wardrobe.for_items(["black-disc"], metric=metric)
    found = answer.matches
    assert len(found) == 5
    assert all(isinstance(one, Suggestion) for one in found)
    records = answer.records()
    assert {record["because"] for record in records} == {"black-disc"}
    assert {record["reason"] for record in records} == {"because you kept The black-disc"}
    nearest = wardrobe.ask(Query(items=["black-disc"], metric=metric, fold=True)).matches[0]
    assert found[0].id == nearest.id
    assert found[0].score == pytest.approx(nearest.score, abs=1e-5)


def test_what_is_like_a_kept_item_is_left_out_though_kept_ones_are_alike() -> None:
    """2 is like 1 and not like 0; 3 is of the product of 1."""
    alike = np.eye(5, dtype=bool)
    alike[0, 1] = alike[1, 0] = alike[1, 2] = alike[2, 1] = True
    groups = folded(alike, [None, "P", None, "P", None], heads=2)
    assert groups == [[0], [1, 2, 3], [4]]


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_kept_or_disliked_comes_back_not_even_saved_again(
    wardrobe: Recommender, metric: str
) -> None:
    kept, disliked = ["red-disc", "blue-disc"], ["black-square"]
    answer = wardrobe.for_items(kept, disliked, k=50, metric=metric)
    gone = {*kept, *disliked, "red-disc-again", "blue-disc-again"}
    assert not gone & set(ids(answer))
    both = {"green-square", "green-square-again"}
    stands_for = [{match.id, *match.doubles} for match in answer.matches]
    assert [group for group in stands_for if group & both] == [both]
    assert answer.notes == (
        f"Without near duplicates there are {len(stands_for)}, fewer than the 50 asked for.",
    )


def test_each_interest_has_its_turn(wardrobe: Recommender) -> None:
    built = wardrobe.built
    kept = ["black-disc", "red-square"]
    manifest = built.manifest
    try:
        built.manifest = replace(manifest, closeness=())
        answer = wardrobe.for_items(kept, k=4)
        assert [one["because"] for one in answer.records()] == kept[::-1] * 2
        for item, found in zip(kept[::-1], answer.matches, strict=False):
            assert found.id in ids(wardrobe.ask(Query(items=[item], leave_out=kept, k=3)))
    finally:
        built.manifest = manifest


@pytest.mark.parametrize("metric", list(Metric))
def test_interests_are_what_looks_alike_and_told_by_their_medoid(
    wardrobe: Recommender, metric: Metric
) -> None:
    """Where everything is alike there is one interest, where nothing is there are three at most."""
    built = wardrobe.built
    rows = list(range(8))
    manifest = built.manifest
    apart = ClosenessRecord(metric.value, (), 0.0, 0.0)
    try:
        built.manifest = replace(manifest, closeness=(replace(apart, farthest=1e9),))
        (one,) = find_interests(built, rows, metric)
        assert one.rows == tuple(rows)
        vectors = built.embeddings[rows].astype(np.float64)
        if metric is Metric.COSINE:
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        sums = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=(1, 2))
        assert sums[rows.index(one.medoid)] == pytest.approx(sums.min())
        built.manifest = replace(manifest, closeness=(apart,))
        several = find_interests(built, rows, metric)
        assert len(several) == 3
        assert sorted(row for one in several for row in one.rows) == rows
        assert all(one.medoid in one.rows for one in several)
        sizes = [len(one.rows) for one in several]
        assert sizes == sorted(sizes, reverse=True)
    finally:
        built.manifest = manifest


def test_what_is_disliked_pushes_away(wardrobe: Recommender) -> None:
    plain = wardrobe.for_items(["red-disc"])
    pushed = wardrobe.for_items(["red-disc"], ["green-disc"])
    moved = wardrobe.ask(Query(items=["red-disc"], less=["green-disc"], fold=True))
    scores = {match.id: match.score for match in moved.matches}
    assert pushed.matches[0].score == pytest.approx(scores[pushed.matches[0].id])
    assert [match.score for match in plain.matches] != [match.score for match in pushed.matches]


def test_where_only_near_duplicates_are_left_people_are_told(wardrobe: Recommender) -> None:
    with pytest.raises(QueryError, match="is a near duplicate of what is kept"):
        wardrobe.for_items(["red-disc"], where={"name": "The red-disc-again"})


def test_filters_hold(wardrobe: Recommender) -> None:
    answer = wardrobe.for_items(["red-disc"], where={"shape": "square"}, k=3)
    assert all(match.attributes["shape"] == "square" for match in answer.matches)


def test_an_item_that_is_sold_no_longer_is_said_and_not_refused(wardrobe: Recommender) -> None:
    answer = wardrobe.for_items(["gone", "red-disc"], ["gone too"])
    assert len(answer.matches) == 5
    assert answer.notes == ("The catalogue does not have 2 of the kept or marked items.",)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"kept": []}, "There is no kept item"),
        ({"kept": None}, "There is no kept item"),
        ({"kept": ["gone"]}, "none of the kept items, such as 'gone'"),
        ({"kept": ["red-disc"], "disliked": ["red-disc"]}, "both kept and marked"),
        ({"kept": ["red-disc"], "k": 0}, "ask for 1 to 50"),
        ({"kept": ["red-disc"], "k": 51}, "ask for 1 to 50"),
        ({"kept": ["red-disc"], "metric": "dot"}, "There is no metric"),
        ({"kept": {"a": 1}}, "'kept' takes the ids of items"),
        ({"kept": [1.5]}, "'kept' takes the ids of items"),
        ({"kept": ["x"] * 501}, "at most 500 items"),
        ({"kept": ["red-disc"], "where": {"shape": "cube"}}, "No item has shape 'cube'"),
        ({"kept": ["red-disc"], "where": {"name": "The red-disc"}}, "Ask for less"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(
    wardrobe: Recommender, asked: dict, sentence: str
) -> None:
    with pytest.raises(QueryError, match=sentence):
        wardrobe.for_items(**asked)


def test_the_command_line_suggests_as_python_does(
    wardrobe: Recommender,
    encoder_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOKALIKE_ARTIFACTS", str(wardrobe.built.folder))
    monkeypatch.setenv("LOOKALIKE_ENCODER", str(encoder_folder))
    asked = ["recommend", "--liked", "red-disc", "blue-square", "--disliked", "black-disc"]
    assert main([*asked, "-k", "3", "--json"]) == 0
    answer = wardrobe.for_items(["red-disc", "blue-square"], ["black-disc"], k=3)
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ids(answer)
    assert main([*asked, "-k", "1"]) == 0
    assert "because you kept The " in capsys.readouterr().out
    for wrong in (["--disliked", "a"], ["--liked", "a", "--item", "b"], ["--liked", "a", "--fold"]):
        with pytest.raises(SystemExit, match="2"):
            main(["recommend", *wrong])
        assert "--liked" in capsys.readouterr().err
