"""An item with a second variant is called as its product: its old id finds it still."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

from pipeline.artifacts import BuiltCatalogue, open_built
from pipeline.building import build, update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import QueryError
from pipeline.recommender import Query, Recommender
from tests.page.browsing import CHROMIUM, FLAGS
from tests.support.live import LiveApp
from tests.support.shop_server import ShopServer

ITEMS = ["red", "green", "blue", "black"]


@pytest.fixture(scope="module")
def grown(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """Products of one variant each, two of which have a second one since."""
    folder = tmp_path_factory.mktemp("grown")
    feed = folder / "feed.csv"
    with ShopServer().serving() as server, pytest.MonkeyPatch.context() as patch:
        # To measure what distances mean takes far longer than all else here.
        patch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)
        rows = ["id,item_group_id,title,image_link"]
        rows += [f"{item}-s,{item},{item} disc,@{item}-disc.png" for item in ITEMS]
        for more in ([], [f"{item}-m,{item},{item} disc,@{item}-disc.png" for item in ITEMS[:2]]):
            text = "\n".join(rows + more).replace("@", server.address("ok/"))
            feed.write_text(text, encoding="utf-8")
            catalogue = open_catalogue(feed, allow_private=True, home=folder / "home")
            if more:
                update(folder / "built", catalogue, encoder)
            else:
                assert build(catalogue, encoder, folder / "built").ids == [f"{i}-s" for i in ITEMS]
    return open_built(folder / "built")


def test_the_id_of_a_variant_names_its_item(encoder: Encoder, grown: BuiltCatalogue) -> None:
    assert sorted(grown.ids) == ["black-s", "blue-s", "green", "red"]
    recommender = Recommender(encoder, grown)
    asked = [recommender.ask(Query(items=[item], k=3)).matches for item in ("red", "red-s")]
    assert asked[0] == asked[1]
    assert "red" not in [match.id for match in asked[1]]
    assert recommender.item("red-m").id == "red"
    answer = recommender.for_items(["red-s", "red-m"], ["green-s", "gone"], 4)
    assert {match.id for match in answer.matches} == {"blue-s", "black-s"}
    assert any("1 " in note for note in answer.notes), "one of the four is gone"
    with pytest.raises(QueryError, match="no item 'red-x'"):
        recommender.item("red-x")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_what_is_kept_is_called_as_it_is_now(grown: BuiltCatalogue) -> None:
    with LiveApp("--artifacts", grown.folder) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{app.url}/?kept=red-s,red-m,blue-s")
        page.get_by_text("What you keep (2)").click()
        for name in ("red disc", "blue disc"):
            page.get_by_role("button", name=f"Keep no longer: {name}").click()
        expect(page.locator(".for-you")).to_be_hidden()
        browser.close()
