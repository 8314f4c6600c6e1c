"""Work that takes long: never more of it at once than there are turns, whoever gives up waiting."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pipeline.page.guards import limits
from pipeline.page.page import QUERIES_AT_ONCE
from pipeline.recommender import Answer, Query, Recommender
from tests.support.calls import API

Serve = Callable[..., httpx.Client]
ITEM = "sku-1-disc"
AGENTS = {"Accept": "application/json, text/event-stream"}


class Slow:
    """A recommender's answering, which goes on until it is let go.

    Attributes:
        begun: How many matches each query wants that has begun.
        ended: How many have ended.
    """

    def __init__(self, ask: Callable[..., Answer]) -> None:
        self._ask = ask
        self._may_end = threading.Event()
        self.begun: list[int | None] = []
        self.ended = 0

    def ask(self, recommender: Recommender, query: Query, **named: Any) -> Answer:
        self.begun.append(query.k)
        self._may_end.wait(60)
        self.ended += 1
        return self._ask(recommender, query, **named)

    def let_go(self) -> None:
        self._may_end.set()

    def wait_for(self, count: int) -> None:
        end = time.monotonic() + 20
        while len(self.begun) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.begun) == count


@pytest.fixture(scope="module")
def http(serve: Serve) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")  # as `python app.py` has it
        yield serve(mcp=True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(Recommender.ask)

    def ask(recommender: Recommender, query: Query, **named: Any) -> Answer:
        return slow.ask(recommender, query, **named)

    monkeypatch.setattr(Recommender, "ask", ask)
    yield slow
    slow.let_go()
    while slow.ended < len(slow.begun):
        time.sleep(0.05)


def request_of(door: str, k: int) -> tuple[str, dict[str, Any]]:
    """How a door is asked for some matches: its route, and what is sent."""
    if door == "search":
        return "/api/search", {"id": ITEM, "k": k}
    if door == "run":
        return f"{API}/run/similar", {"data": [ITEM, "cosine", None, k]}
    call = {"name": "similar", "arguments": {"item": ITEM, "k": k}}
    return "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}


@pytest.mark.parametrize("door", ["search", "run", "mcp"])
def test_a_call_that_is_given_up_keeps_its_turn_until_its_work_ends(
    http: httpx.Client, slow: Slow, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 1)

    def ask(k: int) -> httpx.Response:
        route, sent = request_of(door, k)
        return http.post(route, json=sent, headers=AGENTS)

    with ThreadPoolExecutor(6) as pool:
        answers = [*pool.map(ask, [3] * 6), ask(3)]
    assert [answer.status_code for answer in answers] == [503] * 7
    assert all("took too long" in answer.json()["detail"] for answer in answers)
    assert len(slow.begun) == QUERIES_AT_ONCE
    monkeypatch.undo()
    slow.let_go()
    assert http.post("/api/search", json={"id": ITEM, "k": 3}).status_code == 200


def test_so_does_one_that_its_caller_cancels(http: httpx.Client, slow: Slow) -> None:
    numbers = {e["api_name"]: e["id"] for e in http.get("/config").json()["dependencies"]}
    for number in range(5):
        asked = {"session_hash": f"s{number}", "fn_index": numbers["similar"]}
        data = {"data": [ITEM, "cosine", None, 3]}
        joined = http.post(f"{API}/queue/join", json=asked | data)
        event = joined.raise_for_status().json()["event_id"]
        time.sleep(0.3)
        cancelled = http.post(f"{API}/cancel", json=asked | {"event_id": event})
        assert cancelled.status_code == 200
    assert len(slow.begun) == QUERIES_AT_ONCE


@pytest.mark.parametrize("door", ["search", "run", "mcp"])
def test_nothing_is_begun_for_a_caller_that_has_left(
    http: httpx.Client, slow: Slow, door: str
) -> None:
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        waiting = [
            pool.submit(http.post, "/api/search", json={"id": ITEM, "k": 3})
            for _ in range(QUERIES_AT_ONCE)
        ]
        slow.wait_for(QUERIES_AT_ONCE)
        for _ in range(3):
            leave(http, *request_of(door, 4))
        slow.let_go()
        assert [answer.result().status_code for answer in waiting] == [200] * QUERIES_AT_ONCE
    assert http.post("/api/search", json={"id": ITEM, "k": 5}).status_code == 200
    assert slow.begun == [3, 3, 5]


def test_nor_for_one_that_has_sent_a_form(http: httpx.Client, slow: Slow) -> None:
    form = {"id": (None, ITEM), "k": (None, "4")}
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        for _ in range(QUERIES_AT_ONCE):
            pool.submit(http.post, "/api/search", json={"id": ITEM, "k": 3})
        slow.wait_for(QUERIES_AT_ONCE)
        with pytest.raises(httpx.ReadTimeout):
            http.post("/api/search", files=form, timeout=1)
        slow.let_go()
    assert http.post("/api/search", files=form).status_code == 200
    assert slow.begun == [3, 3, 4]


def leave(http: httpx.Client, route: str, sent: dict[str, Any]) -> None:
    """Ask, and go before there is an answer."""
    body = json.dumps(sent)
    head = {
        "Host": "localhost",
        "Content-Type": "application/json",
        "Accept": AGENTS["Accept"],
        "Content-Length": str(len(body)),
    }
    lines = [f"POST {route} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    where = (http.base_url.host, http.base_url.port)
    with socket.create_connection(where, timeout=20) as caller:
        caller.sendall("\r\n".join([*lines, "", body]).encode())
        time.sleep(0.3)
