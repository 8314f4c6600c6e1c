"""A shop's export is built, and its items are found by any of their pictures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue, open_built
from pipeline.building import build, remove, update
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.index import Metric
from pipeline.recommender import Query, Recommender
from pipeline.recommender.searching import Searcher
from pipeline.recommender.steering import Asker
from tests.support.shop_server import ShopServer, picture

FEED = """id,title,size,waist,price,image_1,image_2,image_3
1,Red,S,36,10.00 EUR,@red-disc,@blue-disc,@gone
2,Green,S,38.0,12.00 EUR,@green-disc,,
3,Black,XL,44,8.00 EUR,@gone,@black-square,@orange-disc
4,None,M,40,1.00 EUR,@gone,,
1,Red,M,40,11.00 EUR,@red-square,,
"""


@dataclass
class Shop:
    feed: Path
    home: Path
    built: BuiltCatalogue
    answer: dict


@pytest.fixture(scope="module")
def shop(encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The feed, built by the command line, which prints JSON."""
    folder = tmp_path_factory.mktemp("feed")
    with ShopServer().serving() as server:
        text = FEED.replace("@gone", server.address("gone.png")).replace("@", server.address("ok/"))
        (folder / "shop.csv").write_text(text, encoding="utf-8")
        arguments = [str(folder / "shop.csv"), "--out", str(folder / "built"), "--json"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOOKALIKE_HOME", str(folder / "home"))
            printed: list[str] = []
            patch.setattr("builtins.print", lambda *texts, **_: printed.extend(map(str, texts)))
            encoder = ["--encoder", str(encoder_folder), "--precision", "fp32"]
            assert main(["build", *arguments, *encoder, "--allow-private"]) == 0, printed
        answer = json.loads(printed[-1])
        yield Shop(folder / "shop.csv", folder / "home", open_built(folder / "built"), answer)


@pytest.fixture(scope="module")
def recommender(shop: Shop, encoder: Encoder) -> Recommender:
    return Recommender(encoder, shop.built)


def test_the_balance_adds_up_and_lists_every_picture_that_is_missing(shop: Shop) -> None:
    balance = shop.answer["balance"]
    assert shop.answer["items"] == 3
    assert (balance["rows"], balance["items"], balance["folded"], balance["skipped"]) == (
        5,
        3,
        1,
        1,
    )
    assert balance["pictures_missing"] == 3
    listed = [one for one in shop.answer["left_out"] if one["why"] == "picture"]
    assert [one["name"] for one in listed] == [f"shop.csv, line {line}" for line in (2, 4, 5)]
    assert all("404" in one["reason"] for one in listed)


def test_an_item_is_found_by_any_of_its_pictures(recommender: Recommender, shop: Shop) -> None:
    assert shop.built.ids == ["1", "2", "3"]
    for name, item in {"red-disc": "1", "red-square": "1", "orange-disc": "3"}.items():
        for metric in Metric:
            matches = recommender.recommend(picture(name), metric, k=3, colour_weight=0.2)
            assert matches[0].id == item
            assert matches[0].alike
            assert {match.id for match in matches} == {"1", "2", "3"}
            best = matches[0].score
            assert best == pytest.approx(1 if metric is Metric.COSINE else 0, abs=1e-3)
    assert recommender.info()["items"] == 3


def test_filters_and_named_items_hold_for_further_pictures(recommender: Recommender) -> None:
    matches = recommender.recommend(picture("blue-disc"), where={"title": "Black"})
    assert [match.id for match in matches] == ["3"]
    for size, ids in (("S", {"1", "2"}), ("m", {"1"}), ("S, M", {"1"}), ("XL", {"3"})):
        sized = recommender.recommend(picture("blue-disc"), where={"size": size})
        assert {match.id for match in sized} == ids
    for waist, ids in (
        ({"min": 39, "max": 41}, {"1"}),
        ({"max": 38}, {"1", "2"}),
        ("38..44", {"1", "2", "3"}),
        (40, {"1"}),
        (["36", "38"], {"1", "2"}),
    ):
        ranged = recommender.recommend(picture("blue-disc"), where={"waist": waist})
        assert {match.id for match in ranged} == ids
    left = recommender.recommend(picture("blue-disc"), leave_out="1")
    assert "1" not in {match.id for match in left}


def test_each_variant_is_counted_by_its_own_value(recommender: Recommender) -> None:
    facets = {facet.attribute: facet for facet in recommender.facets()}
    counted = {one.value: one.catalogue for one in facets["size"].values}
    assert counted == {"S": 2, "M": 1, "XL": 1}
    assert (facets["waist"].least, facets["waist"].most, facets["waist"].distinct) == (36, 44, 4)
    near = recommender.facets(Query(pictures=[picture("red-square")], where={"title": "Red"}))
    (sizes,) = [facet for facet in near if facet.attribute == "size"]
    assert {one.value: one.nearest for one in sizes.values} == {"S": 1, "M": 1, "XL": 0}


def test_a_query_comes_nearer_to_the_picture_that_is_like_it(shop: Shop, encoder: Encoder) -> None:
    query = Query(pictures=[picture("orange-disc")], but={"title": "Black"}, colour_weight=0)
    asked, searcher = Asker(encoder, shop.built).ask(query), Searcher(shop.built)
    for metric in Metric:
        nearer = searcher.nearer(metric, asked, searcher.allowed(query)).embedding
        assert nearer == pytest.approx(asked.embedding, abs=0.01)


def test_an_explanation_is_of_the_first_picture(recommender: Recommender) -> None:
    """It is the one that an item shows, whichever picture has made it a match."""
    explained = recommender.explain(Query(pictures=[picture("blue-disc")]), "1")
    (match,) = recommender.recommend(picture("blue-disc"), k=1)
    assert match.id == "1"
    assert explained.score < match.score
    assert explained.query_map.sum() + explained.colour == pytest.approx(explained.score, abs=1e-4)


def test_an_update_embeds_only_the_pictures_that_are_new(
    shop: Shop, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "built"
    shutil.copytree(shop.built.folder, folder)
    feed = tmp_path / "shop.csv"
    text = shop.feed.read_text(encoding="utf-8")
    feed.write_text(text.replace("12.00", "13.00"), encoding="utf-8")
    catalogue = open_catalogue(feed, allow_private=True, home=shop.home)
    cheap = update(folder, catalogue, encoder)
    assert (cheap.embedded, cheap.difference.changed) == (0, ["2"])
    # The further picture of one item becomes another's.
    lines = text.splitlines()
    orange = lines[3].rpartition(",")[2]
    lines[2], lines[3] = lines[2][:-1] + orange + ",", lines[3].rpartition(",")[0] + ","
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    moved = update(folder, open_catalogue(feed, allow_private=True, home=shop.home), encoder)
    assert (moved.embedded, moved.difference.changed) == (0, ["2", "3"])
    asked = Recommender(encoder, open_built(folder)).recommend(picture("orange-disc"), k=1)
    assert asked[0].id == "2"
    left = remove(folder, ["2"], encoder).built
    assert [view.item for view in left.manifest.views] == ["1", "1"]


def test_a_build_that_is_interrupted_goes_on_with_the_further_pictures(
    shop: Shop, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = open_catalogue(shop.feed, allow_private=True, home=shop.home)
    monkeypatch.setattr("pipeline.building.embedding.SHARD_ROWS", 2)
    embedded: list[int] = []
    embed, most = Encoder.embed, 5

    def until_killed(self: Encoder, prepared: list) -> object:
        if sum(embedded) >= most:
            raise KeyboardInterrupt
        embedded.append(len(prepared))
        return embed(self, prepared)

    monkeypatch.setattr(Encoder, "embed", until_killed)
    with pytest.raises(KeyboardInterrupt):
        build(catalogue, encoder, tmp_path / "built")
    assert sum(embedded) == 5
    embedded.clear()
    most = 1000
    again = build(catalogue, encoder, tmp_path / "built")
    assert embedded[0] == 1  # what follows measures closeness
    assert again.views is not None
    assert shop.built.views is not None
    assert again.manifest.views == shop.built.manifest.views
    # The batches were others, and so is the last digit.
    np.testing.assert_allclose(again.views.embeddings, shop.built.views.embeddings, atol=1e-5)
    assert not [path for path in again.folder.iterdir() if path.is_dir()]


def test_a_folder_whose_table_names_several_pictures_of_an_item(
    encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("red-disc", "red-square", "blue-disc", "green-disc"):
        (folder / f"{name}.png").write_bytes(picture(name))
    rows = ["1,red-disc.png|blue-disc.png|red-square.png", "2,green-disc.png"]
    (folder / "products.csv").write_text("\n".join(["sku,images", *rows]))
    catalogue = open_catalogue(folder)
    # It may go at any time before its turn comes.
    (folder / "red-square.png").unlink()
    built = build(catalogue, encoder, tmp_path / "built")
    matches = Recommender(encoder, built).recommend(picture("blue-disc"), k=2)
    assert [match.id for match in matches] == ["1", "2"]
    assert matches[0].alike
    (left,) = built.manifest.left_out
    assert (left.name, "no picture file" in left.reason) == ("1#3", True)
