"""From a picture to matches, as an engineer calls it in Python."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder, load_encoder
from pipeline.encoder.network import load_network
from pipeline.errors import ArtifactError, PictureError, QueryError
from pipeline.index import Metric
from pipeline.recommender import Recommender
from pipeline.training.run import save_encoder
from tests.conftest import draw_garment


@pytest.mark.parametrize(("metric", "same"), [("cosine", 1.0), ("euclidean", 0.0)])
def test_an_items_own_picture_finds_it_first(
    recommender: Recommender, shop_folder: Path, metric: str, same: float
) -> None:
    matches = recommender.recommend(shop_folder / "blue-disc.png", metric)
    assert [match.rank for match in matches] == [1, 2, 3, 4, 5]
    assert matches[0].id == "sku-2-disc"
    assert matches[0].name == "Blue disc"
    assert matches[0].score == pytest.approx(same, abs=2e-3)
    assert matches[0].attributes["baseColour"] == "blue"
    assert matches[0].picture().size == (64, 64)


def test_matches_are_what_numpy_says(
    recommender: Recommender, encoder: Encoder, make_picture: Callable[..., Path]
) -> None:
    photo = make_picture(colour="green", shape="square")
    query = encoder.encode([photo])[0].astype(np.float64)
    rows = recommender.built.embeddings.astype(np.float64)
    cosine = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    expected = [recommender.built.ids[row] for row in np.argsort(-cosine, kind="stable")[:5]]
    assert [match.id for match in recommender.recommend(photo)] == expected


def test_the_querys_own_item_can_be_left_out(recommender: Recommender, shop_folder: Path) -> None:
    picture = shop_folder / "blue-disc.png"
    matches = recommender.recommend(picture, leave_out="sku-2-disc")
    assert len(matches) == 5
    assert "sku-2-disc" not in [match.id for match in matches]


def test_all_items_can_be_asked_for(recommender: Recommender, shop_folder: Path) -> None:
    picture = shop_folder / "red-disc.png"
    assert len({match.id for match in recommender.recommend(picture, k=8)}) == 8
    assert len(recommender.recommend(picture, k=7, leave_out="sku-0-disc")) == 7


@pytest.mark.parametrize("k", [0, -1, 51, 1.5, "x", True, float("nan")])
def test_a_number_of_matches_out_of_range_is_an_error(
    recommender: Recommender, shop_folder: Path, k: Any
) -> None:
    with pytest.raises(QueryError, match=rf"Cannot give '?{k}'? matches: ask for 1 to 50"):
        recommender.recommend(shop_folder / "red-disc.png", k=k)


def test_an_unknown_metric_is_an_error(recommender: Recommender, shop_folder: Path) -> None:
    with pytest.raises(QueryError, match="no metric 'dot'"):
        recommender.recommend(shop_folder / "red-disc.png", "dot")


def test_a_bad_picture_is_an_error(recommender: Recommender) -> None:
    with pytest.raises(PictureError, match="not a picture"):
        recommender.recommend(b"no picture")


@pytest.mark.parametrize("count", [1, 3])
def test_a_catalogue_of_fewer_than_five_gives_what_it_has(
    encoder: Encoder, tmp_path: Path, count: int
) -> None:
    for number in range(count):
        draw_garment(tmp_path / "few" / f"{number}.png", "red", "disc", size=40 + 9 * number)
    few = Recommender(encoder, build(open_catalogue(tmp_path / "few"), encoder, tmp_path / "built"))
    assert len(few.recommend(tmp_path / "few" / "0.png")) == count
    assert len(few.examples(8)) == count


def test_the_only_item_cannot_be_left_out(encoder: Encoder, tmp_path: Path) -> None:
    draw_garment(tmp_path / "one" / "a.png", "red", "disc")
    one = Recommender(encoder, build(open_catalogue(tmp_path / "one"), encoder, tmp_path / "built"))
    with pytest.raises(QueryError, match="no other item"):
        one.recommend(tmp_path / "one" / "a.png", leave_out="a.png")


def test_an_item_is_named_by_its_name_or_else_its_id(
    encoder: Encoder, recommender: Recommender, shop_folder: Path, tmp_path: Path
) -> None:
    assert recommender.recommend(shop_folder / "red-disc.png")[0].name == "Red disc"
    draw_garment(tmp_path / "flat" / "a.png", "red", "disc")
    flat = build(open_catalogue(tmp_path / "flat"), encoder, tmp_path / "built")
    (match,) = Recommender(encoder, flat).recommend(shop_folder / "red-disc.png")
    assert (match.name, match.attributes) == ("a.png", {})


def test_attributes_without_a_value_are_left_out(encoder: Encoder, tmp_path: Path) -> None:
    draw_garment(tmp_path / "shop" / "a.png", "red", "disc")
    draw_garment(tmp_path / "shop" / "b.png", "blue", "square")
    lines = ["file_name,name,price,season", "a.png,Shirt,,", "b.png,,3.5,Summer"]
    (tmp_path / "shop" / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    shop = build(open_catalogue(tmp_path / "shop"), encoder, tmp_path / "built")
    matches = Recommender(encoder, shop).recommend(tmp_path / "shop" / "a.png")
    assert {m.id: m.attributes for m in matches} == {
        "a.png": {"name": "Shirt"},
        "b.png": {"price": 3.5, "season": "Summer"},
    }


def test_another_encoder_than_the_catalogues_is_refused(
    built: BuiltCatalogue, encoder_folder: Path, tmp_path: Path
) -> None:
    network = load_network("tiny", str(encoder_folder), None)
    save_encoder(network.model, 64, tmp_path / "other")
    with pytest.raises(
        ArtifactError, match=r"was made by the encoder .* or build the catalogue again"
    ):
        Recommender(load_encoder(tmp_path / "other"), built)


def test_callers_at_once_get_the_answers_of_callers_in_turn(
    recommender: Recommender, shop_folder: Path
) -> None:
    asked = [(path, metric) for path in sorted(shop_folder.glob("*.png")) for metric in Metric]
    in_turn = [recommender.recommend(*query) for query in asked]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda query: recommender.recommend(*query), asked))
    for mine, theirs in zip(at_once, in_turn, strict=True):
        assert [(m.id, m.thumbnail) for m in mine] == [(m.id, m.thumbnail) for m in theirs]
        scores = [m.score for m in theirs]
        assert [m.score for m in mine] == pytest.approx(scores, rel=1e-4, abs=1e-4)


def test_info_tells_what_is_loaded(recommender: Recommender, encoder_folder: Path) -> None:
    info = recommender.info()
    assert info["items"] == 8
    assert info["encoder"] == str(encoder_folder)
    assert info["dimension"] == 32
    assert info["metrics"] == ["cosine", "euclidean"]


def test_real_photos_find_themselves(products: str, encoder: Encoder, tmp_path: Path) -> None:
    catalogue = open_catalogue(products).select(list(range(0, 8000, 130)))
    photos = Recommender(encoder, build(catalogue, encoder, tmp_path / "built"))
    for row in (0, 17, 60):
        matches = photos.recommend(catalogue.read_picture(row), "euclidean")
        assert matches[0].id == catalogue.ids[row]
        assert matches[0].attributes["articleType"]
