"""A real Milvus, killed and started again: `pytest tests/index/test_milvus_server.py --milvus`."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import DatabaseError
from pipeline.index import Database, Metric
from pipeline.index.engines.hnsw import MIN_RECALL
from pipeline.index.engines.milvus.contents import Contents, keys_of
from pipeline.index.engines.milvus.loading import Load
from pipeline.index.engines.reference import ReferenceIndex
from tests.support.milvus import loaded

LONGEST = 5.0
"""Seconds that a query may take, whatever the database does."""


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    if not request.config.getoption("--milvus"):
        pytest.skip("a real Milvus takes minutes: ask for it with --milvus")
    if find_spec("milvus") is None:
        pytest.skip("the package milvus has no build for this system")
    from milvus import MilvusServer, MilvusServerConfig

    folder: Path = tmp_path_factory.mktemp("milvus")
    config = MilvusServerConfig(data_dir=str(folder))
    config.try_bind_port = take_port
    running = MilvusServer(config)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def database(server: Any) -> Database:
    return Database(f"http://127.0.0.1:{server.listen_port}")


@pytest.fixture(scope="module")
def clustered() -> np.ndarray:
    """3,000 embeddings in 60 clusters of uneven length, non-negative as pooled features are."""
    generator = np.random.default_rng(5)
    centres = np.abs(generator.normal(size=(60, 160)))
    rows = np.abs(centres[generator.integers(60, size=3000)] + 0.3 * generator.normal(size=160))
    return (rows * generator.uniform(0.5, 2, size=(3000, 1))).astype(np.float32)


def take_port(port: int) -> socket.socket | None:
    """Take a port, even one that a killed server has left a moment ago."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen()
    except OSError:
        taken.close()
        return None
    return taken


def kill(server: Any) -> int:
    """End the server as a crash does; gives the port where it is to listen again."""
    port = server.listen_port
    server.server_proc.kill()
    server.stop()
    return port


def start(server: Any, port: int) -> None:
    server.config.configs["proxy_port"] = port
    server.start()


@pytest.mark.parametrize("metric", list(Metric))
def test_it_finds_what_the_reference_finds(
    database: Database, clustered: np.ndarray, metric: Metric
) -> None:
    index, truth = loaded(database, clustered, metric), ReferenceIndex(clustered, metric)
    queries = clustered[::100] * 1.01
    for allowed in (None, np.random.default_rng(1).random(len(clustered)) < 0.1):
        for k in (5, 50):
            found, scores = index.search(queries, k, allowed)
            wanted, best = truth.search(queries, k, allowed)
            np.testing.assert_array_equal(found, wanted)
            np.testing.assert_allclose(scores, best, rtol=1e-5, atol=1e-6)


def test_a_graph_finds_almost_all(
    database: Database, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.index.engines.milvus.loading.EXACT_ITEMS", 1000)
    rows = clustered + np.float32(0.001)
    queries = rows[::40] * 1.01
    found, _ = loaded(database, rows, Metric.COSINE).search(queries, 5)
    truth, _ = ReferenceIndex(rows, Metric.COSINE).search(queries, 5)
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    assert np.mean(shared) / 5 >= MIN_RECALL


def test_queries_outlive_its_crash(server: Any, database: Database, clustered: np.ndarray) -> None:
    index = loaded(database, clustered, Metric.COSINE)
    before, _ = index.search(clustered[:1], 5)
    took: list[float] = []
    failed = 0
    port, starting = kill(server), None
    end = time.monotonic() + 120
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            found, _ = index.search(clustered[:1], 5)
        except DatabaseError:
            failed += 1
            if starting is None:
                starting = threading.Thread(target=start, args=(server, port))
                starting.start()
        else:
            break
        finally:
            took.append(time.monotonic() - started)
    assert starting is not None
    starting.join()
    assert failed
    assert max(took) < LONGEST
    assert found.tolist() == before.tolist()


def test_a_load_outlives_its_crash(
    server: Any, database: Database, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.index.engines.milvus.loading.BATCH_BYTES", 400 * 160 * 4)
    rows = clustered[::2] * np.float32(1.5)
    keys = keys_of([str(row) for row in range(len(rows))], rows)
    contents = Contents("tests_crash", "160d", "1")
    load = Load(contents, keys, rows, database, Metric.EUCLIDEAN)
    there = 0
    for number, count in enumerate(load.send()):
        there += count
        if number == 2:
            threading.Thread(target=start, args=(server, kill(server))).start()
    load.switch()
    assert there == len(rows)
    index = loaded(database, rows, Metric.EUCLIDEAN)
    found, _ = index.search(rows[::100], 5)
    truth, _ = ReferenceIndex(rows, Metric.EUCLIDEAN).search(rows[::100], 5)
    np.testing.assert_array_equal(found, truth)
