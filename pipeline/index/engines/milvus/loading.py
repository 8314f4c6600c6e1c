"""Loading: a version of a catalogue into a database, from where an earlier run has stopped."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import DatabaseError
from pipeline.index.engines.milvus.contents import Contents, keys_of_built
from pipeline.index.engines.milvus.database import Answer, Ask, Database, NotHeldError, ready
from pipeline.index.engines.ranking import comparable
from pipeline.index.index import Metric

if TYPE_CHECKING:
    from pymilvus import MilvusClient

log = logging.getLogger(__name__)

EXACT_ITEMS = 50_000
"""Up to here a collection is scanned, which finds all; above it is searched by a graph."""
LINKS, BUILD_WIDTH = 32, 120
"""Of that graph, as in `pipeline.index.engines.hnsw`."""
BATCH_BYTES = 4 * 2**20
"""Of embeddings that are sent at once: a Milvus takes 64 MB, its log 5 MB."""
PAGE = 10_000
"""Keys that are asked for, or removed, at once."""
CALL_SECONDS = 60.0
PATIENCE_SECONDS = 90.0
"""For so long a load waits for a database that went away: a restart takes less."""
PAUSE_SECONDS = 1.0
SCORES = {Metric.COSINE: "IP", Metric.EUCLIDEAN: "L2"}
"""Of directions the product is the cosine, and 0 where there is no direction."""


def load(built: BuiltCatalogue, database: Database, before: Sequence[BuiltCatalogue] = ()) -> None:
    """Have a database hold a version of a catalogue; what it holds of it already is not sent.

    The version is found under its name once all of it is there, by every metric, and only then
    are those removed that are no longer wanted, with what killed loads have left.

    Args:
        built: The version; its manifest names its collection.
        database: The database.
        before: Versions that may still be searched.

    Raises:
        DatabaseError: If the database does not answer, or refuses; the next run goes on from
            what is there.
    """
    contents = Contents.of(built.manifest)
    if contents is None:
        raise ValueError("the manifest names no collection")
    keys = keys_of_built(built)
    loads = [Load(contents, keys, built.embeddings, database, metric) for metric in Metric]
    with tqdm(total=len(loads) * len(keys), desc="Loading", unit="row", smoothing=0.1) as bar:
        for one in loads:
            for count in one.send():
                bar.update(count)
    for one in loads:
        one.switch()
    kept = {contents: keys}
    for version in before:
        if (names := Contents.of(version.manifest)) and names.catalogue == contents.catalogue:
            kept[names] = keys_of_built(version)
    for one in loads:
        one.forget_all_but(kept)


class Load:
    """The load of one metric's collection.

    Args:
        contents: The names of the version.
        keys: Its keys, ``(n,)`` int64.
        embeddings: Its embeddings, ``(n, dimension)`` float32.
        database: Where they go.
        metric: What they are searched by.
    """

    def __init__(
        self,
        contents: Contents,
        keys: np.ndarray,
        embeddings: np.ndarray,
        database: Database,
        metric: Metric,
    ) -> None:
        self._contents = contents
        self._keys = keys
        self._embeddings = embeddings
        self._database = database
        self._metric = metric
        self._name = contents.collection(metric)
        self._alias = contents.alias(metric)

    def send(self) -> Iterator[int]:
        """Send what is missing, a batch at a time; gives how many more are there after each."""
        self._ask(self._make)
        missing = np.flatnonzero(~np.isin(self._keys, self._held()))
        yield len(self._keys) - len(missing)
        rows = max(1, BATCH_BYTES // (4 * self._embeddings.shape[1]))
        for batch in _parts(missing, rows):
            self._send(batch)
            yield len(batch)

    def switch(self) -> None:
        """Give the collection the name of this version, once all of it can be found."""
        self._ask(lambda client, seconds: client.flush(self._name, timeout=seconds))
        if missing := int((~np.isin(self._keys, self._held())).sum()):
            raise DatabaseError(
                f"The database at {self._database.shown} has lost {missing:,} of the "
                f"{len(self._keys):,} embeddings that it was sent. Run this again: it goes on from "
                "what is there."
            )
        if self._alias not in self._aliases(self._name):
            self._ask(
                lambda client, seconds: client.create_alias(
                    self._name, self._alias, timeout=seconds
                )
            )

    def forget_all_but(self, kept: dict[Contents, np.ndarray]) -> None:
        """Remove what belongs to no version that is kept: names first, then what they stood for.

        Args:
            kept: The versions, and their keys, ``(m,)`` int64 each.
        """
        aliases = {contents.alias(self._metric) for contents in kept}
        collections = {contents.collection(self._metric) for contents in kept}
        for name in self._collections() - collections:
            for alias in self._aliases(name):
                self._drop_alias(alias)
            self._drop_collection(name)
        for alias in self._aliases(self._name):
            if alias not in aliases:
                self._drop_alias(alias)
        gone = np.setdiff1d(self._held(), np.concatenate(list(kept.values())))
        for part in _parts(gone, PAGE):
            self._delete(part.tolist())
        if len(gone):
            log.info("%d embeddings of earlier versions are removed.", len(gone))

    def _make(self, client: MilvusClient, seconds: float) -> None:
        """Make the collection, if there is none yet, ready to be searched."""
        from pymilvus import DataType

        if client.has_collection(self._name, timeout=seconds):
            return
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("key", DataType.INT64, is_primary=True)
        dimension = self._embeddings.shape[1]
        schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=dimension)
        index = client.prepare_index_params()
        is_exact = len(self._keys) <= EXACT_ITEMS
        index.add_index(
            "embedding",
            index_type="FLAT" if is_exact else "HNSW",
            metric_type=SCORES[self._metric],
            params={} if is_exact else {"M": LINKS, "efConstruction": BUILD_WIDTH},
        )
        client.create_collection(
            self._name,
            schema=schema,
            index_params=index,
            consistency_level="Strong",
            timeout=seconds,
        )

    def _send(self, rows: np.ndarray) -> None:
        vectors = comparable(self._embeddings[rows], self._metric)
        items = [
            {"key": key, "embedding": vector}
            for key, vector in zip(self._keys[rows].tolist(), vectors, strict=True)
        ]
        # Not inserted: what is sent again after a break must not be there twice.
        self._ask(lambda client, seconds: client.upsert(self._name, items, timeout=seconds))

    def _held(self) -> np.ndarray:
        """The keys that the collection holds, of any version, ``(m,)`` int64."""
        return self._ask(self._read_keys)

    def _read_keys(self, client: MilvusClient, seconds: float) -> np.ndarray:
        pages = client.query_iterator(
            self._name,
            batch_size=PAGE,
            filter="key >= 0",
            output_fields=["key"],
            consistency_level="Strong",
            timeout=seconds,
        )
        keys: list[int] = []
        while page := pages.next():
            keys += [item["key"] for item in page]
        pages.close()
        return np.array(keys, dtype=np.int64)

    def _collections(self) -> set[str]:
        """The collections of the catalogue that are searched by this metric, of any encoder."""
        names: list[str] = self._ask(
            lambda client, seconds: client.list_collections(timeout=seconds)
        )
        start, end = f"{self._contents.catalogue}_", f"_{self._metric.value}"
        return {name for name in names if name.startswith(start) and name.endswith(end)}

    def _aliases(self, name: str) -> list[str]:
        """The other names of a collection."""
        names: list[str] = self._ask(
            lambda client, seconds: client.list_aliases(name, timeout=seconds)["aliases"]
        )
        return names

    def _drop_alias(self, alias: str) -> None:
        self._ask(lambda client, seconds: client.drop_alias(alias, timeout=seconds))

    def _drop_collection(self, name: str) -> None:
        self._ask(lambda client, seconds: client.drop_collection(name, timeout=seconds))

    def _delete(self, keys: list[int]) -> None:
        self._ask(lambda client, seconds: client.delete(self._name, ids=keys, timeout=seconds))

    def _ask(self, ask: Ask[Answer]) -> Answer:
        """Ask the database, again and again while it is away, but not for ever."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._database.call(ready(self._name, ask), CALL_SECONDS)
            except (DatabaseError, NotHeldError) as error:
                if time.monotonic() > end:
                    reason = " ".join(str(error.__cause__ or error).split())[:200]
                    raise DatabaseError(
                        f"The database at {self._database.shown} does not do what is asked "
                        f"({reason}). Once it does, run this again: it goes on from what is there."
                    ) from error
            time.sleep(PAUSE_SECONDS)


def _parts(rows: np.ndarray, count: int) -> Iterable[np.ndarray]:
    """Rows, so many at a time."""
    return (rows[start : start + count] for start in range(0, len(rows), count))
