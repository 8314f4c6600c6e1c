"""A page with users: nobody else is answered, by any route."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file

from pipeline.access import Users, user_line
from pipeline.artifacts import BuiltCatalogue
from pipeline.page.operating.login import TRIES_A_MINUTE
from tests.page.operating.conftest import TOKEN
from tests.support.calls import API, call, upload

NAME, PASSWORD = "anna", "correct horse"
Serve = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def http(serve: Serve) -> httpx.Client:
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    return serve(users=Users({NAME: hashed}), operator_token=TOKEN)


@pytest.fixture
def stranger(http: httpx.Client) -> httpx.Client:
    return httpx.Client(base_url=http.base_url, timeout=60)


def log_in(client: httpx.Client, name: str, password: str) -> httpx.Response:
    return client.post("/login", data={"username": name, "password": password})


def test_a_user_is_answered_and_may_leave(stranger: httpx.Client, shop_folder: Path) -> None:
    answer = log_in(stranger, NAME, PASSWORD)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert all("httponly" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))
    assert stranger.get("/api/items/sku-1-disc").json()["name"] == "Green disc"
    path = upload(stranger, shop_folder / "red-disc.png")
    assert "event: complete" in call(stranger, {"path": path}, "cosine")
    cookies = dict(stranger.cookies)
    assert stranger.get("/logout").status_code == 302
    # The session is over, not only the cookies gone.
    again = httpx.Client(base_url=stranger.base_url, cookies=cookies)
    assert again.get("/config").status_code == 401


def test_the_python_client_logs_in(http: httpx.Client, shop_folder: Path) -> None:
    client = Client(str(http.base_url), auth=(NAME, PASSWORD), verbose=False)
    matches = client.predict(handle_file(shop_folder / "red-disc.png"), api_name="/recommend")
    assert len(matches) == 5
    assert Path(matches[0]["image"]).is_file()


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", "/config"),
        ("GET", f"{API}/info"),
        ("GET", f"{API}/openapi.json"),
        ("GET", f"{API}/upload_progress?upload_id=a"),
        ("GET", f"{API}/queue/data?session_hash=a"),
        ("GET", f"{API}/queue/status"),
        ("GET", f"{API}/heartbeat/abc"),
        ("GET", f"{API}/call/recommend/abc"),
        ("POST", f"{API}/queue/join"),
        ("POST", f"{API}/cancel"),
        ("POST", f"{API}/reset"),
        ("POST", f"{API}/call/recommend"),
        ("POST", f"{API}/call/v2/recommend"),
        ("POST", f"{API}/run/recommend"),
        ("POST", f"{API}/api/info"),
        ("POST", "/api/search"),
        ("GET", "/api/items/sku-1-disc"),
        ("GET", "/api/openapi.json"),
    ],
)
@pytest.mark.parametrize("cookie", ["", "access-token=a", "access-token-unsecure-={}"])
def test_a_stranger_is_answered_nowhere(
    stranger: httpx.Client, method: str, route: str, cookie: str
) -> None:
    body: dict[str, list] | None = {"data": []} if method == "POST" else None
    answer = stranger.request(method, route, json=body, headers={"Cookie": cookie})
    assert answer.status_code == 401
    assert "recommend" not in answer.text


def test_nor_are_uploads_taken_or_pictures_given(
    http: httpx.Client, stranger: httpx.Client, shop_folder: Path
) -> None:
    assert stranger.post(f"{API}/upload", files={"files": ("a.png", b"x")}).status_code == 401
    with httpx.Client(base_url=http.base_url, timeout=60) as user:
        log_in(user, NAME, PASSWORD)
        path = upload(user, shop_folder / "red-disc.png")
        assert user.get(f"{API}/file={path}").status_code == 200
        assert stranger.get(f"{API}/file={path}").status_code == 401


def test_the_form_is_shown_and_tells_nothing_of_the_catalogue(
    stranger: httpx.Client, built: BuiltCatalogue
) -> None:
    page = stranger.get("/")
    assert page.status_code == 200
    assert "auth_required" in page.text
    for told in (Path(built.manifest.catalogue).name, "8 items", "lookalikes", *built.ids):
        assert told not in page.text


def test_probes_need_no_user(stranger: httpx.Client) -> None:
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/metrics").status_code == 401
    operator = {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.get("/metrics", headers=operator).status_code == 200


def test_wrong_tries_are_refused_and_soon_too_many(serve: Serve) -> None:
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    with httpx.Client(base_url=serve(users=Users({NAME: hashed})).base_url, timeout=60) as client:
        for name, password in ((NAME, "wrong password"), ("bert", PASSWORD), ("", "")):
            answer = log_in(client, name, password)
            assert answer.status_code in (400, 422)
            assert not answer.cookies
        assert client.post("/login", content=b"x" * 100_000).status_code == 413
        while (answer := log_in(client, NAME, "wrong password")).status_code == 400:
            pass
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        # Not even with the right one, or guesses would go on unseen.
        assert log_in(client, NAME, PASSWORD).status_code == 429


def test_all_of_an_ipv6_line_has_the_tries_of_one_address(serve: Serve) -> None:
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    with httpx.Client(base_url=serve(users=Users({NAME: hashed})).base_url, timeout=60) as client:

        def guess(address: str) -> int:
            wrong = {"username": NAME, "password": "wrong password"}
            forwarded = {"X-Forwarded-For": address}
            return client.post("/login", data=wrong, headers=forwarded).status_code

        guesses = [guess(f"2001:db8:0:1::{n}") for n in range(1, TRIES_A_MINUTE + 2)]
        assert guesses == [400] * TRIES_A_MINUTE + [429]
        assert guess("2001:db8:0:2::1") == 400


def test_without_users_there_is_nothing_to_log_in_to(serve: Serve) -> None:
    http = serve()
    assert log_in(http, NAME, PASSWORD).status_code == 404
    assert http.get("/logout").status_code == 404
    assert http.get("/config").status_code == 200
