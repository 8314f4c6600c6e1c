"""Variety, near duplicates and variants, and both metrics side by side."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.recommender import Answer, Query, Recommender
from tests.conftest import draw_garment


@pytest.fixture(scope="module")
def doubled(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """A red disc three times, saved otherwise, a blue square twice, and variants of one product."""
    folder = tmp_path_factory.mktemp("doubled")
    draw_garment(folder / "r1.png", "red", "disc", 120)
    draw_garment(folder / "b1.png", "blue", "square", 120)
    for name, quality in (("r2", 90), ("r3", 70), ("b2", 80)):
        Image.open(folder / f"{name[0]}1.png").save(folder / f"{name}.jpg", quality=quality)
    draw_garment(folder / "g1.png", "green", "square", 100)
    draw_garment(folder / "k1.png", "black", "disc", 100)
    lines = ["file_name,id,product_id"]
    for file in sorted(folder.iterdir()):
        product = "p1" if file.stem in ("g1", "k1") else ""
        lines.append(f"{file.name},{file.stem},{product}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "doubled"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


def ids(answer: Answer) -> list[str]:
    return [match.id for match in answer.matches]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_near_duplicates_and_variants_are_one_match(doubled: Recommender, metric: str) -> None:
    plain = doubled.ask(Query(more=["r1"], metric=metric, k=6))
    assert len(plain.matches) == 6
    assert all(match.doubles == () for match in plain.matches)
    picture = doubled.built.folder.parent / "query.png"
    draw_garment(picture, "red", "disc", 120)
    folded = doubled.ask(Query(pictures=[picture], metric=metric, fold=True))
    groups = [{match.id, *match.doubles} for match in folded.matches]
    assert groups[0] == {"r1", "r2", "r3"}
    assert sorted(map(sorted, groups[1:])) == [["b1", "b2"], ["g1", "k1"]]
    assert folded.notes == ("Without near duplicates there are 3, fewer than the 5 asked for.",)


@pytest.mark.parametrize(
    "called",
    ["Item Group ID", "itemGroupId", "item group id", "Parent ID", "Product_ID", "style-id"],
)
def test_variants_are_of_a_product_however_a_shop_writes_the_column(
    doubled: Recommender, encoder: Encoder, called: str
) -> None:
    built = copy.copy(doubled.built)
    built._attributes = built._attributes.rename_columns([called])
    answer = Recommender(encoder, built).ask(Query(items=["b1"], fold=True))
    assert ["g1", "k1"] in [sorted([match.id, *match.doubles]) for match in answer.matches]


def test_where_fewer_are_left_than_asked_for_folding_is_said_too(doubled: Recommender) -> None:
    asked = Query(items=["g1"], k=7, leave_out=["k1", "b1"], fold=True)
    answer = doubled.ask(asked)
    assert len(answer.matches) == 2
    assert answer.notes == (
        "4 items are left to choose from, fewer than the 7 asked for.",
        "Without near duplicates there are 2 of them.",
    )
    (only, unlike) = answer.matches
    assert sorted([len(only.doubles), len(unlike.doubles)]) == [0, 2]


def test_variety_of_0_changes_nothing(recommender: Recommender, shop_folder: Path) -> None:
    picture = shop_folder / "red-disc.png"
    plain = recommender.recommend(picture, k=8)
    assert recommender.ask(Query(pictures=[picture], k=8, variety=0)).matches == plain
    assert recommender.ask(Query(pictures=[picture], k=8, fold=False)).matches == plain


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("weight", [0, 0.5])
def test_variety_spreads_the_matches(
    recommender: Recommender, shop_folder: Path, metric: str, weight: float
) -> None:
    def spread(variety: float) -> float:
        query = Query(
            pictures=[shop_folder / "red-disc.png"],
            metric=metric,
            k=4,
            variety=variety,
            colour_weight=weight,
        )
        answer = recommender.ask(query)
        assert answer.matches[0].id == "sku-0-disc"
        rows = [recommender.built.ids.index(item) for item in ids(answer)]
        found = recommender.built.embeddings[rows].astype(np.float64)
        if metric == "cosine":
            found /= np.linalg.norm(found, axis=1, keepdims=True)
        return float(np.linalg.norm(found[:, None] - found[None], axis=2).sum())

    assert spread(0.0) < spread(1.0)
    if not weight:  # with colours, what spreads is not the embeddings alone
        assert spread(0.0) <= spread(0.5) <= spread(1.0)


def test_both_metrics_are_answered_and_what_they_share(
    recommender: Recommender, shop_folder: Path
) -> None:
    picture = shop_folder / "blue-disc.png"
    both = recommender.compare(Query(pictures=[picture], k=3))
    assert both.cosine.matches == recommender.recommend(picture, "cosine", 3)
    assert both.euclidean.matches == recommender.recommend(picture, "euclidean", 3)
    assert set(both.shared) == set(ids(both.cosine)) & set(ids(both.euclidean)) != set()


def test_what_databases_write_for_no_product_is_none(encoder: Encoder, tmp_path: Path) -> None:
    """And the column that names one is whichever does so for an item."""
    shop, lines = tmp_path / "shop", ["file_name,id,item_group_id,parent_id"]
    garments = [("red", "disc"), ("blue", "square"), ("green", "disc"), ("black", "square")]
    for number, ((colour, shape), parent) in enumerate(zip(garments, "0077", strict=True)):
        draw_garment(shop / f"{number}.png", colour, shape)
        lines.append(f"{number}.png,{number},,{parent}")
    (shop / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    built = build(open_catalogue(shop), encoder, tmp_path / "built")
    answer = Recommender(encoder, built).ask(Query(pictures=[shop / "0.png"], fold=True))
    groups = sorted(sorted([match.id, *match.doubles]) for match in answer.matches)
    assert groups == [["0"], ["1"], ["2", "3"]]
