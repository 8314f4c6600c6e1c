"""Building: how much memory a build takes, at two sizes of catalogue."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Image, Value
from transformers import ResNetConfig, ResNetModel

from benchmarks.encoding import full_size_encoder
from pipeline.catalogue import open_catalogue

BUILDS = (("ResNet-50", 8000), ("a small network", 8000), ("a small network", 100_000))
"""The small one has embeddings as long, so that memory grows alike, and takes minutes, not hours,
to embed 100,000 pictures."""
WATCH_SECONDS = 0.1


@dataclass(frozen=True)
class BuildRow:
    """One build in a process of its own.

    Attributes:
        network: What embedded.
        items: How many pictures.
        memory: The most bytes that the process held as its own.
        resident: The most that were resident, the pages of mapped files included, which the
            system takes back when others need them.
        seconds: How long it took, start-up and index included.
    """

    network: str
    items: int
    memory: int
    resident: int
    seconds: float


def measure_builds(catalogue: str, work: Path) -> list[BuildRow]:
    """Build catalogues of several sizes by the command line and watch the process.

    Args:
        catalogue: Real photos, repeated as often as a size asks for.
        work: A folder to write to.
    """
    full = full_size_encoder(work)
    encoders = {"ResNet-50": full, "a small network": _small_encoder(full, work / "small")}
    rows = []
    for number, (network, items) in enumerate(BUILDS):
        photos = _repeat_photos(catalogue, items, work / f"photos-{items}.parquet")
        rows.append(_build(network, encoders[network], photos, items, work / f"built-{number}"))
    return rows


def _small_encoder(full: Path, folder: Path) -> Path:
    """Few channels and random weights, with the preprocessing and the length of ResNet-50."""
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16, 32, 2048], depths=[1, 1, 1, 1])
    ResNetModel(config).save_pretrained(folder)
    settings = "preprocessor_config.json"
    (folder / settings).write_bytes((full / settings).read_bytes())
    return folder


def _repeat_photos(catalogue: str, count: int, path: Path) -> Path:
    """A parquet file of so many photos, each under an id of its own."""
    if path.exists():
        return path
    opened = open_catalogue(catalogue)
    schema = Features(id=Value("string"), image=Image()).arrow_schema
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, count, 1000):
            rows = range(start, min(start + 1000, count))
            sources = [opened.picture_source(row % len(opened)) for row in rows]
            photos = [s if isinstance(s, bytes) else s.read_bytes() for s in sources]
            columns = [
                pa.array([f"{row:06d}" for row in rows]),
                pa.array(
                    [{"bytes": photo, "path": None} for photo in photos],
                    type=schema.field("image").type,
                ),
            ]
            writer.write_table(pa.table(columns, schema=schema))
    return path


def _build(network: str, encoder: Path, photos: Path, items: int, out: Path) -> BuildRow:
    command = ["build", str(photos), "--encoder", str(encoder), "--out", str(out)]
    folders = {"LOOKALIKE_HOME": str(out.parent / "home"), "HF_HOME": str(out.parent / "hf")}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *command],
        env=os.environ | folders,
        stdout=subprocess.DEVNULL,
    )
    memory, resident = watch(process)
    return BuildRow(network, items, memory, resident, time.perf_counter() - started)


def watch(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Watch a build until it ends.

    Returns:
        The most bytes that it held as its own, and the most that were resident.

    Raises:
        RuntimeError: If it fails.
    """
    memory, resident = 0, 0
    while process.poll() is None:
        held = _status(process.pid)
        memory, resident = max(memory, held["RssAnon"]), max(resident, held["VmHWM"])
        time.sleep(WATCH_SECONDS)
    if process.returncode:
        raise RuntimeError(f"The build ended with {process.returncode}")
    return memory, resident


def _status(process: int) -> dict[str, int]:
    """The kernel's figures for a process in bytes, zeros once it has ended (proc(5))."""
    wanted = {"RssAnon": 0, "VmHWM": 0}
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in wanted:
            wanted[name] = int(value.split()[0]) * 1024
    return wanted
