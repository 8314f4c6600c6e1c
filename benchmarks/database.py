"""A database: how long loading and a query take. `python -m benchmarks.database ADDRESS`."""

from __future__ import annotations

import argparse
import time
import uuid

import numpy as np

from pipeline.index import Database, Metric
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.milvus import MilvusIndex
from pipeline.index.engines.milvus.contents import Contents, keys_of
from pipeline.index.engines.milvus.loading import CALL_SECONDS, Load

DIMENSION, CLUSTERS, QUERIES, MATCHES = 1280, 200, 50, 5


def main() -> None:
    """Load clustered embeddings by cosine, ask, and remove them again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="a file NAME.db, or http://host:port")
    parser.add_argument("--items", type=int, default=5000)
    options = parser.parse_args()
    generator = np.random.default_rng(0)
    centres = np.abs(generator.normal(size=(CLUSTERS, DIMENSION)))
    near = 0.3 * generator.normal(size=(options.items + QUERIES, DIMENSION))
    made = np.abs(centres[generator.integers(CLUSTERS, size=len(near))] + near).astype(np.float32)
    rows, queries = made[QUERIES:], made[:QUERIES]

    contents = Contents(f"benchmark_{uuid.uuid4().hex[:8]}", "none", "1")
    keys = keys_of([str(row) for row in range(len(rows))], rows)
    database = Database(options.address)
    load = Load(contents, keys, rows, database, Metric.COSINE)
    started = time.perf_counter()
    for _ in load.send():
        pass
    load.switch()
    print(f"{options.items:,} items loaded in {time.perf_counter() - started:.1f} s")
    try:
        index = MilvusIndex(database, contents.alias(Metric.COSINE), keys, rows, Metric.COSINE)
        _report("every item", index, ExactIndex(rows, Metric.COSINE), queries, None)
        few = generator.random(len(rows)) < 0.1
        _report("a tenth", index, ExactIndex(rows, Metric.COSINE), queries, few)
    finally:
        alias, collection = contents.alias(Metric.COSINE), contents.collection(Metric.COSINE)
        database.call(lambda client, seconds: client.drop_alias(alias), CALL_SECONDS)
        database.call(lambda client, seconds: client.drop_collection(collection), CALL_SECONDS)


def _report(
    which: str,
    index: MilvusIndex,
    exact: ExactIndex,
    queries: np.ndarray,
    allowed: np.ndarray | None,
) -> None:
    """Ask one query after another, and print how long each took and how many were found."""
    index.search(queries[:1], MATCHES, allowed)
    took, shared = [], []
    for query in queries:
        started = time.perf_counter()
        found, _ = index.search(query[None], MATCHES, allowed)
        took.append(1000 * (time.perf_counter() - started))
        truth, _ = exact.search(query[None], MATCHES, allowed)
        shared.append(len(set(found[0]) & set(truth[0])) / MATCHES)
    low, middle, high = np.percentile(took, (25, 50, 75))
    print(f"{which}: {middle:.1f} ms ({low:.1f} to {high:.1f}), finds {np.mean(shared):.3f}")


if __name__ == "__main__":
    main()
