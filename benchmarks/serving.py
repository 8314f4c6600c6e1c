"""Serving: start-up, memory, and callers at once, against the usual project's page."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from gradio_client import Client, handle_file

from benchmarks.searching import SyntheticEmbeddings
from benchmarks.timing import Timing, alternate
from pipeline.artifacts import (
    DIGEST_BYTES,
    ITEMS,
    BuiltCatalogue,
    FileRecord,
    open_built,
    write_digests,
    write_embeddings,
)
from pipeline.artifacts.files import ITEMS_PREFIX, ROWS_IN_GROUP
from pipeline.building.shards import Shard, join_shards
from pipeline.colour import DIMENSION
from pipeline.index import index_embeddings

CALLERS = (1, 8, 32)
CALLS = 64
PHOTOS = 256


@dataclass(frozen=True)
class Serving:
    """How one page serves.

    Attributes:
        start_seconds: From the start of the process to the first answer.
        memory: The most bytes it held, resident.
        client: One call after another through `gradio_client`, uploads and downloads included.
        light: The same with ``download_files=False``.
        query: The same as plain HTTP over one connection, without downloads.
        rates: Answers a second over HTTP, by the number of callers at once.
    """

    start_seconds: float
    memory: int
    client: Timing
    light: Timing
    query: Timing
    rates: dict[int, float]


class Caller:
    """Calls ``/recommend`` over HTTP, on a connection of its own that stays open."""

    def __init__(self, url: str, picture: Path, arguments: tuple[str, ...]) -> None:
        self._http = httpx.Client(base_url=url, timeout=120)
        self._photo = picture.read_bytes()
        self._arguments = arguments

    def call(self) -> str:
        """Upload the photo, ask, and wait for the answer."""
        files = {"files": ("photo.jpg", self._photo)}
        path = self._http.post("/gradio_api/upload", files=files).json()[0]
        photo = {"path": path, "meta": {"_type": "gradio.FileData"}}
        route = "/gradio_api/call/recommend"
        asked = self._http.post(route, json={"data": [photo, *self._arguments]}).json()
        with self._http.stream("GET", f"{route}/{asked['event_id']}") as answer:
            text = "".join(answer.iter_text())
        if "event: complete" not in text:
            raise RuntimeError(text)
        return text


def enlarge(built: BuiltCatalogue, items: int, folder: Path) -> Path:
    """A built catalogue of so many items: real attributes and thumbnails, synthetic embeddings."""
    folder.mkdir()
    synthetic = SyntheticEmbeddings(built.embeddings)
    shards: list[Shard] = []
    for number, record in enumerate(itertools.cycle(_items(built))):
        table = pq.read_table(built.folder / record.name)
        table = table.slice(0, min(len(table), items - sum(shard.count for shard in shards)))
        ids = pa.array([f"{number}-{item}" for item in table["id"].to_pylist()])
        table = table.set_column(0, "id", ids)
        path = folder / ITEMS.format(number)
        pq.write_table(table, path, row_group_size=ROWS_IN_GROUP)
        drawn = synthetic.draw(len(table))
        rows = write_embeddings(folder / f"part-{number}.safetensors", [drawn], *drawn.shape)
        grey = np.full((len(table), DIMENSION), DIMENSION**-0.5, np.float32)
        colours = write_embeddings(folder / f"part-colours-{number}", [grey], *grey.shape)
        done = sum(shard.count for shard in shards)
        numbers = b"".join((done + row).to_bytes(DIGEST_BYTES) for row in range(len(table)))
        told = np.frombuffer(numbers, np.uint8).reshape(-1, DIGEST_BYTES)
        digests = write_digests(folder / f"part-digests-{number}", [told], len(told))
        shards.append(Shard(done, len(table), [], rows, colours, digests, FileRecord.of(path)))
        if sum(shard.count for shard in shards) >= items:
            break
    joined = join_shards(folder, shards, built.manifest.encoder.dimension)
    for part in folder.glob("part-*"):
        part.unlink()
    replace(
        built.manifest,
        count=items,
        files=(*joined, *(shard.items for shard in shards)),
        search=index_embeddings(folder),
    ).write(folder)
    return folder


def _items(built: BuiltCatalogue) -> list[FileRecord]:
    return [record for record in built.manifest.files if record.name.startswith(ITEMS_PREFIX)]


def write_pickle(folder: Path, path: Path) -> None:
    """The same embeddings as the usual project keeps them, with the files of some pictures."""
    built = open_built(folder)
    photos = path.with_suffix("")
    photos.mkdir()
    files = [photos / f"{row}.jpg" for row in range(PHOTOS)]
    for row, file in enumerate(files):
        file.write_bytes(built.thumbnail(row))
    shown = [str(files[row % PHOTOS]) for row in range(len(built))]
    with path.open("wb") as stream:
        pickle.dump((list(np.array(built.embeddings)), shown), stream)


@contextlib.contextmanager
def running(
    command: Sequence[str], started_by: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A page that listens, for as long as the context lasts.

    Args:
        command: What starts it; it prints a line with "is at" once it listens.
        started_by: What becomes it, given the command.
    """
    process = subprocess.Popen(
        [*started_by, sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        while "is at" not in (line := process.stdout.readline()):
            if not line and process.poll() is not None:
                raise RuntimeError(f"{command} ended without serving")
        yield process
    finally:
        process.terminate()
        process.wait()


def serve(command: list[str], url: str, picture: Path, arguments: tuple[str, ...]) -> Serving:
    """Start a page, call it, stop it.

    Args:
        command: What starts it; it prints a line with "is at" once it listens.
        url: Where it listens.
        picture: What to ask with.
        arguments: What its ``/recommend`` takes after the picture.
    """
    started = time.perf_counter()
    with running(command) as process:
        client = Client(url, verbose=False)
        light = Client(url, verbose=False, download_files=False)

        def call(by: Client = client) -> None:
            by.predict(handle_file(picture), *arguments, api_name="/recommend")

        call()
        start_seconds = time.perf_counter() - started
        callers = [Caller(url, picture, arguments) for _ in range(max(CALLERS))]
        rates = {count: _rate(callers[:count]) for count in CALLERS}
        runs = {"client": call, "light": lambda: call(light), "query": callers[0].call}
        times = alternate(runs, CALLS)
        return Serving(start_seconds, memory(process.pid, "VmHWM"), **times, rates=rates)


def _rate(callers: list[Caller]) -> float:
    share = CALLS // len(callers)
    started = time.perf_counter()
    with ThreadPoolExecutor(len(callers)) as pool:
        for future in [pool.submit(_repeat, caller, share) for caller in callers]:
            future.result()
    return share * len(callers) / (time.perf_counter() - started)


def _repeat(caller: Caller, times: int) -> None:
    for _ in range(times):
        caller.call()


def memory(process: int, figure: str) -> int:
    """Bytes that a process holds, resident: ``VmRSS`` for now, ``VmHWM`` for the most so far."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(figure))
    return int(line.split()[1]) * 1024
