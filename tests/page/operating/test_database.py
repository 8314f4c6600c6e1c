"""While the database that searches is away, the page says so at once, and finds again after."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import Encoder
from pipeline.index import Database
from pipeline.index.engines.milvus.loading import Load
from pipeline.recommender import LiveRecommender, Recommender, load_catalogue
from pipeline.settings import Settings
from tests.support.calls import call, upload
from tests.support.live import free_port
from tests.support.milvus import NEEDS_LITE, LiteServer

pytestmark = NEEDS_LITE

AWAY = "The database that searches the catalogue does not answer."
LONGEST = 5.0
"""Seconds that a query may take, whatever the database does."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    running = LiteServer(tmp_path_factory.mktemp("server") / "data", free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def held(
    built: BuiltCatalogue, server: LiteServer, tmp_path_factory: pytest.TempPathFactory
) -> BuiltCatalogue:
    folder = shutil.copytree(built.folder, tmp_path_factory.mktemp("held") / "built")
    return load_catalogue(Settings(artifacts=folder, address=server.address))


@pytest.fixture(scope="module")
def http(
    serve: Callable[..., httpx.Client], held: BuiltCatalogue, encoder: Encoder, server: LiteServer
) -> httpx.Client:
    now = Recommender(encoder, held, database=Database(server.address))
    return serve(LiveRecommender(now))


def ask(http: httpx.Client, photo: Path) -> tuple[httpx.Response, float]:
    """Ask over plain HTTP; gives the answer, and the seconds that it took."""
    started = time.monotonic()
    answer = http.post("/api/search", files={"file": photo.read_bytes()}, data={"k": "3"})
    return answer, time.monotonic() - started


def found(http: httpx.Client, photo: Path) -> list[str]:
    """The ids of matches, as soon as there are any."""
    end = time.monotonic() + 20
    while (answer := ask(http, photo)[0]).status_code == 503 and time.monotonic() < end:
        time.sleep(0.2)
    return [match["id"] for match in answer.raise_for_status().json()["matches"]]


def test_a_database_that_goes_is_told_of_at_once_and_found_again(
    http: httpx.Client, server: LiteServer, make_picture: Callable[..., Path]
) -> None:
    photo = make_picture()
    before = found(http, photo)
    server.stop()
    try:
        with ThreadPoolExecutor(6) as pool:
            asked = list(pool.map(lambda _: ask(http, photo), range(6)))
        for answer, seconds in asked:
            assert answer.status_code == 503
            assert answer.json()["detail"].startswith(AWAY)
            assert answer.headers["retry-after"]
            assert seconds < LONGEST
        said = call(http, {"path": upload(http, photo)}, "cosine")
        assert "event: error" in said
        assert AWAY in said
        assert http.get("/healthz").status_code == 200
        assert http.get("/api/items/sku-0-disc").status_code == 200  # what needs no search
    finally:
        server.start()
    assert found(http, photo) == before


def test_a_database_that_hangs_keeps_nobody_waiting(
    http: httpx.Client, server: LiteServer, make_picture: Callable[..., Path]
) -> None:
    photo = make_picture()
    before = found(http, photo)
    server.stop()
    try:
        with socket.create_server(("127.0.0.1", int(server.address.rpartition(":")[2]))):
            for _ in range(2):
                answer, seconds = ask(http, photo)
                assert answer.status_code == 503
                assert seconds < LONGEST
    finally:
        server.start()
    assert found(http, photo) == before


def test_a_page_that_starts_before_its_database_waits_for_it(
    held: BuiltCatalogue,
    encoder: Encoder,
    server: LiteServer,
    make_picture: Callable[..., Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.stop()
    try:
        early = Recommender(encoder, held, database=Database(server.address))
        assert "The page finds nothing until it is back" in caplog.text
    finally:
        server.start()
    photo, end = make_picture(), time.monotonic() + 20
    while time.monotonic() < end:
        try:
            assert early.recommend(photo) == Recommender(encoder, held).recommend(photo)
            break
        except Exception:
            time.sleep(0.2)
    else:
        raise AssertionError("it does not find its database")


def test_a_load_goes_on_when_the_database_is_back(
    held: BuiltCatalogue, encoder: Encoder, server: LiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    sending = Load._send

    def send(self: Load, rows: np.ndarray) -> None:
        if len(sent) == 3:
            server.stop()
            threading.Timer(0.5, server.start).start()
        sending(self, rows)
        sent.extend(rows.tolist())

    monkeypatch.setattr("pipeline.index.engines.milvus.loading.BATCH_BYTES", 1)
    monkeypatch.setattr("pipeline.index.engines.milvus.loading.PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(Load, "_send", send)
    folder = shutil.copytree(held.folder, held.folder.with_name("another"))
    (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text("utf-8").replace("lookalike_", "another_"), "utf-8"
    )
    loaded = load_catalogue(Settings(artifacts=folder, address=server.address))
    assert sent == [*range(8), *range(8)]
    there = Recommender(encoder, loaded, database=Database(server.address))
    photo = loaded.thumbnail(2)
    assert there.recommend(photo, k=8) == Recommender(encoder, loaded).recommend(photo, k=8)
