"""Being offline is found out within seconds, whatever way the network fails."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import datasets
import huggingface_hub.constants
import pytest

from pipeline.doctor.parts import examine_hub
from pipeline.hub import find_hub, is_offline, proxy_fault


class AnsweringHub(BaseHTTPRequestHandler):
    """Answers what a reachable hub answers to the probe."""

    status = 200
    header: str | None = "X-Repo-Commit"

    def do_HEAD(self) -> None:
        self.send_response(self.status)
        if self.header is not None:
            self.send_header(self.header, "0" * 40)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start as on a machine where nobody has said that it is offline; undone after each test."""
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", datasets.config.HF_HUB_OFFLINE)
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", constants.HF_HUB_OFFLINE)
    monkeypatch.setitem(os.environ, "HF_HUB_OFFLINE", "0")


@pytest.fixture
def answering_hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), AnsweringHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent_hub() -> Iterator[str]:
    """Takes connections and never answers, as some firewalls do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_hub_that_answers_is_found(answering_hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", answering_hub)
    assert find_hub()
    assert not is_offline()


@pytest.mark.parametrize(
    ("status", "header", "found"),
    [
        (404, "X-Error-Code", True),
        (401, "X-Error-Code", True),
        (403, None, False),
        (502, None, False),
        # The page by which a hotel asks for a login answers everything.
        (200, None, False),
        (302, None, False),
        (404, None, False),
    ],
)
def test_a_hub_without_the_model_is_a_hub_and_what_speaks_otherwise_is_none(
    answering_hub: str,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    header: str | None,
    found: bool,
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", answering_hub)
    monkeypatch.setattr(AnsweringHub, "status", status)
    monkeypatch.setattr(AnsweringHub, "header", header)
    assert find_hub() is found


def test_a_hub_that_never_answers_is_given_up_within_five_seconds(
    silent_hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", silent_hub)
    started = time.monotonic()
    assert not find_hub()
    assert time.monotonic() - started < 5


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9",
        "http://no-such-host.invalid",
        pytest.param("http://no..address", id="no address"),
        pytest.param("http://[no-address", id="no address either"),
    ],
)
def test_a_hub_that_is_not_there_is_given_up_and_the_libraries_told(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    started = time.monotonic()
    assert not find_hub()
    assert time.monotonic() - started < 5
    assert is_offline()
    assert datasets.config.HF_HUB_OFFLINE
    assert huggingface_hub.constants.is_offline_mode()


def test_offline_mode_asks_nobody(answering_hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", answering_hub)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert not find_hub()


@pytest.mark.parametrize("proxy", ["carrier://pigeon", "ftp://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_named_where_the_hub_is_looked_for(
    proxy: str,
    answering_hub: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", answering_hub)
    monkeypatch.setenv("ALL_PROXY", proxy)
    assert "unset HTTP_PROXY" in examine_hub().advice
    assert not find_hub()
    assert "proxy that this machine names cannot be used" in caplog.text
    assert is_offline()


def test_the_hub_is_reached_by_proxies_of_the_usual_kinds_alone(
    answering_hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens there: with the proxy the hub is out of reach, which is no error."""
    monkeypatch.setenv("HF_ENDPOINT", answering_hub)
    for proxy in ("http://127.0.0.1:9", "socks5://127.0.0.1:9"):
        monkeypatch.setenv("ALL_PROXY", proxy)
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        assert proxy_fault() == ""
        assert not find_hub()
