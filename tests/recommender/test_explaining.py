"""Why an item has its score: maps that add up to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.encoder import load_encoder
from pipeline.errors import QueryError
from pipeline.recommender import Query, Recommender


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("weight", [0, 0.3, 1])
@pytest.mark.parametrize("by", ["picture", "item"])
def test_each_map_adds_up_to_the_score_that_is_shown(
    recommender: Recommender, shop_folder: Path, metric: str, weight: float, by: str
) -> None:
    picture = shop_folder / "red-disc.png"
    asked = {"pictures": [picture]} if by == "picture" else {"items": ["sku-0-disc"]}
    query = Query(**asked, metric=metric, colour_weight=weight, k=7)
    for match in recommender.ask(query).matches:
        why = recommender.explain(query, match.id)
        assert why.score == pytest.approx(match.score, abs=1e-6)
        for places in (why.query_map, why.item_map):
            assert places.shape == (2, 2)
            assert places.sum() + why.colour == pytest.approx(match.score, abs=1e-4)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_every_runtime_gives_the_map_that_it_pools(
    encoder_folder: Path, shop_folder: Path, tmp_path: Path, precision: str
) -> None:
    if precision != "fp32":
        pytest.importorskip("openvino")
    for _ in range(2):  # made here, then read from what was kept
        encoder = load_encoder(encoder_folder, precision=precision, home=tmp_path)
        (places,) = encoder.maps([shop_folder / "red-disc.png"])
        (embedding,) = encoder.encode([shop_folder / "red-disc.png"])
        apart = np.linalg.norm(places.mean(axis=(1, 2)) - embedding)
        assert apart < 0.01 * np.linalg.norm(embedding)


def test_items_agree_and_differ_in_attributes(recommender: Recommender) -> None:
    why = recommender.explain(Query(items=["sku-0-disc"]), "sku-2-disc")
    assert why.agree == {"articleType": "disc"}
    assert why.differ == {
        "productDisplayName": ("Red disc", "Blue disc"),
        "baseColour": ("red", "blue"),
    }
    assert why.record()["query_map"] == why.query_map.tolist()


def test_what_has_no_explanation_is_said(recommender: Recommender, shop_folder: Path) -> None:
    two = [shop_folder / "red-disc.png", shop_folder / "blue-disc.png"]
    for query in (Query(pictures=two), Query(more=["sku-0-disc"])):
        with pytest.raises(QueryError, match="Only a query of one picture or one item"):
            recommender.explain(query, "sku-1-disc")
    with pytest.raises(QueryError, match="has no item 'sku-9'"):
        recommender.explain(Query(items=["sku-0-disc"]), "sku-9")


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"where": {"nonsense": 1}}, "There is no attribute 'nonsense'"),
        ({"but": {"baseColour": "xx"}}, "No item has baseColour 'xx'"),
        ({"leave_out": ["sku-9"]}, "The catalogue has no item 'sku-9'"),
    ],
)
def test_what_the_catalogue_has_not_is_refused_here_too(
    recommender: Recommender, parts: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(QueryError, match=sentence):
        recommender.explain(Query(items=["sku-0-disc"], **parts), "sku-2-disc")


def test_a_filter_changes_nothing_of_the_explanation(recommender: Recommender) -> None:
    plain = recommender.explain(Query(items=["sku-0-disc"]), "sku-2-disc")
    filtered = Query(
        items=["sku-0-disc"], where={"articleType": "square"}, leave_out=["sku-2-disc"]
    )
    assert recommender.explain(filtered, "sku-2-disc").record() == plain.record()
