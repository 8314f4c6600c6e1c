"""Pictures are fetched from servers as they are, once, and from nowhere that a feed may not ask."""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpcore
import pytest

from pipeline.catalogue.fetching import Fetched, Limits, fetch_pictures, fetching, places
from pipeline.catalogue.fetching.places import is_public
from pipeline.catalogue.pictures import open_picture
from tests.support.shop_server import COLOURS, ShopServer, picture

LIMITS = Limits(seconds=10, stall=5, tries=2, pause=0.01, bytes=200_000)


@pytest.fixture(scope="module")
def server() -> Iterator[ShopServer]:
    with ShopServer().serving() as running:
        yield running


def fetch(
    server: ShopServer, folder: Path, *paths: str, limits: Limits = LIMITS, **options: bool
) -> list[Fetched]:
    addresses = [server.address(path) for path in paths]
    allow_private = options.get("allow_private", True)
    found = fetch_pictures(addresses, folder, allow_private, limits)
    return [found[address] for address in addresses]


@pytest.mark.parametrize("path", ["ok", "mistyped", "cut-once", "busy-once", "moved"])
def test_a_picture_comes_however_its_server_is(
    server: ShopServer, tmp_path: Path, path: str
) -> None:
    (found,) = fetch(server, tmp_path, f"{path}/red-disc.png")
    assert found.path is not None
    assert found.path.read_bytes() == picture("red-disc")


REASONS = {
    "gone.jpg": "404",
    "page.jpg": "A page lies there",
    "cut/red-disc.png": "ended in the middle",
    "cut-unsaid/red-disc.png": "damaged|cut short",
    "endless.jpg": "more than",
    "declared.jpg": "more than",
    "packed.jpg": "more than",
    "drip/red-disc.png": "in time",
    "drip-head.png": "in time",
    "silent.png": "in time",
    "nonsense.png": "makes no sense",
    "loop.png": "again and again",
    "to-file.png": "http or https",
    "busy.png": "503",
    "busy-oddly.png": "503",
}


def test_what_cannot_be_had_has_its_reason_in_time(server: ShopServer, tmp_path: Path) -> None:
    started = time.monotonic()
    limits = replace(LIMITS, tries=1, seconds=3, stall=2, per_host=16)
    found = fetch(server, tmp_path, *REASONS, "ok/red-disc.png", limits=limits)
    assert time.monotonic() - started < 20
    assert [one.path is not None for one in found] == [False] * len(REASONS) + [True]
    for one, wanted in zip(found[:-1], REASONS.values(), strict=True):
        assert re.search(wanted, one.reason), (one.reason, wanted)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(
    "address",
    ["", "a.jpg", "ftp://shop.example/a.jpg", "file:///etc/hostname", "http://", "http://[1/a.jpg",
     "http://a:99999999/a.jpg", "data:image/png;base64,AAAA", "https:///a.jpg", "http://\x00/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_not_asked(tmp_path: Path, address: str) -> None:
    found = fetch_pictures([address], tmp_path, allow_private=True, limits=LIMITS)
    assert found[address].reason in (
        "It is no address.",
        "Only addresses of http and https are fetched.",
    )


def test_what_was_fetched_is_not_fetched_again(server: ShopServer, tmp_path: Path) -> None:
    paths = [f"ok/{colour}-square.png" for colour in COLOURS]
    before = fetch(server, tmp_path, *paths, "gone/a.png")
    asked = sum(server.asked[path] for path in paths)
    assert fetch(server, tmp_path, *paths, "gone/a.png") == before
    assert sum(server.asked[path] for path in paths) == asked
    assert server.asked["gone/a.png"] == 2


def test_after_a_while_a_server_is_asked_whether_a_picture_changed(
    server: ShopServer, tmp_path: Path
) -> None:
    at_once = replace(LIMITS, fresh=0)
    paths = ["ok/red-old.png", "ok/green-old.png"]
    before = fetch(server, tmp_path, *paths, limits=at_once)
    unchanged = server.unchanged
    server.changed = {"red-old": "blue-disc"}
    changed, same = fetch(server, tmp_path, *paths, limits=at_once)
    assert server.unchanged == unchanged + 1
    assert same == before[1]
    assert changed.path is not None
    assert changed.path.read_bytes() == picture("blue-disc")
    assert changed.sha256 != before[0].sha256


def test_what_a_server_says_in_no_ascii_is_not_said_to_it(
    server: ShopServer, tmp_path: Path
) -> None:
    at_once = replace(LIMITS, fresh=0)
    fetch(server, tmp_path, "odd/red-mark.png")
    server.changed = {"red-mark": "blue-disc"}
    (told,) = tmp_path.rglob("*.json")
    kept = json.loads(told.read_text())
    assert (kept["etag"], kept["modified"]) == ("", "")
    # As an earlier version kept it.
    told.write_text(json.dumps(kept | {"etag": '"\u00e9"', "modified": "m\u00e4rz"}))
    odd, other = fetch(server, tmp_path, "odd/red-mark.png", "ok/red-disc.png", limits=at_once)
    assert odd.path is not None
    assert odd.path.read_bytes() == picture("blue-disc")
    assert (odd.reason, other.reason) == ("", "")


def test_a_fault_that_nobody_thought_of_loses_one_picture(
    server: ShopServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = open_picture

    def fails_on_red(content: bytes, side: int) -> object:
        if content == picture("red-disc"):
            raise UnicodeEncodeError("ascii", "\u00e9", 0, 1, "not here")
        return check(content, side)

    monkeypatch.setattr(fetching, "open_picture", fails_on_red)
    lost, found = fetch(server, tmp_path, "ok/red-disc.png", "ok/blue-disc.png")
    assert (lost.path, found.path is not None) == (None, True)
    assert "makes no sense" in lost.reason


def test_a_picture_that_can_no_longer_be_asked_for_stays(tmp_path: Path) -> None:
    with ShopServer().serving() as server:
        (before,) = fetch(server, tmp_path, "ok/red-disc.png")
    (after,) = fetch(server, tmp_path, "ok/red-disc.png", limits=replace(LIMITS, fresh=0))
    assert after.path == before.path
    assert "cannot be reached" in after.reason


def test_a_server_is_asked_a_few_things_at_a_time(server: ShopServer, tmp_path: Path) -> None:
    server.most_at_once = 0
    paths = [f"wait/{colour}-{number}.png" for colour in COLOURS for number in range(4)]
    assert all(found.path for found in fetch(server, tmp_path, *paths))
    assert 2 <= server.most_at_once <= LIMITS.per_host


def test_a_server_that_does_not_answer_is_left_alone(server: ShopServer, tmp_path: Path) -> None:
    limits = replace(LIMITS, failures=3, tries=1)
    found = fetch(server, tmp_path, *(f"busy/{number}.png" for number in range(40)), limits=limits)
    assert all("503" in one.reason or "not asked again" in one.reason for one in found)
    assert sum(count for path, count in server.asked.items() if path.startswith("busy/")) < 10


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1",
     "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
     "64:ff9b:1::a00:1", "2001:0:4136:e378:8000:63bf:80ff:fffe"],
)  # fmt: skip
def test_private_addresses_are_known_however_they_are_written(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_this_machine_is_not_asked(server: ShopServer, tmp_path: Path, host: str) -> None:
    address = server.address("ok/red-secret.png", host)
    found = fetch_pictures([address], tmp_path, allow_private=False, limits=LIMITS)
    assert "--allow-private" in found[address].reason
    assert not server.asked["ok/red-secret.png"]


def test_a_redirect_to_a_private_address_is_not_followed(
    server: ShopServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first server stands for one of the internet, which cannot be reached from here.
    public = ipaddress.ip_address("127.0.0.1")
    monkeypatch.setattr(places, "is_public", lambda address: address == public)
    (found,) = fetch(server, tmp_path, "to-private/red-hidden.png", allow_private=False)
    assert "--allow-private" in found.reason
    assert server.asked["to-private/red-hidden.png"]
    assert not server.asked["ok/red-hidden.png"]


def test_a_name_that_means_another_machine_the_next_time_gains_nothing(
    server: ShopServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is connected to is the address that was checked; no second look-up is made."""
    answers = iter(["93.184.216.34", *["127.0.0.1"] * 20])
    connected: list[str] = []

    def resolve(_: str, port: int, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(_: object, host: str, *__: object, **___: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError("the internet is not here")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    address = server.address("ok/red-rebound.png", "rebound.example")
    found = fetch_pictures([address], tmp_path, allow_private=False, limits=LIMITS)
    assert connected == ["93.184.216.34"]
    assert "--allow-private" in found[address].reason
