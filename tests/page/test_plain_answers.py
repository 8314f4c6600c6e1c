"""What the doors say to requests that are odd, and how what they send is packed."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import httpx
import pytest

from tests.support.calls import API
from tests.support.live import LiveApp

UNREADABLE = "The request is not JSON that can be read."


@pytest.mark.parametrize("form", [{"files": (None, "text")}, {"other": (None, "text")}])
def test_an_upload_of_no_file_gets_a_sentence(
    http: httpx.Client, form: dict[str, tuple[None, str]]
) -> None:
    answer = http.post(f"{API}/upload", files=form)
    if "files" in form:
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("'files' came as a text.")
    else:
        assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("route", ["/api/map", "/look/page.js", "/look/page.css", "/assets"])
def test_nothing_is_packed_as_the_caller_refuses_it(app: LiveApp, route: str) -> None:
    if route == "/assets":
        page = httpx.get(app.url, timeout=60).text
        route = urlsplit(page.partition('src="./assets/')[2].partition('"')[0]).path
        route = f"/assets/{route}"
    for accepted, packed in {
        "gzip;q=0": None,
        "gzip; q=0.000, br;Q=0": None,
        "identity": None,
        "br;q=0, gzip": "gzip",
        "gzip;q=0.5": "gzip",
    }.items():
        request = Request(f"{app.url}{route}", headers={"Accept-Encoding": accepted})
        with urlopen(request, timeout=60) as answer:
            assert answer.headers["content-encoding"] == packed, accepted
            body = answer.read()
        assert (gzip.decompress(body) if packed else body).decode()


@pytest.mark.parametrize("route", ["/api/items/sku-1-disc", "/api/map", "/api/docs"])
def test_head_is_answered_as_get_without_a_body(http: httpx.Client, route: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    head, got = http.head(route, headers=plain), http.get(route, headers=plain)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_nor_is_there_a_body_where_there_is_nothing(http: httpx.Client) -> None:
    answer = http.head("/api/items/none")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    ("route", "allowed"), [("/api/search", "POST"), ("/api/items/sku-1-disc", "GET")]
)
def test_a_method_that_is_none_of_a_route_is_told_which_is(
    http: httpx.Client, route: str, allowed: str
) -> None:
    answer = http.options(route)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["detail"] == f"Ask here by {allowed}."


@pytest.mark.parametrize("route", ["/api/search?k=2", "/api/compare?words=red"])
def test_parameters_in_the_address_are_refused_not_ignored(http: httpx.Client, route: str) -> None:
    name = route.partition("?")[2].partition("=")[0]
    for sent in ({"json": {"words": "red"}}, {"files": {"words": (None, "red")}}):
        answer = http.post(route, **sent)
        assert answer.status_code == 422
        assert f"The address has the parameter '{name}'" in answer.json()["detail"]


def page_says(http: httpx.Client, endpoint: str, *data: object) -> dict[str, Any]:
    told: dict[str, Any] = http.post(f"{API}/run/{endpoint}", json={"data": data}).json()
    return told["data"][0]


def test_the_page_speaks_to_shoppers(http: httpx.Client) -> None:
    """Of an item that is sold, of filters without a match, and of attributes, as filters do."""
    gone = page_says(http, "page_ask", None, "cosine", {"items": ["gone-1"]})
    assert gone["message"].startswith("This item is not here any longer. Choose another")
    for where, said in (
        ({"baseColour": ["red"], "productDisplayName": "Blue disc"}, "red and Blue disc at once"),
        ({"baseColour": ["mauve"]}, "mauve. Take the filter off."),
    ):
        asked = {"items": ["sku-1-disc"], "where": where}
        message = page_says(http, "page_ask", None, "cosine", asked)["message"]
        assert message.startswith("There is nothing here for ")
        assert said in message
    why = page_says(http, "page_why", None, "cosine", {"items": ["sku-1-disc"]}, "sku-2-disc")
    assert "Article type: disc" in why["agree"]
    assert "Base colour: green, blue" in why["differ"]


@pytest.mark.parametrize(
    ("method", "route", "allowed"),
    [
        ("GET", "/api/search", "POST"),
        ("PUT", "/api/compare", "POST"),
        ("HEAD", "/api/search", "POST"),
        ("DELETE", "/api/map", "GET"),
        ("POST", "/api/items/sku-1-disc", "GET"),
    ],
)
def test_the_guards_tell_which_method_it_is_too(
    http: httpx.Client, method: str, route: str, allowed: str
) -> None:
    answer = http.request(method, route)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["detail"] == f"Ask here by {allowed}."


@pytest.mark.parametrize(
    ("route", "meant"),
    [
        (f"{API}/call/recommend", "the list 'data'"),
        ("/api/search", "curl -F"),
        ("/api/events", "'user' and 'events'"),
    ],
)
def test_each_door_says_what_it_takes(http: httpx.Client, route: str, meant: str) -> None:
    kind = {"Content-Type": "application/json"}
    answer = http.post(route, content="{", headers=kind)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(UNREADABLE)
    assert meant in answer.json()["detail"]
