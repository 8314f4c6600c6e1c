"""Learning: what it takes to learn from a long log, by the command line, on made-up events."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

SINCE = 1_700_000_000
DAYS = 90
WRITTEN = 1_000_000
"""Events that are drawn at once."""


@dataclass(frozen=True)
class LearningRow:
    """One log, learnt from in a process of its own.

    Attributes:
        rows: How many rows it has.
        events: How many of them are events, said once each.
        people: How many people they are of.
        items: On how many items.
        file: Bytes of the log.
        seconds: How long it took, start-up included.
        cores: Seconds that cores were kept busy.
        memory: Bytes resident at most.
    """

    rows: int
    events: int
    people: int
    items: int
    file: int
    seconds: float
    cores: float
    memory: int


def measure_learning(sizes: list[int], work: Path) -> list[LearningRow]:
    """Learn from made-up logs of several sizes, the smallest first.

    Memory is that of the largest process so far, so it is right where sizes grow.

    Args:
        sizes: How many rows.
        work: A folder to write to.
    """
    return [_learn(write_events(work / f"{rows}.csv", rows), rows) for rows in sorted(sizes)]


def write_events(path: Path, rows: int) -> Path:
    """Made-up events: people of twenty tastes, a few items chosen often and many seldom (Zipf)."""
    drawn = np.random.default_rng(0)
    people, items = rows // 20, max(2_000, rows // 100)
    with path.open("wb") as stream:
        for start in range(0, rows, WRITTEN):
            count = min(WRITTEN, rows - start)
            user = drawn.integers(people, size=count)
            rank = np.minimum(drawn.zipf(1.3, size=count) - 1, items // 20 - 1)
            table = pa.table(
                {
                    "user": np.char.add("u", user.astype(str)),
                    "item": np.char.add("i", (rank * 20 + user % 20).astype(str)),
                    "time": SINCE + drawn.integers(DAYS * 86_400, size=count),
                }
            )
            pacsv.write_csv(table, stream, pacsv.WriteOptions(include_header=start == 0))
    return path


def _learn(path: Path, rows: int) -> LearningRow:
    command = ["learn", str(path), "--out", str(path.with_suffix(".learnt")), "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-m", "pipeline", *command], stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(finished.stdout)
    return LearningRow(
        rows,
        told["events"],
        told["people"],
        told["items"],
        path.stat().st_size,
        seconds,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        after.ru_maxrss * 1024,
    )
