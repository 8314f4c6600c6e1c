"""Updating: what twenty changes cost a large catalogue, by the command line."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Image, Value

from benchmarks.encoding import full_size_encoder
from benchmarks.searching import SyntheticEmbeddings
from pipeline.artifacts import DIGEST_BYTES, ITEMS, write_digests, write_embeddings, write_items
from pipeline.building import build
from pipeline.building.shards import Shard, join_shards
from pipeline.catalogue import open_catalogue, picture_digest
from pipeline.colour import DIMENSION
from pipeline.encoder import load_encoder
from pipeline.index import index_embeddings
from pipeline.plane import keep_plane

CHANGES = 20
EMBEDDED = 64
"""Photos that are really embedded; the embeddings of the others are drawn after theirs."""
SHARD = 512
Photos = dict[str, tuple[bytes, int]]
"""The picture and the price of each item by its id."""


@dataclass(frozen=True)
class UpdateRow:
    """One update in a process of its own.

    Attributes:
        items: How many the catalogue has.
        what: What had changed.
        embedded: How many pictures were embedded for it.
        seconds: How long it took, start-up included.
        cores: Seconds that cores were kept busy.
        stored: Bytes that the version before takes beside it.
    """

    items: int
    what: str
    embedded: int
    seconds: float
    cores: float
    stored: int


def measure_updates(catalogue: str, sizes: list[int], work: Path) -> list[UpdateRow]:
    """Update catalogues of several sizes after twenty changes of a kind.

    Args:
        catalogue: Real photos; where they are fewer, each is taken again as another file.
        sizes: How many items.
        work: A folder to write to.
    """
    encoder = full_size_encoder(work)
    rows = []
    for items in sizes:
        place = work / str(items)
        place.mkdir()
        photos = dict(_photos(catalogue, items))
        source = _write(place / "photos.parquet", photos)
        _assemble(place / "built", photos, encoder, source, work / "home")
        # As it was assembled, so that nothing but the changes is found below; the encoder is
        # compiled by it, once.
        _update(place, encoder, work, items, "nothing")
        for what, change in KINDS.items():
            change(photos)
            _write(source, photos)
            rows.append(_update(place, encoder, work, items, what))
    return rows


def _photos(catalogue: str, count: int) -> Iterator[tuple[str, tuple[bytes, int]]]:
    opened = open_catalogue(catalogue)
    for row in range(count):
        photo = opened.picture_source(row % len(opened))
        content = photo if isinstance(photo, bytes) else photo.read_bytes()
        # Behind its end, which nobody decodes: another file of the same picture.
        yield f"{row:07d}", (content + row.to_bytes(8, "little"), 10)


def _write(path: Path, photos: Photos) -> Path:
    schema = Features(id=Value("string"), price=Value("int64"), image=Image()).arrow_schema
    with pq.ParquetWriter(path, schema) as writer:
        items = list(photos.items())
        for start in range(0, len(items), 1000):
            part = items[start : start + 1000]
            images = [{"bytes": photo, "path": None} for _, (photo, _) in part]
            columns = [
                pa.array([item_id for item_id, _ in part]),
                pa.array([price for _, (_, price) in part]),
                pa.array(images, type=schema.field("image").type),
            ]
            writer.write_table(pa.table(columns, schema=schema))
    return path


def _assemble(folder: Path, photos: Photos, encoder: Path, source: Path, home: Path) -> None:
    """A built catalogue as a build would write it, but for the embeddings of most items."""
    small = dict(list(photos.items())[:EMBEDDED])
    few = _write(folder.with_name("few.parquet"), small)
    real = build(open_catalogue(few), load_encoder(encoder, home=home), folder.with_name("few"))
    synthetic = SyntheticEmbeddings(real.embeddings)
    folder.mkdir()
    opened = open_catalogue(source)
    shards = [
        _shard(folder, number, list(photos.items())[start : start + SHARD], synthetic)
        for number, start in enumerate(range(0, len(photos), SHARD))
    ]
    joined = join_shards(folder, shards, real.manifest.encoder.dimension)
    for part in folder.glob("part-*"):
        part.unlink()
    replace(
        real.manifest,
        catalogue=str(source),
        catalogue_fingerprint=opened.fingerprint,
        count=len(photos),
        files=(*joined, *(shard.items for shard in shards)),
        search=index_embeddings(folder),
        plane=keep_plane(folder),
        words=None,
    ).write(folder)


def _shard(
    folder: Path,
    number: int,
    items: list[tuple[str, tuple[bytes, int]]],
    synthetic: SyntheticEmbeddings,
) -> Shard:
    drawn = synthetic.draw(len(items))
    grey = np.full((len(items), DIMENSION), DIMENSION**-0.5, np.float32)
    photos = [photo for _, (photo, _) in items]
    taken = np.frombuffer(b"".join(map(picture_digest, photos)), np.uint8).reshape(-1, DIGEST_BYTES)
    return Shard(
        start=number * SHARD,
        count=len(items),
        skipped=[],
        embeddings=write_embeddings(folder / f"part-{number}.safetensors", [drawn], *drawn.shape),
        colours=write_embeddings(folder / f"part-colours-{number}", [grey], *grey.shape),
        digests=write_digests(folder / f"part-digests-{number}", [taken], len(taken)),
        items=write_items(
            folder / ITEMS.format(number),
            [item_id for item_id, _ in items],
            pa.table({"price": [price for _, (_, price) in items]}),
            photos,
        ),
    )


def _update(place: Path, encoder: Path, work: Path, items: int, what: str) -> UpdateRow:
    built = place / "built"
    command = ["update", str(built), str(place / "photos.parquet"), "--encoder", str(encoder)]
    folders = {"LOOKALIKE_HOME": str(work / "home"), "HF_HOME": str(work / "hf")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-m", "pipeline", *command, "--json"],
        env=os.environ | folders,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = json.loads(finished.stdout)
    changed = sum(len(told[kind]) for kind in ("added", "changed", "removed"))
    if changed != (0 if what == "nothing" else CHANGES):
        raise RuntimeError(f"The update found {changed} changes, and not {CHANGES}")
    return UpdateRow(items, what, told["embedded"], seconds, cores, _stored(built))


def _stored(built: Path) -> int:
    """What the version before the current one takes beside it."""
    kept = sorted(built.with_name(f"{built.name}.versions").glob("*"))
    if len(kept) < 2:
        return 0
    now = {file.stat().st_ino for file in built.iterdir()}
    earlier = (file.stat() for file in kept[-2].iterdir())
    return sum(stat.st_size for stat in earlier if stat.st_ino not in now)


def _change_prices(photos: Photos) -> None:
    for item_id in _spread(photos, CHANGES):
        photos[item_id] = (photos[item_id][0], photos[item_id][1] + 1)


def _change_items(photos: Photos) -> None:
    """Seven pictures change, seven items come, six go, all over the catalogue."""
    chosen = _spread(photos, 13)
    for item_id in chosen[:7]:
        photos[item_id] = (photos[item_id][0] + b"another", photos[item_id][1])
        photos[f"{item_id}-new"] = (photos[item_id][0] + b"new", 10)
    for item_id in chosen[7:]:
        del photos[item_id]
    in_order = dict(sorted(photos.items()))
    photos.clear()
    photos.update(in_order)


def _spread(photos: Photos, count: int) -> list[str]:
    ids = list(photos)
    return [ids[int(row)] for row in np.linspace(0, len(ids) - 1, count)]


KINDS: dict[str, Callable[[Photos], None]] = {
    "20 prices": _change_prices,
    "7 pictures changed, 7 items new, 6 gone": _change_items,
}
