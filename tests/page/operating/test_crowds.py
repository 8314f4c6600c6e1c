"""Many callers at once, behind a proxy or without coming for their answers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import httpx
import pytest
import uvicorn

from pipeline.page.guards import events
from pipeline.page.guards.limits import OPEN_AT_ONCE
from pipeline.page.serving.connections import MOST_AN_ADDRESS, BoundedProtocol, BoundedServer
from tests.support.calls import API

Serve = Callable[..., httpx.Client]
EARLY, LATE = 8, 3


@pytest.fixture
def bounded() -> Iterator[type[BoundedProtocol]]:
    """The connections of a server whose proxy runs in another container."""
    kept = BoundedProtocol.proxies, BoundedProtocol.most
    yield BoundedProtocol
    BoundedProtocol.proxies, BoundedProtocol.most = kept
    BoundedProtocol.by_address.clear()


def refused(address: str, config: uvicorn.Config) -> bool:
    """Whether another connection from an address is one too many."""
    said: list[bytes] = []
    # Made up: this machine has no second address to call from.
    transport = SimpleNamespace(
        get_extra_info=lambda name: (address, 1) if name in ("peername", "sockname") else None,
        is_closing=lambda: bool(said),
        write=said.append,
        close=lambda: None,
    )
    protocol = BoundedProtocol(
        config,
        SimpleNamespace(connections=set(), tasks=set(), default_headers=[]),
        {},
        SimpleNamespace(call_later=lambda *_: None),
    )
    protocol.connection_made(transport)  # type: ignore[arg-type]
    return bool(said)


def test_a_proxy_may_connect_for_more_callers_than_one(bounded: type[BoundedProtocol]) -> None:
    config = uvicorn.Config(lambda: None, forwarded_allow_ips="172.18.0.0/16")
    BoundedServer(config)
    config.load()
    for number in range(2 * MOST_AN_ADDRESS):
        assert not refused("172.18.0.3", config)
        assert refused("203.0.113.9", config) == (number >= MOST_AN_ADDRESS)


def test_all_of_an_ipv6_line_counts_as_one_address(bounded: type[BoundedProtocol]) -> None:
    config = uvicorn.Config(lambda: None)
    BoundedServer(config)
    config.load()
    for number in range(2 * MOST_AN_ADDRESS):
        assert refused(f"2001:db8::{number:x}", config) == (number >= MOST_AN_ADDRESS)
        assert not refused("::1", config)
    assert not refused("2001:db8:0:1::1", config)


def test_one_caller_behind_a_proxy_does_not_hold_all_of_the_server(serve: Serve) -> None:
    http = serve()
    with contextlib.ExitStack() as stack:

        def listen(address: str, page: int) -> int:
            answer = stack.enter_context(
                httpx.stream(
                    "GET",
                    f"{http.base_url.join(API)}/heartbeat/{page}",
                    headers={"X-Forwarded-For": address},
                )
            )
            return answer.status_code

        greedy = [listen("203.0.113.9", page) for page in range(OPEN_AT_ONCE + 1)]
        assert greedy == [200] * OPEN_AT_ONCE + [429]
        assert listen("203.0.113.10", 0) == 200
    time.sleep(1)
    with httpx.stream(
        "GET", str(http.base_url.join("/config")), headers={"X-Forwarded-For": "203.0.113.9"}
    ) as answer:
        assert answer.status_code == 200


def test_answers_that_nobody_comes_for_are_dropped(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "SWEEP_SECONDS": 0.2,
        "COLLECT_SECONDS": 1,
        "MOST_UNCOLLECTED": LATE,
    }.items():
        monkeypatch.setattr(events, name, value)
    monkeypatch.setenv("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")  # as `python app.py` has it
    http = serve()

    def ask() -> str:
        return str(http.post(f"{API}/call/info", json={"data": []}).json()["event_id"])

    def collect(event: str) -> int:
        answer = http.get(f"{API}/call/info/{event}")
        assert ("event: complete" in answer.text) != ("Ask again" in answer.text)
        return answer.status_code

    asked = [ask() for _ in range(EARLY + LATE)]
    time.sleep(3)
    assert [collect(event) for event in asked] == [404] * EARLY + [200] * LATE
    monkeypatch.setattr(events, "UNCOLLECTED_SECONDS", 1)
    late = ask()
    time.sleep(3)
    assert [collect(late), collect(ask())] == [404, 200]
