"""What steers an answer, against a live server: through `gradio_client`, and in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import Page, expect
from pyarrow import parquet

from pipeline.page.parameters import ID
from pipeline.settings import ARTIFACTS
from tests.page.browsing import PHONE, HeldRequest, wait_for_answer
from tests.page.test_accessible import call_it_nothing_alike
from tests.support.bad_queries import BAD_QUERIES, WITHOUT_ASKING
from tests.support.calls import API, call, upload
from tests.support.live import LiveApp


@pytest.fixture(scope="module")
def client(app: LiveApp, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(app.url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def ids(matches: list[dict]) -> list[str]:
    return [match["id"] for match in matches]


def test_parameters_are_given_by_name(client: Client, shop_folder: Path) -> None:
    matches = client.predict(
        handle_file(shop_folder / "red-disc.png"),
        "cosine",
        k=7,
        where={"articleType": "disc"},
        leave_out=["sku-0-disc"],
        api_name="/recommend",
    )
    assert sorted(ids(matches)) == ["sku-1-disc", "sku-2-disc", "sku-3-disc"]
    assert matches[0]["notes"] == ["3 items are left to choose from, fewer than the 7 asked for."]
    assert matches[0]["name"].endswith(" disc")


def test_the_address_of_a_picture_works_outside_the_client(
    client: Client, shop_folder: Path
) -> None:
    match = client.predict(handle_file(shop_folder / "red-disc.png"), api_name="/recommend")[0]
    answer = httpx.get(match["picture"])
    assert answer.status_code == 200
    assert answer.content == Path(match["image"]).read_bytes()


def test_more_less_items_and_several_pictures(client: Client, shop_folder: Path) -> None:
    pictures = [handle_file(shop_folder / f"{name}.png") for name in ("red-disc", "blue-disc")]
    matches = client.predict(
        pictures=pictures,
        items=["sku-1-disc"],
        more=["sku-3-disc"],
        less=["sku-3-square"],
        variety=0.2,
        fold=False,
        k=8,
        api_name="/recommend",
    )
    assert len(matches) == 5
    assert not {"sku-1-disc", "sku-3-disc", "sku-3-square"} & set(ids(matches))


def test_similar_is_on_from_an_answer(client: Client) -> None:
    matches = client.predict("sku-2-disc", k=3, where={"baseColour": "blue"}, api_name="/similar")
    assert ids(matches) == ["sku-2-square"]
    with pytest.raises(Exception, match=r"There is no item\. Give its id as the parameter 'item'"):
        client.predict(None, api_name="/similar")
    with pytest.raises(Exception, match="has no item 'sku-77'"):
        client.predict("sku-77", api_name="/similar")


def test_facets_are_of_the_catalogue_or_near_a_query(client: Client, shop_folder: Path) -> None:
    whole = {facet["attribute"]: facet for facet in client.predict(api_name="/facets")}
    assert whole["articleType"]["values"][0] == {"value": "disc", "nearest": None, "catalogue": 4}
    near = client.predict(
        handle_file(shop_folder / "red-disc.png"), where={"baseColour": "red"}, api_name="/facets"
    )
    assert near[2]["values"][0] == {"value": "red", "nearest": 2, "catalogue": 2}
    with pytest.raises(Exception, match="no picture, item or word to ask by"):
        client.predict(where={"baseColour": "red"}, api_name="/facets")


@pytest.mark.parametrize("kind", WITHOUT_ASKING)
def test_facets_of_the_catalogue_are_refused_what_a_query_is(client: Client, kind: str) -> None:
    bad = BAD_QUERIES[kind]
    with pytest.raises(Exception, match=bad.sentence):
        client.predict(**bad.parameters, api_name="/facets")


def test_both_metrics_are_compared(client: Client, shop_folder: Path) -> None:
    photo = handle_file(shop_folder / "red-disc.png")
    asked = {"k": 3, "where": {"articleType": ["disc", "square"]}, "words": "red"}
    compared = client.predict(photo, **asked, api_name="/compare")
    for metric in ("cosine", "euclidean"):
        alone = client.predict(photo, metric, **asked, api_name="/recommend")
        assert ids(compared[metric]) == ids(alone)
        assert [m["score"] for m in compared[metric]] == [m["score"] for m in alone]
        assert Image.open(compared[metric][0]["image"]).size == (64, 64)
    found = set(ids(compared["euclidean"]))
    assert compared["shared"] == [item for item in ids(compared["cosine"]) if item in found]
    assert compared["shared"]


def test_an_explanation_adds_up(client: Client, shop_folder: Path) -> None:
    photo = handle_file(shop_folder / "red-disc.png")
    match = client.predict(photo, colour_weight=0.3, api_name="/recommend")[1]
    why = client.predict(photo, match["id"], colour_weight=0.3, api_name="/explain")
    assert why["score"] == pytest.approx(match["score"], abs=1e-5)
    for places in (why["query_map"], why["item_map"]):
        assert sum(map(sum, places)) + why["colour"] == pytest.approx(match["score"], abs=1e-4)
    why = client.predict(None, "sku-2-disc", items=["sku-0-disc"], api_name="/explain")
    assert why["agree"] == {"articleType": "disc"}
    assert why["differ"]["baseColour"] == ["red", "blue"]


def test_words_are_asked_alone_and_what_is_unknown_is_named(client: Client) -> None:
    matches = client.predict(words="blue xyzzy square", colour_weight=0.5, api_name="/recommend")
    assert matches[0]["id"] == "sku-2-square"
    assert matches[0]["notes"] == ["The catalogue does not know the word 'xyzzy'."]


def test_a_batch_answers_each_picture_and_says_which_cannot_be_used(
    client: Client, shop_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    paths = [shop_folder / "red-disc.png", tmp_path / "bad.png", shop_folder / "blue-square.png"]
    answers = client.predict([handle_file(path) for path in paths], k=2, api_name="/batch")
    assert [len(answer["matches"]) for answer in answers] == [2, 0, 2]
    assert answers[0]["matches"][0]["id"] == "sku-0-disc"
    assert answers[2]["matches"][0]["id"] == "sku-2-square"
    assert Image.open(answers[2]["matches"][0]["image"]).size == (64, 64)
    assert answers[0]["error"] is None
    assert "not a picture" in answers[1]["error"]
    with pytest.raises(Exception, match="There is no picture"):
        client.predict([], api_name="/batch")


@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_what_cannot_be_answered_gets_the_sentence_of_python(
    client: Client, shop_folder: Path, kind: str
) -> None:
    bad = BAD_QUERIES[kind]
    with pytest.raises(Exception, match=bad.sentence):
        client.predict(
            handle_file(shop_folder / "red-disc.png"), **bad.parameters, api_name="/recommend"
        )


def test_pictures_that_were_not_uploaded_are_never_opened(
    client: Client, http: httpx.Client, shop_folder: Path
) -> None:
    own = str(shop_folder / "red-disc.png")
    for pictures in ([own], own, [{"path": own}], [[own]], {"path": own}):
        with pytest.raises(Exception, match="uploaded here"):
            client.predict(pictures=pictures, api_name="/recommend")
    with pytest.raises(Exception, match="uploaded here"):
        client.predict(own, api_name="/recommend")
    with pytest.raises(Exception, match="uploaded here"):
        client.predict([own], api_name="/batch")


def test_a_parameter_that_there_is_none_of_is_refused_by_its_name(
    client: Client, http: httpx.Client
) -> None:
    for name in ("wrods", "x" * 500, "a`b\nc"):
        answer = http.post(f"{API}/call/v2/recommend", json={name: "red", "k": 3})
        assert answer.status_code == 422
        told = answer.json()
        assert told["detail"].startswith(f"'/recommend' has no parameter '{name[:60]}'.")
        assert told["detail"].endswith("/gradio_api/info lists those that it has.")
        assert told["error"] == told["detail"]
    # The client knows the names, and sends nothing.
    with pytest.raises(TypeError, match="`wrods` is not a valid key-word argument"):
        client.predict(wrods="red", api_name="/recommend")


def test_more_values_than_there_are_parameters_are_refused(
    http: httpx.Client, shop_folder: Path
) -> None:
    photo = {
        "path": upload(http, shop_folder / "red-disc.png"),
        "meta": {"_type": "gradio.FileData"},
    }
    answer = call(http, photo, "cosine", *[None] * 20)
    assert re.search(r"takes at most \d+ values, not 22", answer)


def test_the_description_of_the_api_is_our_own(http: httpx.Client) -> None:
    described = http.get(f"{API}/info").json()["named_endpoints"]
    examples: set[str] = set()
    for name, endpoint in described.items():
        assert len(endpoint["description"]) > 30, name
        for parameter in endpoint["parameters"]:
            assert parameter["type"]["description"], parameter
            assert parameter["python_type"]["description"], parameter
            assert parameter["example_input"] not in (None, [], {}), parameter
            if parameter["type"].get("items") == ID:
                examples |= set(parameter["example_input"])
    (table,) = (ARTIFACTS / "starter-catalogue" / "data").glob("*.parquet")
    items = {str(item) for item in parquet.read_table(table, columns=["id"])["id"].to_pylist()}
    assert examples
    assert examples <= items  # none that is refused when it is tried
    image = described["/recommend"]["parameters"][0]
    assert image["python_type"]["type"] == "filepath"
    assert "at most 40 MB" in image["type"]["description"]
    assert "publicly available" not in http.get(f"{API}/info").text
    assert "bus.png" not in http.get(f"{API}/info").text


def ask_by_an_example(page: Page) -> None:
    page.locator("#examples-part button").first.click()
    wait_for_answer(page)


def test_a_range_is_typed_from_end_to_end_and_words_outlast_it(page: Page) -> None:
    ask_by_an_example(page)
    page.get_by_label("In words").fill("blue")
    page.locator(".facets summary", has_text="Price").click()
    least, most = (page.get_by_role("spinbutton", name=end) for end in ("from", "to"))
    least.fill("61")
    with page.expect_response("**/run/page_ask"):
        most.click()
    expect(page.locator(".chosen")).to_contain_text("price from 61")
    expect(page.locator("#message")).to_have_attribute("aria-busy", "false")
    page.keyboard.type("63")
    page.keyboard.press("Tab")
    expect(page.locator(".chosen")).to_contain_text("price 61 to 63")
    # What is typed and not sent stays, until what it says is asked and taken back.
    expect(page.get_by_label("In words")).to_have_value("blue")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".chosen")).to_contain_text("“blue”")
    page.get_by_role("button", name="Remove: “blue”").click()
    expect(page.get_by_label("In words")).to_have_value("")
    page.get_by_role("button", name="Remove: price 61 to 63").click()
    expect(least).to_have_value("")
    expect(most).to_have_value("")


def test_why_says_nothing_of_an_item_that_was_asked_about_before(page: Page) -> None:
    ask_by_an_example(page)
    held = HeldRequest(page, "**/run/page_why")
    whys = page.locator("#lookalikes").get_by_role("button", name="Why this one")
    whys.first.click()
    held.once_asked()
    page.keyboard.press("Escape")
    whys.last.click()
    shown = page.locator("#why .heat img")
    expect(shown).to_have_count(2)
    of_the_last = shown.last.get_attribute("src")
    held.let_go()
    page.wait_for_timeout(500)
    assert shown.last.get_attribute("src") == of_the_last


def test_a_phone_shows_what_became_of_the_answer_and_leads_there(page: Page) -> None:
    page.set_viewport_size(PHONE)
    ask_by_an_example(page)
    amount = page.get_by_label("How many")
    amount.scroll_into_view_if_needed()
    for count in ("10", "20", "50", "10", "20"):
        with page.expect_response("**/run/page_ask"):
            amount.select_option(count)
    told = page.locator("#told")
    expect(told).not_to_be_in_viewport()
    way = page.get_by_role("button", name="See the answer")
    expect(way).to_be_in_viewport(ratio=1)
    expect(way).to_contain_text(re.compile(r"The \d closest items"))
    way.click()
    expect(told).to_be_in_viewport()
    expect(told).to_be_focused()
    expect(way).to_be_hidden()
    expect(page.locator(".trail [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_the_word_that_was_meant_is_one_click_away(page: Page) -> None:
    page.get_by_label("In words").fill("bleu")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Did you mean")
    page.route("**/run/page_ask", call_it_nothing_alike)
    page.locator("#message").get_by_role("button", name="blue", exact=True).click()
    page.wait_for_function("location.search.includes('words=blue')")
    expect(page.get_by_label("In words")).to_have_value("blue")
    status = page.get_by_role("status").first
    expect(status).to_contain_text("looks like this. First: ")
    page.unroute("**/run/page_ask")
    # Nothing on the other tab leads away from the search.
    page.get_by_role("tab", name="API").click()
    expect(page.locator(".code a")).to_have_attribute("target", "_blank")
    expect(page.locator(".code")).to_contain_text("client.view_api()")
