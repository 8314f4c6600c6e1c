"""A Milvus in a file: Milvus Lite in this process, one for all the tests of a session."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.index import Database, Index, Metric
from pipeline.index.engines.milvus.contents import Contents, keys_of
from pipeline.index.engines.milvus.loading import Load
from pipeline.index.engines.milvus.searching import MilvusIndex

IS_HERE = find_spec("pymilvus") is not None and find_spec("milvus_lite") is not None
NEEDS_LITE = pytest.mark.skipif(not IS_HERE, reason="Milvus Lite is not installed here")


@cache
def lite_address() -> str:
    """The address of the file; it is removed at the end."""
    folder = tempfile.mkdtemp(prefix="lookalike-milvus-")
    address = str(Path(folder) / "tests.db")

    def remove() -> None:
        from milvus_lite.server_manager import server_manager_instance

        server_manager_instance.release_server(address)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return address


@cache
def lite() -> Database:
    """The database of the file."""
    return Database(lite_address())


def in_milvus(embeddings: np.ndarray, metric: Metric) -> Index:
    """An index of embeddings that Milvus Lite holds; the same are sent once."""
    return loaded(lite(), embeddings, metric)


def loaded(database: Database, embeddings: np.ndarray, metric: Metric) -> Index:
    """An index of embeddings that a database holds."""
    name = hashlib.sha256(embeddings.tobytes()).hexdigest()[:16]
    contents = Contents(f"tests_{name}", f"{embeddings.shape[1]}d", str(len(embeddings)))
    keys = keys_of([str(row) for row in range(len(embeddings))], embeddings)
    key = (database.shown, contents, metric)
    if key not in _LOADED:
        load = Load(contents, keys, embeddings, database, metric)
        for _ in load.send():
            pass
        load.switch()
        _LOADED.add(key)
    return MilvusIndex(database, contents.alias(metric), keys, embeddings, metric)


_LOADED: set[tuple[str, Contents, Metric]] = set()


def names_in(database: Database, built: BuiltCatalogue) -> tuple[list[str], list[str]]:
    """The collections of a catalogue that a database holds, and the other names of these."""
    name = str(built.manifest.collection)
    collections = database.call(
        lambda client, seconds: [one for one in client.list_collections() if one.startswith(name)],
        30,
    )
    aliases = [alias for one in collections for alias in _aliases(database, one)]
    return sorted(collections), sorted(aliases)


def _aliases(database: Database, collection: str) -> list[str]:
    return database.call(lambda client, seconds: client.list_aliases(collection)["aliases"], 30)


def count_in(database: Database, collection: str) -> int:
    """How many embeddings a collection holds."""
    (counted,) = database.call(
        lambda client, seconds: client.query(
            collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
        ),
        30,
    )
    return int(counted["count(*)"])


class LiteServer:
    """Milvus Lite behind an address of this machine: a server that is up and down in a moment.

    Args:
        folder: Where it keeps what it holds.
        port: Where it listens.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._port = port
        self._running: Any = None

    def start(self) -> None:
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        self._running = start_server_in_thread(str(self._folder), port=self._port)[:2]

    def stop(self) -> None:
        server, held = self._running
        server.stop(grace=0).wait()
        held.close()
