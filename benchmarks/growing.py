"""Growing: what a build holds as the catalogue grows, with next to nothing to embed.

`python -m benchmarks.growing PHOTOS ENCODER OUT` is one build, in a process of its own: the real
one, in which only the pictures are not looked at.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from datasets import Features, Image, Value
from PIL import Image as Drawn
from transformers import ResNetConfig, ResNetModel

from benchmarks.building import watch
from pipeline.building import build
from pipeline.building.rows import Embedded
from pipeline.catalogue import Catalogue, open_catalogue, picture_digest
from pipeline.colour import DIMENSION
from pipeline.encoder import Encoder, load_encoder
from pipeline.training.run import save_encoder

WIDTH = 16
"""Of an embedding: what follows from embeddings is measured elsewhere."""
PICTURES = 1_000
"""Different pictures, of 16 by 16 pixels."""
WRITTEN = 20_000
"""Rows of a row group of the catalogue."""
COLOURS = ("black", "white", "navy blue", "grey", "red", "green", "pink", "brown", "beige", "teal")
KINDS = ("shirts", "t-shirts", "jeans", "dresses", "skirts", "jackets", "jumpers", "shorts")
FEATURES = Features(
    id=Value("string"),
    name=Value("string"),
    kind=Value("string"),
    colour=Value("string"),
    brand=Value("string"),
    price=Value("float64"),
    year=Value("int64"),
    image=Image(),
)


@dataclass(frozen=True)
class Growth:
    """One build.

    Attributes:
        items: Of how many items.
        memory: The most bytes that the process held as its own.
        resident: The most that were resident, the pages of mapped files included.
        seconds: How long it took.
    """

    items: int
    memory: int
    resident: int
    seconds: float


class NoLooking:
    """In place of machines that embed: reads each picture, and gives random numbers for it."""

    def embed(
        self, catalogue: Catalogue, encoder: Encoder, shards: Iterable[tuple[int, range]]
    ) -> Iterator[tuple[int, range, Embedded]]:
        """See `pipeline.building.Workers`."""
        for number, rows in shards:
            drawn = np.random.default_rng(number)
            sources = [catalogue.picture_source(row) for row in rows]
            pictures = [s if isinstance(s, bytes) else s.read_bytes() for s in sources]
            digests = b"".join(picture_digest(picture) for picture in pictures)
            yield (
                number,
                rows,
                Embedded(
                    np.arange(rows.start, rows.stop),
                    drawn.normal(size=(len(rows), encoder.identity.dimension)).astype(np.float32),
                    np.full((len(rows), DIMENSION), DIMENSION**-0.5, np.float32),
                    tuple(pictures),
                    np.frombuffer(digests, np.uint8).reshape(len(rows), -1),
                    (),
                ),
            )


def measure_growth(sizes: Iterable[int], work: Path) -> list[Growth]:
    """Build synthetic catalogues of these sizes, each in a process of its own, and watch it."""
    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 8, 8, WIDTH], depths=[1, 1, 1, 1])
    save_encoder(ResNetModel(config), 32, work / "encoder")
    return [_build(items, work) for items in sizes]


def _build(items: int, work: Path) -> Growth:
    photos, out = work / f"catalogue-{items}.parquet", work / f"built-{items}"
    _draw_catalogue(items, photos)
    folders = {"LOOKALIKE_HOME": str(work / "home"), "HF_HOME": str(work / "hf")}
    command = ["-m", "benchmarks.growing", str(photos), str(work / "encoder"), str(out)]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], env=os.environ | folders, stdout=subprocess.DEVNULL
    )
    memory, resident = watch(process)
    return Growth(items, memory, resident, time.perf_counter() - started)


def _draw_catalogue(items: int, path: Path) -> None:
    """A catalogue of so many rows in one parquet file."""
    schema, pictures = FEATURES.arrow_schema, list(_pictures())
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, items, WRITTEN):
            rows = range(start, min(start + WRITTEN, items))
            columns = {
                "id": [f"SKU-{row:010d}" for row in rows],
                "name": [f"{COLOURS[row % 10]} {KINDS[row % 8]} no. {row}" for row in rows],
                "kind": [KINDS[row % 8] for row in rows],
                "colour": [COLOURS[row % 10] for row in rows],
                "brand": [f"brand {row * 7919 % 5000}" for row in rows],
                "price": [(row * 31 % 20_000) / 100 + 0.99 for row in rows],
                "year": [2000 + row % 26 for row in rows],
                "image": [{"bytes": pictures[row % PICTURES], "path": None} for row in rows],
            }
            writer.write_table(pa.table(columns, schema=schema))


def _pictures() -> Iterator[bytes]:
    drawn = np.random.default_rng(0)
    for _ in range(PICTURES):
        stream = io.BytesIO()
        pixels = np.kron(drawn.integers(0, 256, (4, 4, 3)), np.ones((4, 4, 1))).astype(np.uint8)
        Drawn.fromarray(pixels).save(stream, "PNG")
        yield stream.getvalue()


if __name__ == "__main__":
    built_of, made_by, into = sys.argv[1:]
    build(
        open_catalogue(built_of),
        load_encoder(made_by, precision="fp32"),
        Path(into),
        workers=NoLooking(),
    )
