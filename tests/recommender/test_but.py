"""The same in another value: what is like the garment comes before what is like its colour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.index import Metric
from pipeline.recommender import Query, Recommender
from pipeline.recommender.searching import Searcher
from pipeline.recommender.steering import Asker
from tests.conftest import draw_garment

SHIRTS, OTHERS = 12, 3
COUNT = 1 + SHIRTS + OTHERS


def places(dimension: int) -> np.ndarray:
    """A red shirt, blue shirts, and some other blue things that are nearer to it by a hair."""
    rows = np.zeros((COUNT, dimension), dtype=np.float32)
    rows[0, 0] = 1
    for row in range(1, COUNT):
        side, nearer = (1, 0) if row <= SHIRTS else (2 + row - SHIRTS, 0.02)
        rows[row, 0], rows[row, side] = 0.8 + nearer, 0.6
    return rows


@pytest.fixture(scope="module")
def shop(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("shop")
    draw_garment(folder / "one.png", "red", "disc")
    lines = ["file_name,id,kind,colour"]
    for row in range(COUNT):
        kind = "shirt" if row <= SHIRTS else "other"
        lines.append(f"one.png,sku-{row},{kind},{'blue' if row else 'red'}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    built = build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "shop")
    built.embeddings = places(built.embeddings.shape[1])
    # The mean of each item's colours: what is blue lies on the second axis.
    assert built.colours is not None
    colours = np.zeros_like(built.colours)
    colours[0, 0] = 1
    colours[1:, 1] = 1
    built.colours = colours
    return Recommender(encoder, built)


def found(shop: Recommender, **asked: Any) -> list[tuple[str, float]]:
    answer = shop.ask(Query(items=["sku-0"], colour_weight=asked.pop("colour_weight", 0), **asked))
    return [(str(match.attributes["kind"]), match.score) for match in answer.matches]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("variety", [0, 0.001])
def test_the_garment_comes_first_and_the_scores_stay_those_of_the_query(
    shop: Recommender, metric: str, variety: float
) -> None:
    asked = {"metric": metric, "variety": variety}
    filtered = found(shop, where={"colour": "blue"}, k=3, metric=metric)
    assert [kind for kind, _ in filtered] == ["other"] * 3
    but = found(shop, but={"colour": "blue"}, k=5, **asked)
    assert [kind for kind, _ in but] == ["shirt"] * 5
    everything = found(shop, where={"colour": "blue"}, k=COUNT - 1, metric=metric)
    again = found(shop, but={"colour": "blue"}, k=COUNT - 1, metric=metric)
    assert [kind for kind, _ in sorted(again)] == [kind for kind, _ in sorted(everything)]
    scores = [[score for _, score in sorted(one)] for one in (again, everything)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)


def test_both_filters_hold(shop: Recommender) -> None:
    kinds = [kind for kind, _ in found(shop, but={"colour": "blue"}, where={"kind": "other"})]
    assert kinds == ["other"] * OTHERS


def test_colours_come_nearer_too(shop: Recommender) -> None:
    """Else the more colour counts, the more would the colour that is not wanted count."""
    query = Query(items=["sku-0"], but={"colour": "blue"}, colour_weight=0.5)
    asked, searcher = Asker(shop.encoder, shop.built).ask(query), Searcher(shop.built)
    nearer = searcher.nearer(Metric.COSINE, asked, searcher.allowed(query))
    assert nearer.colours is not None
    assert nearer.colours.query[:2] == pytest.approx(np.array([1, 0.75]) / 1.25, abs=1e-6)
