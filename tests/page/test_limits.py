"""How much of a live server one caller may take, and what greedy ones get."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from pipeline.page.guards import limits
from pipeline.page.guards.events import COLLECT_SECONDS
from pipeline.page.guards.limits import MAX_TEXT, QUEUE, Limits, check_texts
from pipeline.page.serving.connections import most_connections
from tests.support.calls import API, call, upload
from tests.support.live import LiveApp

LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": [None, LONG]}, 413),
        ({"data": [None, "x" * 5000]}, 413),
        ({"data": LONG[:4000]}, 422),
        ({"data": [None], "session_hash": "x" * 5000}, 413),
        ({LONG[:5000]: 1}, 413),
        ("[" * 5000 + "]" * 5000, 400),
        ('{"data": ["\\ud800"]}', 400),
        ("data", 400),
        ("", 400),
    ],
)
def test_a_request_too_long_or_of_no_form_gets_a_short_sentence(
    http: httpx.Client, body: object, status: int
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = {"Content-Type": "application/json"}
    answer = http.post(f"{API}/call/recommend", content=text, headers=kind)
    assert answer.status_code == status
    assert len(answer.text) < 400
    assert answer.json()["detail"].endswith(".")


def test_an_unknown_endpoint_or_number_gets_a_sentence(http: httpx.Client) -> None:
    for route in ("call/none", "call/v2/none", "run/none"):
        answer = http.post(f"{API}/{route}", json={"data": []})
        assert (answer.status_code, "no such endpoint" in answer.text) == (404, True), route
    body = {"data": [], "fn_index": 999, "session_hash": "a"}
    assert http.post(f"{API}/queue/join", json=body).status_code == 404


def test_a_long_metric_is_not_repeated(app: LiveApp, shop_folder: Path) -> None:
    client = Client(app.url, verbose=False)
    with pytest.raises(Exception, match="There is no metric 'mmm") as raised:
        client.predict(handle_file(shop_folder / "red-disc.png"), "m" * 3000, api_name="/recommend")
    assert len(str(raised.value)) < 200


def connection(app: LiveApp) -> socket.socket:
    where = urlsplit(app.url)
    assert where.hostname
    assert where.port
    return socket.create_connection((where.hostname, where.port), timeout=40)


def answer_of(caller: socket.socket) -> bytes:
    """All of an answer: its sentence may come after its head."""
    answer = b""
    while not answer.endswith((b".", b"}")):
        if not (part := caller.recv(2000)):
            break
        answer += part
    return answer


def post(route: str, kind: str) -> bytes:
    return (
        f"POST {API}/{route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        "Content-Length: 1000\r\n\r\n"
    ).encode()


def test_a_slow_caller_is_cut_off_and_told(app: LiveApp) -> None:
    form = b'--a\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    beginnings = {
        b"": b"408",
        b"GET / HT": b"408",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n": b"408",
        post("call/recommend", "application/json") + b'{"data"': b"408",
        post("upload", "multipart/form-data; boundary=a") + form: b"408",
    }
    started = time.monotonic()
    waiting = {connection(app): answer for answer in beginnings.values()}
    for caller, beginning in zip(waiting, beginnings, strict=True):
        caller.sendall(beginning)
    for caller, status in waiting.items():
        with closing(caller):
            answer = answer_of(caller)
            assert answer.split()[1:2] == [status]
            assert b"again" in answer or b"quicker" in answer
    assert time.monotonic() - started < 40


def test_connections_end_below_the_descriptors_and_the_server_lives_on(app: LiveApp) -> None:
    callers = []
    try:
        for _ in range(most_connections() + 20):
            callers.append(connection(app))
        callers[-1].settimeout(20)
        assert b"as many callers as it can serve" in answer_of(callers[-1])
    finally:
        for caller in callers:
            caller.close()
    time.sleep(1)
    assert httpx.get(f"{app.url}{API}/queue/status", timeout=60).status_code == 200


def test_a_full_queue_says_so() -> None:
    # Filled for certain only in place of the page's own queue.
    guarded = Limits(JSONResponse({}), waiting=lambda: QUEUE, queries_a_minute=0)
    answer = TestClient(guarded).post(f"{API}/queue/join", json={"data": []})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "as much to do as it can" in answer.json()["detail"]


def test_a_long_call_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    may_end = threading.Event()

    def check_slowly(value: object, depth: int = 0, longest: int = MAX_TEXT) -> None:
        # Slow for certain only where it waits to be let go.
        if isinstance(value, dict) and "photo" in value:
            begun.append(value)
            may_end.wait(3)
        check_texts(value, depth, longest)

    monkeypatch.setattr(limits, "check_texts", check_slowly)
    guarded = Limits(JSONResponse({}), waiting=lambda: 0, queries_a_minute=0)

    async def ask() -> None:
        transport = httpx.ASGITransport(app=guarded)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
            calls = [
                asyncio.create_task(http.post("/mcp", json={"photo": LONG, "number": number}))
                for number in range(2)
            ]
            await asyncio.sleep(0.2)
            other = await http.post(f"{API}/call/info", json={"data": []})
            assert other.status_code == 200
            assert not any(call.done() for call in calls)
            assert len(begun) == 1  # one at a time
            may_end.set()
            assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200, 200]
        assert len(begun) == 2

    asyncio.run(ask())


def test_work_of_callers_that_left_is_not_done(
    http: httpx.Client, tmp_path: Path, shop_folder: Path
) -> None:
    Image.new("RGB", (6000, 6000), "red").save(tmp_path / "large.png")
    for _ in range(80):
        data = [{"path": upload(http, tmp_path / "large.png")}, "cosine"]
        asked = time.monotonic()
        last = http.post(f"{API}/call/recommend", json={"data": data}).json()["event_id"]
    while http.get(f"{API}/queue/status").json()["queue_size"]:
        time.sleep(0.5)
    seconds = time.monotonic() - asked
    answer = http.get(f"{API}/call/recommend/{last}").text
    # A machine may be so quick that all are done before they count as having left: the last was
    # asked within these seconds, whose end is seen half a second late.
    assert "left before its turn" in answer or seconds < COLLECT_SECONDS + 1
    assert "event: complete" in call(
        http, {"path": upload(http, shop_folder / "red-disc.png")}, "cosine"
    )
