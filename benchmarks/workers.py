"""Workers: what embedding by Ray costs beside embedding without it, on the same machine."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.encoding import export_photos
from pipeline.building import Workers, open_workers
from pipeline.building.embedding import embed_shards
from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.encoder import Encoder, load_encoder

PHOTOS = 1_000
HOUR = 3_600
CORES = 2
WANTED = (10_000_000, 1_000_000_000)
"""Pictures of catalogues for which the machines are reckoned."""


@dataclass(frozen=True)
class WorkersRow:
    """Photos, embedded with all processors of this machine.

    Attributes:
        what: Who did it.
        photos: How many.
        starting: The seconds until there was somebody to embed.
        seconds: Those from then on, until the last shard was written.
        cores: The seconds of a core that all processes took in these.
    """

    what: str
    photos: int
    starting: float
    seconds: float
    cores: float

    @property
    def hourly(self) -> float:
        """Photos that a machine of two such cores embeds in an hour, if it does nothing else."""
        return HOUR * CORES * self.photos / self.cores


def measure_workers(phones: str, work: Path) -> list[WorkersRow]:
    """Embed photos in files without Ray and with it, once each.

    Args:
        phones: A catalogue of photos taken at home.
        work: A folder to write to.
    """
    export_photos(phones, work / "photos", PHOTOS)
    catalogue = open_catalogue(work / "photos")
    encoder = load_encoder("starter", precision="fp32", home=work / "home")
    near = _embed("this machine alone", catalogue, encoder, work / "near")
    started = time.perf_counter()
    with open_workers("ray") as workers:
        starting = time.perf_counter() - started
        far = _embed(
            "Ray on this machine",
            catalogue,
            encoder,
            work / "far",
            workers=workers,
            starting=starting,
        )
    return [near, far]


def _embed(
    what: str,
    catalogue: Catalogue,
    encoder: Encoder,
    part: Path,
    *,
    workers: Workers | None = None,
    starting: float = 0.0,
) -> WorkersRow:
    started, before = time.perf_counter(), _cores()
    embed_shards(part, catalogue, encoder, None, workers)
    seconds, cores = time.perf_counter() - started, _cores() - before
    return WorkersRow(what, len(catalogue), starting, seconds, cores)


def _cores() -> float:
    """The seconds of a core that this process and those below it have taken."""
    process, cores = psutil.Process(), 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            cores += times.user + times.system
    return cores
