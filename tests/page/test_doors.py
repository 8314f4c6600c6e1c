"""Where the page listens and to whom it answers: the flags of `python app.py`."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import LookalikeError
from pipeline.page import Door
from tests.support.forked import run_page
from tests.support.live import LiveApp


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"port": 80000}, "There is no port 80000. Choose one from 1 to 65535"),
        ({"port": -1}, "There is no port -1."),
        ({"port": 0}, "There is no port 0."),
        ({"port": 10**30}, "There is no port 1000"),
        ({"host": "203.0.113.1"}, "'203.0.113.1' is not this machine's"),
        ({"host": "203.0.113.1", "port": 8123}, "'203.0.113.1' is not this machine's"),
        ({"host": "2001:db8::1"}, "is not this machine's"),
        ({"host": "no.such.name.invalid"}, "no address 'no.such.name.invalid'"),
        ({"host": "a" * 300}, "There is no address 'aaaa"),
        ({"host": "http://localhost"}, "There is no address 'http://localhost'"),
        ({"embed": ("shop.example",)}, "'shop.example' is no origin"),
        ({"embed": ("https://shop.example; script-src *",)}, "is no origin"),
        ({"queries_a_minute": -1}, "--queries-a-minute"),
    ],
)
def test_an_address_that_cannot_be_had_is_one_sentence(
    wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(LookalikeError, match=re.escape(sentence)) as raised:
        Door(**wrong)
    assert "\n" not in str(raised.value)


def test_the_command_says_it_in_one_line_before_it_loads_anything() -> None:
    finished = run_page("--catalogue", "nowhere", "--port", 80000)
    assert finished.returncode == 1
    assert finished.stderr.startswith("Error: There is no port 80000")
    assert finished.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LOOKALIKE_PORT", "80000", "There is no port 80000"),
        ("LOOKALIKE_PORT", "-1", "There is no port -1"),
        ("LOOKALIKE_PORT", "http", "The variable LOOKALIKE_PORT is 'http'"),
        ("LOOKALIKE_HOST", "203.0.113.1", "'203.0.113.1' is not this machine's"),
        ("GRADIO_SERVER_NAME", "203.0.113.1", "'203.0.113.1' is not this machine's"),
        ("GRADIO_SERVER_PORT", "80000", "The variable GRADIO_SERVER_PORT is '80000'"),
        ("GRADIO_SERVER_PORT", "http", "The variable GRADIO_SERVER_PORT is 'http'"),
    ],
)
def test_so_it_is_where_variables_name_it(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    finished = run_page("--catalogue", "nowhere")
    assert finished.returncode == 1
    assert sentence in finished.stderr
    assert finished.stderr.count("\n") == 1


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.connect(("203.0.113.1", 9))  # sends nothing; only finds the way there
        except OSError:
            pytest.skip("this machine has no address but its own")
        address: str = udp.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no address but its own")
    return address


@pytest.fixture(scope="module")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    flags = ("--host", "0.0.0.0", "--allowed-host", "shop.example", "--queries-a-minute", 3)
    embed = ("--embed", "https://shop.example")
    with LiveApp("--artifacts", built.folder, *flags, *embed) as running:
        yield running


def test_it_answers_to_the_names_that_it_was_given(app: LiveApp) -> None:
    for host, status in {
        "shop.example": 200,
        "10.1.2.3:80": 200,
        socket.gethostname(): 200,
        "evil.example": 421,
        "evil.shop.example": 421,
    }.items():
        answer = httpx.get(f"{app.url}/config", headers={"Host": host}, timeout=60)
        assert answer.status_code == status, host


def test_only_the_named_site_may_show_it_in_a_frame(app: LiveApp) -> None:
    headers = httpx.get(app.url, timeout=60).headers
    assert "frame-ancestors https://shop.example" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


def test_one_address_asks_so_often_and_this_machine_as_often_as_it_likes(app: LiveApp) -> None:
    abroad = app.url.replace("localhost", own_address())
    for url, last in ((abroad, 429), (app.url, 200)):
        form = {"files": ("a.png", b"x")}
        statuses = [
            httpx.post(f"{url}/gradio_api/upload", files=form, timeout=60).status_code
            for _ in range(4)
        ]
        assert statuses == [200, 200, 200, last]
    answer = httpx.post(f"{abroad}/gradio_api/upload", files={"files": ("a.png", b"x")})
    assert "Wait a minute" in answer.json()["detail"]
    assert httpx.post(f"{abroad}/api/search", json={"id": "sku-1-disc"}).status_code == 429
    # Callers whom a proxy on this machine speaks for are counted each by their own address.
    for caller, status in (("203.0.113.7", 200), ("203.0.113.8", 200)):
        answer = httpx.post(
            f"{app.url}/gradio_api/upload",
            files={"files": ("a.png", b"x")},
            headers={"X-Forwarded-For": caller},
        )
        assert answer.status_code == status


@pytest.mark.skipif(os.name != "posix", reason="any user may serve on any port")
def test_a_port_of_the_systems_own_is_refused_in_a_sentence() -> None:
    if os.geteuid() == 0:
        pytest.skip("root may serve on any port")
    with pytest.raises(LookalikeError, match="may not serve on port 1"):
        Door(port=1)
