"""What strangers try on a live server, and what they get."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from pipeline.artifacts import BuiltCatalogue
from tests.support.calls import API, call, upload
from tests.support.live import LiveApp

UPLOADED_HERE = "not one that was uploaded here"


def page_event(http: httpx.Client, number: int, data: list[Any]) -> str:
    """Send one of the page's own events, which have numbers only, and give what comes back."""
    session = f"s{time.monotonic_ns()}"
    body = {"fn_index": number, "session_hash": session, "data": data}
    http.post(f"{API}/queue/join", json=body).raise_for_status()
    return http.get(f"{API}/queue/data", params={"session_hash": session}).text


def forms_of(path: str) -> list[Any]:
    """The ways in which a file of the server can be named in what is sent."""
    meta = {"_type": "gradio.FileData"}
    return [
        {"path": path},
        {"path": path, "meta": meta},
        {"path": path, "meta": {}, "is_stream": True},
        {"path": path, "orig_name": "photo.svg"},
        {"path": None, "url": f"file://{path}"},
        {"path": None, "url": "data:image/png;base64,iVBORw0KGgo=", "meta": meta},
        {"path": f"{API}/file={path}", "meta": meta},
        {"url": f"{API}/file={path}", "meta": meta},
        {"image": {"path": path}},
        [{"path": path}],
        [path],
        path,
    ]


def test_no_file_of_the_server_is_opened_however_it_is_named(
    http: httpx.Client, shop_folder: Path
) -> None:
    own = str(shop_folder / "red-disc.png")
    answers = {call(http, form, "cosine") for form in forms_of(own)}
    assert all("event: error" in answer and UPLOADED_HERE in answer for answer in answers)
    # Whether it exists and how large it is, the answer does not tell.
    assert len(answers) == len({call(http, {"path": "/nowhere"}, "cosine")} | answers)


def test_nor_by_a_way_round_the_folder(http: httpx.Client, shop_folder: Path) -> None:
    uploaded = upload(http, shop_folder / "red-disc.png")
    up = "/".join([".."] * uploaded.count("/"))
    tried = [
        f"{uploaded}/../{up}{shop_folder}/red-disc.png",
        f"{up}{shop_folder}/red-disc.png",
        str(Path(uploaded).parent),
        f"{uploaded}\0.png",
        f"/{uploaded}",
        "\\\\host\\share\\photo.png",
        "C:\\photo.png",
        "http://127.0.0.1:9/photo.png",
        "https://example.com/photo.png",
        "",
    ]
    for path in tried:
        assert UPLOADED_HERE in call(http, {"path": path}, "cosine"), path
    assert "event: complete" in call(http, {"path": uploaded}, "cosine")


def test_nor_by_the_pages_own_events_or_round_the_queue(
    http: httpx.Client, shop_folder: Path
) -> None:
    form = {"path": str(shop_folder / "red-disc.png")}
    events = http.get("/config").json()["dependencies"]
    with_pictures = [e["id"] for e in events if len(e["inputs"]) == 3]
    assert with_pictures
    for number in with_pictures:
        assert UPLOADED_HERE in page_event(http, number, [form, "cosine", None])
    for route in ("run", "api"):
        answer = http.post(f"{API}/{route}/recommend", json={"data": [form, "cosine"]})
        assert UPLOADED_HERE in answer.text
    v2 = http.post(f"{API}/call/v2/recommend", json={"image": form, "metric": "cosine"})
    assert UPLOADED_HERE in http.get(f"{API}/call/v2/recommend/{v2.json()['event_id']}").text


def test_a_call_round_the_queue_is_answered_still(http: httpx.Client, shop_folder: Path) -> None:
    form = {"path": upload(http, shop_folder / "red-disc.png")}
    answer = http.post(f"{API}/run/recommend", json={"data": [form, "cosine"]}).json()
    assert [match["rank"] for match in answer["data"][0]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", f"{API}/proxy=https://a.hf.space/"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", f"{API}/deep_link?session_hash=a"),
        ("GET", f"{API}/dev/reload"),
        ("GET", f"{API}/stream/a/b/1/playlist.m3u8"),
        ("GET", f"{API}/custom_component/a/client/b/c"),
        ("GET", f"{API}/runs"),
        ("GET", f"{API}/file/etc/passwd"),
        ("GET", "/login/huggingface"),
        ("POST", f"{API}/stream/a"),
        ("POST", f"{API}/component_server"),
        ("POST", f"{API}/process_recording"),
        ("POST", f"{API}/vibe-code"),
        ("POST", "/login"),
        ("POST", "/mcp"),
        ("PUT", f"{API}/upload"),
        ("TRACE", "/"),
    ],
)
def test_what_lookalike_does_not_need_is_not_served(
    http: httpx.Client, method: str, route: str
) -> None:
    answer = http.request(method, route)
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "Nothing is served at this address.",
    )


@pytest.mark.parametrize(
    "path",
    [
        "https://example.com/photo.png",
        "HTTP://127.0.0.1:9/",
        "//127.0.0.1/a",
        "file:///etc/passwd",
        "/etc/passwd",
        "app.py",
        ".gradio/cached_examples/a.png",
        "%2e%2e/app.py",
        "\\\\host\\share\\a.png",
    ],
)
def test_the_server_fetches_nothing_and_hands_out_none_of_its_files(
    http: httpx.Client, path: str
) -> None:
    started = time.monotonic()
    assert http.get(f"{API}/file={path}").status_code == 403
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "a b"])
def test_the_page_answers_to_its_own_names_only(http: httpx.Client, host: str) -> None:
    for route in ("/", "/config", f"{API}/info", f"{API}/upload"):
        answer = http.get(route, headers={"Host": host})
        assert answer.status_code in (400, 421)
        assert "recommend" not in answer.text
    port = urlsplit(str(http.base_url)).port
    for own in ("localhost", f"LOCALHOST:{port}", "[::1]:80", "127.0.0.1."):
        assert http.get(f"{API}/queue/status", headers={"Host": own}).status_code == 200


def test_no_caller_writes_links_for_the_others(http: httpx.Client) -> None:
    for header in ("X-Forwarded-Host", "X-Gradio-Server"):
        sent = {header: "http://evil.example" if "Server" in header else "evil.example"}
        assert "evil" not in http.get("/config", headers=sent).text
        assert "evil" not in http.get(f"{API}/info", headers=sent).text


def test_the_headers_say_what_the_page_may_do(http: httpx.Client, shop_folder: Path) -> None:
    headers = http.get("/").headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "http" not in headers["content-security-policy"]
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers
    file = http.get(f"{API}/file={upload(http, shop_folder / 'red-disc.png')}")
    assert (file.status_code, file.headers["content-security-policy"]) == (
        200,
        "default-src 'none'; sandbox",
    )


def test_info_and_errors_show_no_path(
    http: httpx.Client, app: LiveApp, built: BuiltCatalogue, shop_folder: Path
) -> None:
    info = Client(app.url, verbose=False).predict(api_name="/info")
    assert (info["catalogue"], info["encoder"]) == (shop_folder.name, "tiny")
    for text in (json.dumps(info), http.get(f"{API}/info").text, http.get("/").text):
        assert str(built.folder.parent) not in text
        assert str(shop_folder) not in text
    for name in ("list.csv", "list.json", "a.svg", "a.txt"):
        sent = {"files": (name, b"sku,price\n1,2\n")}
        path = http.post(f"{API}/upload", files=sent).json()[0]
        told = call(http, {"path": path}, "cosine")
        assert "event: error" in told
        assert Path(path).parent.name not in told
