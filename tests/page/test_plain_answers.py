"""What the doors say to requests that are odd, and how what they send is packed."""

from __future__ import annotations

import gzip
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
