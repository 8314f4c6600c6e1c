"""What the variants of one product say is found one by one, and what the product says is whole."""

from __future__ import annotations

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.recommender.query.filters import Filters
from tests.support.shop_server import ShopServer


@pytest.fixture(scope="module")
def feed(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    folder = tmp_path_factory.mktemp("feed")
    rows = ["id;item_group_id;title;brand;size;image_link"]
    for item in ("red", "green"):
        rows += [
            f"{item}-{s};{item};A {item} tee, warm;Acme, Inc.;{s};@{item}-disc.png" for s in "SM"
        ]
    with ShopServer().serving() as server:
        text = "\n".join(rows).replace("@", server.address("ok/"))
        (folder / "feed.csv").write_text(text, encoding="utf-8")
        catalogue = open_catalogue(folder / "feed.csv", allow_private=True, home=folder / "home")
        return build(catalogue, encoder, folder / "built")


def test_sizes_are_choices_of_their_own_and_the_parts_of_a_name_are_not(
    feed: BuiltCatalogue,
) -> None:
    columns = Filters(feed)
    assert columns.column("size").choices == ["S", "M"]
    assert columns.column("brand").choices == ["Acme, Inc."]
    assert columns.column("title").choices == ["A red tee, warm", "A green tee, warm"]
