"""Disturbed queries: drawn on the evaluation's own grounds, the same from run to run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.errors import CatalogueError, QueryError
from pipeline.evaluation import EvaluationPlan, evaluate, summary, write_report
from pipeline.evaluation.queries import DISTURBANCES, disturb
from tests.conftest import COLOURS, draw_garment

RED = (0xCC, 0x22, 0x22)


@pytest.fixture(scope="module")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red, green, blue and black squares on white, and one photo without white ground."""
    folder = tmp_path_factory.mktemp("garments")
    lines = ["file_name,id,articleType"]
    for number in range(24):
        name = f"{number:03}.png"
        shape = ("disc", "square")[number % 2]
        draw_garment(folder / name, list(COLOURS)[number // 2 % 4], shape, size=160 + number)
        lines.append(f"{name},item-{number},{shape}")
    Image.new("RGB", (100, 130), (90, 120, 90)).save(folder / "bed.png")
    lines.append("bed.png,on-a-bed,disc")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def queries(garments: Path) -> Catalogue:
    return open_catalogue(garments)


def is_red(picture: Image.Image) -> np.ndarray:
    return np.abs(np.asarray(picture, dtype=int) - RED).max(axis=2) < 40


@pytest.mark.parametrize("name", ["wall", "wood", "bedspread"])
def test_a_garment_on_a_ground_keeps_its_colour_and_fills_half_the_width_or_more(
    queries: Catalogue, name: str
) -> None:
    found = disturb(queries, name)
    assert found.left_out == ["on-a-bed"]
    picture = found.queries.read_picture(found.queries.ids.index("item-1"))  # a red square
    assert picture.height > picture.width
    red = is_red(picture)
    columns = np.flatnonzero(red.sum(axis=0) > 5)
    width = (columns[-1] - columns[0] + 1) / picture.width
    assert 0.48 <= width <= 0.9 * (np.cos(np.pi / 9) + np.sin(np.pi / 9)) + 0.02
    ground = np.asarray(picture)[~red]
    assert (ground.min(axis=1) > 250).mean() < 0.2  # nothing is left of the white
    assert found.queries.attributes_of(0) == queries.attributes_of(0)


@pytest.mark.parametrize("name", ["wall", "wood", "bedspread"])
def test_every_query_gets_a_ground_of_its_own(queries: Catalogue, name: str) -> None:
    pictures = disturb(queries, name).queries
    corners = {np.asarray(pictures.read_picture(row))[:8, :8].tobytes() for row in range(8)}
    assert len(corners) == 8


@pytest.mark.parametrize("name", DISTURBANCES)
def test_disturbed_pictures_are_the_same_in_every_run_and_selection(
    queries: Catalogue, name: str
) -> None:
    once, again = disturb(queries, name), disturb(queries.select([5, 3]), name)
    assert once.queries.picture_source(5) == again.queries.picture_source(0)
    assert once.queries.picture_source(3) == again.queries.picture_source(1)
    assert once.queries.fingerprint == disturb(queries, name).queries.fingerprint
    assert once.queries.fingerprint != queries.fingerprint
    assert disturb(queries, name, seed=1).queries.fingerprint != once.queries.fingerprint


def test_a_turned_query_keeps_its_pixels(tmp_path: Path) -> None:
    image = Image.new("RGB", (60, 100), "white")
    image.paste((200, 30, 30), (10, 10, 50, 30))  # red above, nothing below
    image.save(tmp_path / "up.png")
    found = disturb(open_catalogue(tmp_path), "turn")
    turned = found.queries.read_picture(0)
    red = np.asarray(turned, dtype=int)[..., 1] < 100
    upright = np.asarray(image, dtype=int)[..., 1] < 100
    assert abs(int(red.sum()) - int(upright.sum())) < 20
    assert red.shape != upright.shape or not (red == upright).all()


def test_a_dark_query_has_between_half_and_most_of_its_light(queries: Catalogue) -> None:
    found = disturb(queries, "dark")
    assert len(found.rows) == len(queries)
    for row in range(6):
        light = np.asarray(found.queries.read_picture(row))[0, 0].mean() / 255  # it was white
        assert 0.48 <= light <= 0.82


def test_a_small_query_is_a_third_of_the_width_on_white(queries: Catalogue) -> None:
    found = disturb(queries, "small")
    picture = found.queries.read_picture(found.queries.ids.index("item-1"))
    columns = np.flatnonzero(is_red(picture).any(axis=0))
    assert (columns[-1] - columns[0] + 1) / picture.width == pytest.approx(1 / 3, abs=0.03)
    assert np.asarray(picture)[0].min() > 250


def test_what_cannot_be_cut_is_counted_and_said(garments: Path, tmp_path: Path) -> None:
    plan = EvaluationPlan(
        str(garments), (), whole=True, attributes=("articleType",), disturb=("wood", "turn")
    )
    found = evaluate(plan)
    figures = found.as_json()["disturbed"]
    assert figures["wood"]["queries"] == 24
    assert figures["wood"]["left_out"] == ["on-a-bed"]
    assert figures["turn"]["queries"] == 25
    assert any(line.startswith("wood: 1 of 25 queries left out") for line in summary(found))


def test_the_report_shows_what_was_asked_and_how_well(
    garments: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    plan = EvaluationPlan(
        str(garments),
        (str(encoder_folder),),
        whole=True,
        attributes=("articleType",),
        disturb=("wall", "dark"),
        home=tmp_path / "home",
    )
    page = write_report(evaluate(plan), tmp_path / "report").read_text(encoding="utf-8")
    assert page.count('alt="disturbed query"') == 14
    assert "1 left out because their garment could not be cut out (on-a-bed)" in page
    figures = json.loads((tmp_path / "report" / "report.json").read_text())
    (score,) = (
        score["estimate"]["mean"]
        for score in figures["disturbed"]["dark"]["scores"]
        if (score["contender"], score["metric"], score["attribute"], score["measure"])
        == ("raw pixels", "cosine", "articleType", "precision@5")
    )
    assert f"{score:.3f} (" in page


def test_pictures_without_white_ground_are_an_error_where_all_need_cutting(
    queries: Catalogue,
) -> None:
    with pytest.raises(CatalogueError, match=r"white ground.*'turn' and 'dark'"):
        disturb(queries.select([24]), "wall")


def test_an_unknown_disturbance_is_named_beside_the_known_before_anything_is_read() -> None:
    with pytest.raises(QueryError, match=r"no disturbance 'rain'.*wall, wood, bedspread"):
        evaluate(EvaluationPlan("./nowhere", (), disturb=("wood", "rain")))


def test_a_picture_that_cannot_be_read_is_named(garments: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"nothing")
    with pytest.raises(CatalogueError, match=r"'broken\.png' in .* cannot be read"):
        disturb(open_catalogue(tmp_path), "dark")
