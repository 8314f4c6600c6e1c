"""What another site's page, open in a visitor's browser, may ask and read: nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from pipeline.access import Users, user_line
from pipeline.events import EventLog
from tests.page.operating.conftest import TOKEN
from tests.support.calls import API, upload

Serve = Callable[..., httpx.Client]
NAME, PASSWORD = "anna", "correct horse"
SHOP, PARTNER, EVIL = "shop.example", "https://partner.example", "https://evil.example"
USER = "0" * 32
ITEM = "/api/items/sku-1-disc"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("events") / "events.csv"


@pytest.fixture(scope="module")
def http(serve: Serve, log: Path) -> httpx.Client:
    """A page for everybody, reached by a name of its own."""
    return serve(allowed_hosts=(SHOP,), operator_token=TOKEN, log_events=EventLog(log))


@pytest.fixture(scope="module")
def embedded(serve: Serve) -> httpx.Client:
    """The same, which a partner may show in a frame."""
    return serve(allowed_hosts=(SHOP,), embed=(PARTNER, "https://*.shops.example"))


@pytest.fixture(scope="module")
def closed(serve: Serve) -> httpx.Client:
    """One for known users."""
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    return serve(users=Users({NAME: hashed}), allowed_hosts=(SHOP,))


def shared(answer: httpx.Response) -> dict[str, str]:
    """What an answer tells a browser of who may read it."""
    return {k: v for k, v in answer.headers.items() if k.startswith("access-control-")}


def hosts(http: httpx.Client) -> list[str]:
    """The names by which a page that a browser shows may be asked, spelled in every way."""
    port = urlsplit(str(http.base_url)).port
    return [SHOP, f"localhost:{port}", f"localhost.:{port}", f"[::1]:{port}", f"{SHOP}."]


def preflight(
    http: httpx.Client, route: str, origin: str, host: str = SHOP, method: str = "POST"
) -> httpx.Response:
    asked = {
        "Origin": origin,
        "Host": host,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return http.options(route, headers=asked)


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:1", f"http://{SHOP}:8080"])
def test_no_other_site_reads_what_is_answered(http: httpx.Client, origin: str) -> None:
    for host in hosts(http):
        for route in (ITEM, "/config", "/", f"{API}/info", "/healthz", "/nowhere"):
            answer = http.get(route, headers={"Host": host, "Origin": origin})
            assert shared(answer) == {}, (host, route)


@pytest.mark.parametrize(
    "route", ["/api/search", "/reload", "/", f"{API}/run/page_ask", "/metrics"]
)
def test_nor_may_it_ask_what_a_browser_asks_leave_for(http: httpx.Client, route: str) -> None:
    for host in hosts(http):
        for method in ("POST", "GET", "DELETE"):
            answer = preflight(http, route, EVIL, host, method)
            assert (answer.status_code, shared(answer)) == (403, {}), host
            assert "--embed" in answer.json()["detail"]


def test_a_site_that_shows_the_page_reads_what_anybody_may(embedded: httpx.Client) -> None:
    for origin in (PARTNER, "https://one.shops.example"):
        answer = embedded.get(ITEM, headers={"Host": SHOP, "Origin": origin})
        assert shared(answer) == {"access-control-allow-origin": origin}
        asked = preflight(embedded, "/api/search", origin)
        assert asked.status_code == 204
        allowed = shared(asked)
        assert allowed["access-control-allow-origin"] == origin
        assert "authorization" not in allowed["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in allowed
    for origin in (EVIL, "https://shops.example.evil.example"):
        answer = embedded.get(ITEM, headers={"Host": SHOP, "Origin": origin})
        assert (shared(answer), answer.headers["vary"]) == ({}, "Origin")
        assert preflight(embedded, "/api/search", origin).status_code == 403


def test_no_other_site_asks_by_a_visitors_login(closed: httpx.Client, shop_folder: Path) -> None:
    logged_in = closed.post("/login", data={"username": NAME, "password": PASSWORD})
    cookies = [cookie.lower() for cookie in logged_in.headers.get_list("set-cookie")]
    assert len(cookies) == 2
    assert all("samesite=lax" in cookie and "httponly" in cookie for cookie in cookies)
    own = str(closed.base_url).rstrip("/")
    for origin, status in ((EVIL, 403), ("null", 403), (own, 200), (None, 200)):
        headers = {"Origin": origin} if origin else {}
        assert closed.get(ITEM, headers=headers).status_code == status, origin
        asked = closed.post("/api/search", json={"id": "sku-1-disc"}, headers=headers)
        assert asked.status_code == status, origin
    # A proxy that hands on the name by which the page is known.
    behind = {"X-Forwarded-Host": SHOP, "Origin": f"https://{SHOP}"}
    assert closed.get(ITEM, headers=behind).status_code == 200
    picture = upload(closed, shop_folder / "red-disc.png")
    asked = closed.post(f"{API}/run/recommend", json={"data": [{"path": picture}, "cosine"]})
    assert len(asked.json()["data"][0]) == 5


def test_a_page_in_a_frame_keeps_its_login(serve: Serve) -> None:
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    framed = serve(users=Users({NAME: hashed}), embed=(PARTNER,))
    logged_in = framed.post("/login", data={"username": NAME, "password": PASSWORD})
    assert "samesite=none" in logged_in.headers["set-cookie"].lower()


def test_no_other_site_writes_down_what_visitors_do(http: httpx.Client, log: Path) -> None:
    def told(**headers: str) -> int:
        said = {"user": USER, "events": [["opened", "sku-1-disc"]]}
        return http.post("/api/events", json=said, headers=headers).status_code

    own = str(http.base_url).rstrip("/")
    for origin in (EVIL, "null", "http://127.0.0.1:1", f"http://{SHOP}:8080", ""):
        assert told(Host=SHOP, Origin=origin) == 403, origin
    assert "sku-1-disc" not in log.read_text(encoding="utf-8")
    assert told(Host=SHOP, Origin=f"http://{SHOP}") == 200
    assert told(Host=f"{SHOP}:443", Origin=f"https://{SHOP}") == 200
    assert told(Origin=own) == 200
    assert told() == 200  # a program
    assert log.read_text(encoding="utf-8").count("sku-1-disc") == 4


@pytest.mark.parametrize(
    "part", ["bytes=0-0", "bytes=0-0,2-3", f"bytes=0-{'9' * 5000}", "bytes=-1"]
)
def test_a_picture_is_given_whole_and_tells_nothing_of_the_request(
    http: httpx.Client, shop_folder: Path, part: str
) -> None:
    picture = f"{API}/file={upload(http, shop_folder / 'red-disc.png')}"
    sent = {"Cookie": "a=SECRET", "Authorization": "SECRET", "Set-Cookie": "b=SECRET"}
    sent |= {"Cache-Control": "SECRET", "X-Mine": "SECRET"}
    answer = http.get(picture, headers={"Range": part, **sent})
    assert answer.status_code == 200
    assert answer.content == (shop_folder / "red-disc.png").read_bytes()
    assert "SECRET" not in str(answer.headers)
    for route in ("/favicon.ico", "/look/page.js", "/api/docs/favicon-32x32.png"):
        assert http.get(route, headers={"Range": part, **sent}).status_code == 200
