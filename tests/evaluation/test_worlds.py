"""One catalogue asked with another's pictures, with its own, and by what a table calls the same."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.catalogue import attribute_values, open_catalogue, split_catalogue
from pipeline.errors import CatalogueError, QueryError
from pipeline.estimate import Estimate
from pipeline.evaluation import EvaluationPlan, evaluate, summary, write_report
from pipeline.evaluation.measures import measure
from pipeline.evaluation.run import Evaluation
from tests.conftest import COLOURS, draw_garment

SAME = Path(__file__).resolve().parents[2] / "docs" / "evaluation" / "phone-to-studio.csv"


def draw_set(folder: Path, kinds: tuple[str, str], column: str, count: int = 64) -> str:
    """Discs and squares of four colours under a shop's own names for them."""
    lines = [f"file_name,id,{column},colour"]
    for number in range(count):
        colour, shape = list(COLOURS)[number % 4], number // 4 % 2
        name = f"{number:03}.png"
        draw_garment(folder / name, colour, ("disc", "square")[shape], size=40 + number)
        lines.append(f"{name},{folder.name}-{number},{kinds[shape]},{colour}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> str:
    return draw_set(tmp_path_factory.mktemp("studio"), ("Balls", "Boxes"), "articleType")


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> str:
    return draw_set(tmp_path_factory.mktemp("phone"), ("Ball", "Box"), "label")


@pytest.fixture
def same(tmp_path: Path) -> Path:
    path = tmp_path / "same.csv"
    path.write_text("label,articleType\nBall,Balls\nBox,Boxes\n", encoding="utf-8")
    return path


def baselines_only(catalogue: str, **choices: object) -> Evaluation:
    """Raw pixels, colours and chance need no encoder."""
    return evaluate(EvaluationPlan(catalogue, (), **choices))  # type: ignore[arg-type]


def mean(evaluation: Evaluation, attribute: str, name: str = "precision@5") -> float:
    (score,) = (
        s
        for s in evaluation.scores
        if (s.contender, s.metric, s.attribute, s.measure)
        == ("raw pixels", "cosine", attribute, name)
    )
    assert score.estimate.low <= score.estimate.mean <= score.estimate.high
    return score.estimate.mean


def test_another_catalogue_asks_with_its_held_out_part(studio: str, phone: str, same: Path) -> None:
    found = baselines_only(studio, queries_from=phone, same=same)
    asked, searched = open_catalogue(phone), open_catalogue(studio)
    assert found.queries.ids == [asked.ids[row] for row in split_catalogue(asked)[1]]
    assert found.items.ids == [searched.ids[row] for row in split_catalogue(searched)[0]]
    assert found.attributes == ("label=articleType",)
    assert mean(found, "label=articleType") > 0.8


def test_whole_asks_every_picture_of_the_other_catalogue(
    studio: str, phone: str, same: Path
) -> None:
    found = baselines_only(studio, queries_from=phone, same=same, whole=True)
    assert (len(found.queries), len(found.items)) == (64, 64)
    assert found.as_json()["held_out"] == "nothing"


def test_a_shared_column_needs_no_table(studio: str, phone: str) -> None:
    found = baselines_only(studio, queries_from=phone, attributes=("colour",), whole=True)
    assert found.attributes == ("colour",)


def test_two_catalogues_that_share_no_column_are_told_about_same(studio: str, phone: str) -> None:
    with pytest.raises(CatalogueError, match=r"in common.*label, colour.*articleType.*--same"):
        baselines_only(studio, queries_from=phone)


def test_a_catalogue_does_not_ask_itself(studio: str) -> None:
    with pytest.raises(CatalogueError, match="the catalogue itself"):
        baselines_only(studio, queries_from=studio, attributes=("colour",))


def write_splits(folder: Path, pictures: dict[str, list[Path]]) -> str:
    """A set in the hub's layout, whose rows have numbers for ids."""
    for split, files in pictures.items():
        cells = [{"bytes": file.read_bytes(), "path": None} for file in files]
        table = pa.table({"image": cells, "label": ["Ball"] * len(cells)})
        pq.write_table(table, folder / f"{split}.parquet")
    return str(folder)


def test_a_split_that_a_folder_has_not_is_said(phone: str) -> None:
    with pytest.raises(CatalogueError, match=r"split 'nonsense' of .*phone.* is the catalogue it"):
        baselines_only(phone, queries="nonsense", attributes=("label",))


def test_the_split_that_is_searched_does_not_ask_itself(phone: str, tmp_path: Path) -> None:
    files = sorted(Path(phone).glob("*.png"))
    source = write_splits(tmp_path, {"train": files[:8], "test": files[8:]})
    with pytest.raises(CatalogueError, match=r"split 'train' of .* is the catalogue itself"):
        baselines_only(source, queries="train")


def test_a_picture_in_both_splits_does_not_answer_itself(phone: str, tmp_path: Path) -> None:
    files = sorted(Path(phone).glob("*.png"))
    source = write_splits(tmp_path, {"train": files[:8], "test": files[4:12]})
    found = baselines_only(source, queries="test")
    assert found.items.ids == found.queries.ids  # so no more than numbers
    for nearest in found.nearest.values():
        for query in range(4):
            assert query + 4 not in nearest.rows[query][nearest.answered[query]]
        assert nearest.answered.all()


def test_each_held_out_item_is_asked_among_the_others(studio: str) -> None:
    found = baselines_only(studio, leave_one_out=True, attributes=("articleType",))
    held = split_catalogue(open_catalogue(studio))[1]
    assert found.items.ids == found.queries.ids
    assert len(found.items) == len(held)
    for nearest in found.nearest.values():
        answered = np.isfinite(nearest.likenesses)
        own = nearest.rows == np.arange(len(held))[:, None]
        assert not (own & answered).any()


def test_a_double_of_the_query_is_no_answer(tmp_path: Path) -> None:
    folder = tmp_path / "doubles"
    draw_set(folder, ("Ball", "Box"), "label", count=16)
    for number in range(16, 24):  # the very picture of 000 to 007, now called something else
        shutil.copy(folder / f"{number - 16:03}.png", folder / f"{number:03}.png")
        with (folder / "metadata.csv").open("a", encoding="utf-8") as file:
            file.write(f"{number:03}.png,double-{number},Double,{list(COLOURS)[number % 4]}\n")
    found = baselines_only(str(folder), whole=True, attributes=("label",), max_queries=8)
    nearest = found.nearest["raw pixels", "cosine"]
    first = found.items.ids.index("double-16")
    assert found.queries.ids[0] == "doubles-0"
    assert first not in nearest.rows[0]


@pytest.mark.parametrize("choice", ["leave_one_out", "whole"])
def test_too_few_pictures_are_said(tmp_path: Path, choice: str) -> None:
    draw_set(tmp_path / "one", ("Ball", "Box"), "label", count=1)
    with pytest.raises(CatalogueError, match=r"--whole"):
        baselines_only(str(tmp_path / "one"), **{choice: True})


def test_a_set_of_which_nothing_is_held_out_points_to_whole(tmp_path: Path) -> None:
    folder = draw_set(tmp_path / "three", ("Ball", "Box"), "label", count=3)
    assert split_catalogue(open_catalogue(folder))[1] == []
    with pytest.raises(CatalogueError, match=r"None of the 3 pictures.*--whole"):
        baselines_only(folder)
    assert len(baselines_only(folder, whole=True, attributes=("label",)).queries) == 3


def test_contradictions_are_said_before_anything_is_read() -> None:
    with pytest.raises(QueryError, match="leave out queries_from"):
        baselines_only("nowhere", queries="test", queries_from="elsewhere")
    with pytest.raises(QueryError, match="either queries_from or leave_one_out"):
        baselines_only("nowhere", queries_from="elsewhere", leave_one_out=True)
    with pytest.raises(QueryError, match="At most 0"):
        baselines_only("nowhere", max_queries=0)


def test_one_value_may_mean_several(studio: str, phone: str, tmp_path: Path) -> None:
    table = tmp_path / "same.csv"
    table.write_text("label,articleType\nBall,Balls\nBall,Boxes\n", encoding="utf-8-sig")
    found = baselines_only(studio, queries_from=phone, same=table, whole=True)
    assert mean(found, "label=articleType") == 1
    assert found.as_json()["unanswerable"] == {"label=articleType": {"Box": 32}}
    assert any("not asked" in line and "Box (32)" in line for line in summary(found))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "names no values"),
        ("label,articleType\n", "names no values"),
        ("label;articleType\nBall;Balls\n", "Row 1 .* has not two values"),
        ("label,articleType\nBall\n", "Row 2 .* has not two values"),
        ("label,articleType\nBall,\n", "Row 2 .* has not two values"),
        ("kind,articleType\nBall,Balls\n", "column 'kind' that .*; it has: label, colour"),
        ("label,kind\nBall,Balls\n", "column 'kind' that .*; it has: articleType, colour"),
        ("label,articleType\nbal,bals\n", "shares its label=articleType"),
        ("label,articleType\nB\xff,x\n", "cannot be read"),
    ],
)
def test_a_bad_table_gets_one_sentence(
    studio: str, phone: str, tmp_path: Path, text: str, complaint: str
) -> None:
    table = tmp_path / "same.csv"
    table.write_bytes(text.encode("latin-1"))
    with pytest.raises(CatalogueError, match=complaint):
        baselines_only(studio, queries_from=phone, same=table)
    with pytest.raises(CatalogueError, match="cannot be read"):
        baselines_only(studio, queries_from=phone, same=tmp_path / "none.csv")


def test_means_over_kinds_count_every_kind_alike() -> None:
    values = np.array([1.0, 1.0, 1.0, 0.0, np.nan, np.nan])
    kinds = np.array(["shirt", "shirt", "shirt", "hat", "hat", "belt"])
    found = Estimate.over_kinds(values, kinds)
    assert found.mean == pytest.approx(0.5)
    assert Estimate.of(values).mean == pytest.approx(0.75)
    wide = Estimate.over_kinds(np.tile([0.0, 1.0], 4), np.repeat(["a", "b"], 4))
    narrow = Estimate.over_kinds(np.tile([0.0, 1.0], 400), np.repeat(["a", "b"], 400))
    assert narrow.high - narrow.low < wide.high - wide.low
    assert wide.low < 0.5 < wide.high


def test_an_item_that_is_left_out_is_neither_hit_nor_miss() -> None:
    alike = np.array([[-np.inf, 0.9, 0.8]])
    scores = measure(alike, np.array(["a"]), np.array(["a", "a", "b"]))
    assert scores["precision@5"][0] == pytest.approx(1 / 2)


def test_figures_over_kinds_stand_in_report_and_json(
    studio: str, phone: str, same: Path, tmp_path: Path, encoder_folder: Path
) -> None:
    plan = EvaluationPlan(
        studio, (str(encoder_folder),), queries_from=phone, same=same, home=tmp_path / "home"
    )
    page = write_report(evaluate(plan), tmp_path / "report").read_text(encoding="utf-8")
    assert "label=articleType: mean over kinds" in " ".join(page.split())
    figures = json.loads((tmp_path / "report" / "report.json").read_text())
    assert figures["queries_from"] == phone
    names = {score["measure"] for score in figures["scores"]}
    assert {"precision@5", "precision@5 over kinds", "map over kinds"} <= names


def test_the_table_in_the_repository_covers_every_kind_that_the_product_set_has(
    products: str, clothing_photos: str
) -> None:
    with SAME.open(encoding="utf-8", newline="") as file:
        header, *pairs = list(csv.reader(file))
    assert header == ["label", "articleType"]
    assert len({tuple(pair) for pair in pairs}) == len(pairs)
    labels = set(attribute_values(open_catalogue(clothing_photos), "label")) - {None}
    types = set(attribute_values(open_catalogue(products), "articleType"))
    assert {pair[0] for pair in pairs} == labels
    # The product set has neither blazers and suits nor what babies wear in one piece.
    assert labels - {pair[0] for pair in pairs if pair[1] in types} == {"Blazer", "Body"}
