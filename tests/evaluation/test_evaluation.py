"""An evaluation tells encoders apart by what their nearest items share with the query."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.errors import CatalogueError, EncoderError
from pipeline.estimate import Estimate
from pipeline.evaluation import EvaluationPlan, evaluate, summary, which_metric, write_report
from pipeline.evaluation.baselines import colour_histogram, raw_pixels
from pipeline.evaluation.measures import likeness, measure, nearest_rows
from pipeline.evaluation.run import Evaluation
from pipeline.index import Metric
from tests.conftest import COLOURS, draw_garment


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures whose colour a histogram must see and random weights need not."""
    folder = tmp_path_factory.mktemp("labelled")
    lines = ["file_name,name,articleType,baseColour"]
    for number in range(120):
        colour, shape = list(COLOURS)[number % 4], ("disc", "square")[number // 4 % 2]
        draw_garment(folder / f"{number:03}.png", colour, shape, size=40 + number % 31)
        lines.append(f"{number:03}.png,A {colour} {shape},{shape},{colour}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def evaluation(
    labelled: Path, encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Evaluation:
    home = tmp_path_factory.mktemp("home")
    return evaluate(EvaluationPlan(str(labelled), (str(encoder_folder),), home=home))


def test_fewer_items_and_queries_are_spread_over_the_catalogue(
    labelled: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    encoders = (str(encoder_folder),)
    plan = EvaluationPlan(str(labelled), encoders, max_items=40, max_queries=6, home=tmp_path)
    found = evaluate(plan)
    assert (len(found.items), len(found.queries)) == (40, 6)
    assert set(found.items.attributes["baseColour"].to_pylist()) == set(COLOURS)
    assert not set(found.items.ids) & set(found.queries.ids)


def test_steered_queries_find_what_was_wanted(evaluation: Evaluation) -> None:
    (found,) = evaluation.steered.values()
    ways = {one.way: one for one in found}
    assert list(ways) == [
        "photo",
        "photo, filtered by baseColour",
        "words: baseColour and articleType",
        "filter on the same words",
        "BM25 on the names",
        "photo, filtered to another baseColour",
        "photo, but another baseColour",
        "photo, moved to another baseColour",
        "photo, moved and filtered to another baseColour",
    ]
    assert all(one.queries == len(evaluation.queries) for one in found)
    # What is filtered by is had by all.
    assert ways["photo, filtered by baseColour"].found["baseColour"].mean == 1
    assert ways["photo, but another baseColour"].found["baseColour"].mean == 1
    # Five and more have both, and each is called by them.
    assert ways["filter on the same words"].found["all of them"].mean == 1
    assert ways["BM25 on the names"].found["all of them"].mean == 1
    both = [ways[way].found["all of them"].mean for way in list(ways)[:3]]
    assert both[0] <= both[1]
    assert both[2] > 0.25  # by chance an eighth


def test_every_way_of_steering_stands_in_every_report(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    page = write_report(evaluation, tmp_path).read_text(encoding="utf-8")
    figures = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    ((contender, found),) = evaluation.steered.items()
    printed = list(summary(evaluation))
    for one, written in zip(found, figures["steered"][contender], strict=True):
        assert page.count(f"<td>{one.way}</td>") == 1
        assert any(f"  {one.way}: articleType" in line for line in printed)
        assert set(written["found"]["all of them"]) == {"mean", "low", "high"}


def mean(evaluation: Evaluation, contender: str, attribute: str) -> float:
    (score,) = (
        s
        for s in evaluation.scores
        if (s.contender, s.metric, s.attribute, s.measure)
        == (contender, "cosine", attribute, "precision@5")
    )
    assert score.estimate.low <= score.estimate.mean <= score.estimate.high
    return score.estimate.mean


def test_measures_are_what_hand_computation_gives() -> None:
    alike = np.array([[0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]])
    items = np.array(["a", "b", "a", "b", "b", "a"])
    scores = measure(alike, np.array(["a", "c"]), items)
    assert scores["precision@5"][0] == pytest.approx(2 / 5)
    assert scores["recall@1"][0] == 1
    assert scores["map"][0] == pytest.approx((1 / 1 + 2 / 3 + 3 / 6) / 3)
    ideal = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert scores["ndcg@5"][0] == pytest.approx((1 + 1 / np.log2(4)) / ideal)
    assert np.isnan(scores["precision@5"][1])


def test_likeness_is_higher_for_what_is_nearer_under_both_metrics() -> None:
    items = np.array([[1.0, 0.0], [0.0, 1.0], [5.0, 0.1]], dtype=np.float32)
    query = np.array([[1.0, 0.02]], dtype=np.float32)
    assert nearest_rows(likeness(query, items, Metric.COSINE), 1)[0, 0] == 2
    assert nearest_rows(likeness(query, items, Metric.EUCLIDEAN), 1)[0, 0] == 0


def test_an_interval_narrows_with_more_queries() -> None:
    values = np.random.default_rng(0).uniform(size=2000)
    few, many = Estimate.of(values[:50]), Estimate.of(values)
    assert many.high - many.low < few.high - few.low
    assert few.low < 0.5 < few.high


def test_queries_and_items_are_apart(evaluation: Evaluation) -> None:
    assert len(evaluation.items) + len(evaluation.queries) == 120
    assert not set(evaluation.items.ids) & set(evaluation.queries.ids)


def test_the_histogram_sees_colour_and_chance_sees_nothing(evaluation: Evaluation) -> None:
    assert mean(evaluation, "colour histogram", "baseColour") > 0.95
    assert mean(evaluation, "random", "baseColour") < 0.5
    assert mean(evaluation, "raw pixels", "articleType") > 0.5


def test_baselines_see_what_they_should() -> None:
    red = open_picture(_picture("red"))
    assert raw_pixels(red).shape == (768,)
    histogram = colour_histogram(red)
    assert np.dot(histogram, histogram) == pytest.approx(1, abs=1e-5)
    assert np.dot(histogram, colour_histogram(open_picture(_picture("blue")))) < 0.2


def _picture(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), COLOURS[colour]).save(stream, "PNG")
    return stream.getvalue()


def test_the_report_is_one_file_that_asks_for_nothing_else(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    page = write_report(evaluation, tmp_path / "report").read_text(encoding="utf-8")
    assert "precision@5" in page
    assert page.count("<svg") == 3
    assert page.count("data:image/jpeg;base64") >= 6
    for outside in ('src="http', "<script", '<link rel="stylesheet"', "url(http"):
        assert outside not in page
    figures = json.loads((tmp_path / "report" / "report.json").read_text())
    assert figures["queries"] == len(evaluation.queries)
    assert {"contender", "metric", "attribute", "measure", "estimate"} == set(figures["scores"][0])


def test_the_advice_names_the_better_metric(evaluation: Evaluation, encoder_folder: Path) -> None:
    advice = which_metric(evaluation.scores, str(encoder_folder))
    assert advice.startswith(("Cosine serves better", "Euclidean serves better"))


def test_an_unknown_attribute_is_named_beside_the_known(labelled: Path, tmp_path: Path) -> None:
    plan = EvaluationPlan(str(labelled), ("starter",), attributes=("size",), home=tmp_path)
    with pytest.raises(CatalogueError, match=r"no attribute size.*articleType, baseColour"):
        evaluate(plan)


@pytest.fixture
def with_a_broken_one(tmp_path: Path) -> str:
    """Twelve pictures, of which one is cut short."""
    folder = tmp_path / "twelve"
    for number in range(12):
        name = f"{number:03}.png"
        draw_garment(folder / "disc" / name, list(COLOURS)[number % 4], "disc", size=40 + number)
    whole = folder / "disc" / "007.png"
    whole.write_bytes(whole.read_bytes()[:60])
    return str(folder)


def test_a_picture_that_cannot_be_read_is_named(with_a_broken_one: str) -> None:
    with pytest.raises(CatalogueError, match=r"picture of 'disc/007\.png' in '.*' cannot be read"):
        evaluate(EvaluationPlan(with_a_broken_one, (), whole=True))


def test_a_picture_that_is_gone_is_named(labelled: Path, tmp_path: Path) -> None:
    names = ["000.png", "gone.png"]
    cells = [{"bytes": None, "path": str(tmp_path / name)} for name in names]
    (tmp_path / "000.png").write_bytes((labelled / "000.png").read_bytes())
    pq.write_table(pa.table({"image": cells, "label": ["a", "a"]}), tmp_path / "train.parquet")
    with pytest.raises(CatalogueError, match=r"cannot be read .*gone\.png.*Mend or remove it"):
        evaluate(EvaluationPlan(str(tmp_path / "train.parquet"), ()))


def test_an_encoder_that_is_not_there_is_said_before_pictures_are_read(
    with_a_broken_one: str, encoder_folder: Path, tmp_path: Path
) -> None:
    encoders = (str(encoder_folder), "./nowhere")
    with pytest.raises(EncoderError, match=r"no encoder folder at '\./nowhere'"):
        evaluate(EvaluationPlan(with_a_broken_one, encoders, whole=True, home=tmp_path))
