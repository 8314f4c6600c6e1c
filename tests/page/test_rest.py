"""The plain HTTP door, as `curl` and a shop's own code use it, on a live server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import sync_playwright

from pipeline.page.parameters import QUERY
from tests.page.browsing import CHROMIUM, FLAGS
from tests.support.bad_queries import BAD_QUERIES
from tests.support.live import LiveApp

PROBLEM = "application/problem+json"
NAMES = [parameter.name for parameter in QUERY]
LOOKING_UP = {"200", "401", "403", "404", "421", "429", "500", "503"}
HTTP_PAGE = Path(__file__).resolve().parents[2] / "docs" / "http.md"


@pytest.fixture(scope="module")
def photo(shop_folder: Path) -> Path:
    return shop_folder / "red-disc.png"


def as_form(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters as the fields of a form: texts as they are, all else as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }


def search(http: httpx.Client, photo: Path, **fields: Any) -> httpx.Response:
    files = {"file": (photo.name, photo.read_bytes())}
    return http.post("/api/search", files=files, data=fields)


def ids(answer: dict[str, Any]) -> list[str]:
    return [match["id"] for match in answer["matches"]]


def sentence_of(answer: httpx.Response, status: int) -> str:
    """The sentence of a problem, whose form is checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    return str(told["detail"])


def test_one_call_with_a_photo_gives_the_matches(http: httpx.Client, photo: Path) -> None:
    answer = search(http, photo, k="3", where='{"articleType": "disc"}', fold="true").json()
    assert sorted(answer) == ["matches", "notes"]
    first = answer["matches"][0]
    assert (first["rank"], first["id"], first["name"]) == (1, "sku-0-disc", "Red disc")
    assert {match["attributes"]["articleType"] for match in answer["matches"]} == {"disc"}
    assert len(answer["matches"]) == 3
    assert "image" not in first
    picture = httpx.get(first["picture"])
    assert picture.headers["content-type"].startswith("image/")


def test_an_item_or_words_are_asked_in_json(http: httpx.Client) -> None:
    ways: list[dict[str, Any]] = [
        {"id": "sku-2-disc"},
        {"items": ["sku-2-disc"]},
        {"items": "sku-2-disc"},
    ]
    for way in ways:
        body = way | {"where": {"baseColour": "blue"}, "k": 7}
        answer = http.post("/api/search", json=body).json()
        assert [match["id"] for match in answer["matches"]] == ["sku-2-square"]
        assert answer["notes"] == ["One item is left to choose from, fewer than the 7 asked for."]
    # As `curl -d` sends it, which names no JSON.
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    text = json.dumps({"words": "blue square", "colour_weight": 0.5})
    answer = http.post("/api/search", content=text, headers=kind).json()
    assert answer["matches"][0]["id"] == "sku-2-square"


def test_lists_come_as_json_or_as_fields_of_one_name(http: httpx.Client, photo: Path) -> None:
    left_out = ["sku-0-disc", "sku-1-disc", "sku-2-disc"]
    for sent in (left_out, json.dumps(left_out)):
        answer = search(http, photo, leave_out=sent, where='{"articleType": "disc"}').json()
        assert [match["id"] for match in answer["matches"]] == ["sku-3-disc"]
    photos = [("file", photo.read_bytes()), ("file", photo.read_bytes())]
    assert http.post("/api/search", files=photos).json()["matches"][0]["id"] == "sku-0-disc"


def test_an_item_is_looked_up_by_its_id(http: httpx.Client) -> None:
    item = http.get("/api/items/sku-3-disc").json()
    assert (item["id"], item["name"]) == ("sku-3-disc", "Black disc")
    assert item["attributes"]["baseColour"] == "black"
    assert httpx.get(item["picture"]).status_code == 200
    for unknown in ("sku-9", "a/b.png", "../config", "'", "\u00e4 \u2713", "x" * 500):
        answer = http.get(f"/api/items/{quote(unknown, safe='')}")
        assert "The catalogue has no item '" in sentence_of(answer, 404), unknown


@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_what_cannot_be_answered_gets_the_sentence_of_python(
    http: httpx.Client, photo: Path, kind: str
) -> None:
    bad = BAD_QUERIES[kind]
    body = {"items": ["sku-1-disc"]} | bad.parameters
    assert re.search(bad.sentence, sentence_of(http.post("/api/search", json=body), 422))
    if kind != "words":  # in a form any words are a text
        answer = search(http, photo, **as_form(bad.parameters))
        assert re.search(bad.sentence, sentence_of(answer, 422))


def form(*parts: bytes, end: bytes = b"--b--\r\n") -> dict[str, Any]:
    body = b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return {"content": body + end, "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


FIELDS = (b"id", b"words", b"box", b"metric", b"k", b"where", b"more")
LONG = b"x" * 5000
MULTIPART = {"Content-Type": "multipart/form-data"}
PICTURE = b'name="file"; filename="a.png"\r\n\r\nno picture'


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({}, 400, "not JSON that can be read. Send an object, such as"),
        ({"content": b"\xff\xd8\xff\xe0 a photo"}, 400, "curl -F file=@shirt.jpg"),
        ({"content": b"x" * 70_000}, 413, "longer than 64 kB. Upload pictures as files"),
        ({"json": ["sku-1-disc"]}, 400, "is JSON, but no object"),
        ({"json": {}}, 422, "no picture, item or word to ask by"),
        ({"json": {"file": "shirt.jpg"}}, 422, "JSON holds no picture"),
        ({"json": {"id": "sku-1-disc", "color": "red"}}, 422, "There is no parameter 'color'"),
        ({"json": {"pictures": ["/etc/passwd"]}}, 422, "There is no parameter 'pictures'"),
        ({"json": {"words": "r" * 5000}}, 413, "more than 4,096 characters"),
        ({"content": b'{"words": "\\ud800"}'}, 400, "not JSON that can be read"),
        ({"content": b"--b", "headers": MULTIPART}, 400, "The form cannot be read"),
        (form(PICTURE), 422, "not a picture"),
        (form(PICTURE, end=b""), 400, "cut off"),
        (form(PICTURE.replace(b"no picture", b"")), 422, "Choose another|Save it again|not a"),
        (form(b'name="file"\r\n\r\nshirt.jpg'), 422, "'file' came as a text"),
        (form(PICTURE.replace(b'"file"', b'"image"')), 422, "by the name 'file'"),
        (form(b'name="k"\r\n\r\n3', b'name="k"\r\n\r\n4'), 422, "'k' is given 2 times"),
        (form(b"filename=a\r\n\r\nx"), 400, "The form cannot be read"),
        (form(b'name="words"\r\n\r\n' + b"r" * 70_000), 400, "longer than 64 kB"),
        (form(*[b'name="less"\r\n\r\na'] * 70), 400, "64 files and values"),
        (form(*[PICTURE] * 17), 422, "at most 16 pictures and items"),
        (form(b'name="where"\r\n\r\n{"a": "\\ud800"}'), 422, "The filter cannot be"),
        (form(b'name="where"\r\n\r\n' + b'{"a":' * 600), 422, "The filter cannot be"),
        (form(b'name="where"\r\n\r\n' + b'{"a":' * 3000), 413, "more than 4,096 characters"),
        (form(b'name="id"\r\n\r\n' + b"x" * 4000), 422, f"no item '{'x' * 60}…'. Give"),
        *((form(b'name="%b"\r\n\r\n' % name + LONG), 413, "more than 4,096") for name in FIELDS),
        ({"json": {"id": ["sku-1-disc"]}}, 422, "'id' takes the id of one item, not"),
    ],
)
def test_a_request_of_no_form_gets_one_sentence(
    http: httpx.Client, sent: dict[str, Any], status: int, sentence: str
) -> None:
    for route in ("/api/search", "/api/compare"):
        answer = http.post(route, **sent)
        assert re.search(sentence, sentence_of(answer, status))
        assert len(answer.content) < 1500


def test_fields_that_nobody_has_filled_in_are_left_out(http: httpx.Client, photo: Path) -> None:
    names = (*NAMES, "id")
    empty = dict.fromkeys(names, "")
    plain = search(http, photo).json()
    assert ids(search(http, photo, **empty).json()) == ids(plain)
    # As a browser sends a form in which no file was chosen.
    no_file = b'name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n'
    blank = [b'name="%b"\r\n\r\n ' % name.encode() for name in names if name != "words"]
    answer = http.post("/api/search", **form(no_file, b'name="words"\r\n\r\nred', *blank)).json()
    assert ids(answer) == ids(http.post("/api/search", json={"words": "red"}).json())
    nothing = http.post("/api/search", **form(no_file, *blank))
    assert "no picture, item or word to ask by" in sentence_of(nothing, 422)
    odd = http.post("/api/search", **form(PICTURE, b'name="wrods"\r\n\r\n'))
    assert "There is no parameter 'wrods'" in sentence_of(odd, 422)


def test_both_metrics_are_compared(http: httpx.Client, photo: Path) -> None:
    files = {"file": (photo.name, photo.read_bytes())}
    asked = {"k": "3", "where": '{"articleType": ["disc", "square"]}', "but": ""}
    compared = http.post("/api/compare", files=files, data=asked).json()
    assert list(compared) == ["cosine", "euclidean", "shared"]
    for metric in ("cosine", "euclidean"):
        alone = search(http, photo, **asked, metric=metric).json()
        assert ids(compared[metric]) == ids(alone)
        assert compared[metric]["notes"] == alone["notes"]
        assert httpx.get(compared[metric]["matches"][0]["picture"]).status_code == 200
    found = ids(compared["euclidean"])
    assert compared["shared"] == [item for item in ids(compared["cosine"]) if item in found] != []
    refused = http.post("/api/compare", json={"id": "sku-1-disc", "metric": "cosine"})
    assert "There is no parameter 'metric'" in sentence_of(refused, 422)


@pytest.mark.parametrize("name", ["where", "but"])
def test_a_filter_may_name_attributes_that_are_called_as_files_are(
    http: httpx.Client, name: str
) -> None:
    wheres: list[dict[str, Any]] = [
        {"path": "/etc/passwd"},
        {"url": ["a", "b"]},
        {"meta": {"min": 1}, "path": "a"},
        {"meta": "a", "path": "a"},
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    ]
    for where in wheres:
        by_rest = http.post("/api/search", json={"words": "red", name: where})
        named = {"words": "red", name: where}
        event = http.post("/gradio_api/call/v2/recommend", json=named).json()["event_id"]
        by_gradio = http.get(f"/gradio_api/call/v2/recommend/{event}").text
        for said in (by_rest.text, by_gradio):
            if isinstance(where.get("meta"), dict) and "_type" in where["meta"]:
                assert "The range of 'meta' cannot be" in said
            else:
                assert f"There is no attribute '{next(iter(where))}'" in said


def test_what_is_no_part_of_the_door_is_not_served(http: httpx.Client) -> None:
    for method, route in (
        ("GET", "/api/events"),
        ("GET", "/api/redoc"),
        ("GET", "/api/docs/__init__.py"),
        ("GET", "/api"),
    ):
        answer = http.request(method, route)
        assert sentence_of(answer, 404) == "Nothing is served at this address."
    for host in ("evil.example", "a b"):
        assert http.get("/api/items/sku-1-disc", headers={"Host": host}).status_code in (400, 421)


def test_the_description_names_every_parameter(http: httpx.Client) -> None:
    described = http.get("/api/openapi.json").json()
    asked = described["paths"]["/search"]["post"]["requestBody"]["content"]
    properties = asked["multipart/form-data"]["schema"]["properties"]
    assert {"file", "id", "words", "where", "k", "variety"} <= properties.keys()
    assert all(len(each["description"]) > 20 for each in properties.values())
    assert "file" not in asked["application/json"]["schema"]["properties"]
    assert described["paths"]["/items/{item}"]["get"]["responses"]["404"]
    assert described["servers"] == [{"url": "/api"}]


def test_the_description_says_what_json_and_forms_take(http: httpx.Client) -> None:
    described = http.get("/api/openapi.json").json()
    assert "HTTPValidationError" not in json.dumps(described)
    assert "/facets" not in json.dumps(described)  # of another door
    for route in ("/search", "/compare"):
        asked = described["paths"][route]["post"]["requestBody"]["content"]
        body = asked["application/json"]["schema"]["properties"]
        assert all({"type": "null"} in each["anyOf"] for each in body.values())
        kinds = [each["type"] for each in body["box"]["anyOf"][0]["anyOf"]]
        assert kinds == ["string", "array"]
        id_kinds = [each["type"] for each in body["id"]["anyOf"][0]["anyOf"]]
        assert id_kinds == ["string", "integer"]
        assert ("metric" in body) == (route == "/search")
    problem = described["paths"]["/map"]["get"]["responses"]["404"]["content"][PROBLEM]["schema"]
    told = http.get("/api/items/sku-9").json()
    assert problem["properties"].keys() == told.keys()


def test_the_description_has_every_status_and_limit(http: httpx.Client) -> None:
    paths = http.get("/api/openapi.json").json()["paths"]
    search = paths["/search"]["post"]
    assert search["responses"].keys() == paths["/compare"]["post"]["responses"].keys()
    assert set(paths["/items/{item}"]["get"]["responses"]) == LOOKING_UP
    assert set(paths["/map"]["get"]["responses"]) == LOOKING_UP | {"304"}
    listed = re.findall(r"^\| (\d[\d, ]*) \|", HTTP_PAGE.read_text(encoding="utf-8"), re.M)
    statuses = {status for row in listed for status in row.split(", ")}
    assert statuses - {"404"} <= search["responses"].keys()  # of items
    form = search["requestBody"]["content"]["multipart/form-data"]
    properties = form["schema"]["properties"]
    assert (properties["k"]["minimum"], properties["k"]["maximum"]) == (1, 50)
    for name in ("colour_weight", "words_weight", "variety"):
        assert (properties[name]["minimum"], properties[name]["maximum"]) == (0, 1)
    body = search["requestBody"]["content"]["application/json"]
    assert {"words", "k"} <= body["example"].keys() <= body["schema"]["properties"].keys()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    said: list[str] = []
    yield said
    assert not said


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_docs_are_shown_and_tried_without_asking_another_host(
    app: LiveApp, complaints: list[str], photo: Path
) -> None:
    assert '"validatorUrl": null' in httpx.get(f"{app.url}/api/docs").text
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((app.url, "data:", "blob:"))
                else complaints.append(asked.url)
            ),
        )
        page.goto(f"{app.url}/api/docs")
        page.get_by_text("Look an item up by its id.").click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_placeholder("item").fill("sku-3-disc")
        page.get_by_role("button", name="Execute").click()
        page.get_by_text('"name": "Black disc"').first.wait_for()

        page.goto(f"{app.url}/api/docs")
        page.get_by_text("Find the items that look most like").click()
        page.get_by_role("button", name="Try it out").click()
        page.set_input_files("input[type=file]", photo)
        more = page.locator("tr", has_text="Ids of items to come nearer to")
        for number, item in enumerate(("sku-1-disc", "sku-2-disc")):
            more.get_by_role("button", name="Add string item").click()
            more.locator("input[type=text]").nth(number).fill(item)
        # One that nobody fills in.
        page.get_by_role("button", name="Add string item").first.click()
        with page.expect_response(f"{app.url}/api/search") as answered:
            page.get_by_role("button", name="Execute").click()
        found = ids(answered.value.json())
        assert found[0] == "sku-0-disc"
        assert not {"sku-1-disc", "sku-2-disc"} & {*found}
        browser.close()
