"""Shards: the parts that a build finishes one after another, and can go on from."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.artifacts import (
    COLOURS,
    DIGEST_BYTES,
    EMBEDDINGS,
    ITEMS,
    PICTURES,
    FileRecord,
    SkippedItem,
    map_embeddings,
    write_digests,
    write_embeddings,
    write_items,
)
from pipeline.catalogue import Catalogue, make_thumbnail, open_picture, picture_digest, printable
from pipeline.colour import DIMENSION, describe_colour
from pipeline.encoder import BATCH, DECODED_SIDE, Encoder
from pipeline.errors import PictureError
from pipeline.folders import put_in_place

SHARD_ROWS = 512
SHARD_SECONDS = 15.0
"""A shard ends early rather than that a kill loses more work; with the batch in hand and what is
prepared ahead it stays under 30."""
SHARD_EMBEDDINGS = "embeddings-{:05d}.safetensors"
SHARD_COLOURS = "colours-{:05d}.safetensors"
AHEAD = 3 * BATCH
"""Pictures that wait, prepared, for the network: enough to keep it busy, few enough to hold."""


@dataclass(frozen=True)
class Shard:
    """A finished shard: its first row, what its files are, which of its items were left out.

    Attributes:
        pictures: The SHA-256 of each kept item's picture, in hexadecimal.
    """

    start: int
    count: int
    skipped: list[SkippedItem]
    pictures: list[str]
    embeddings: FileRecord
    colours: FileRecord
    items: FileRecord

    @property
    def rows(self) -> int:
        """How many rows of the catalogue it is of."""
        return self.count + len(self.skipped)

    def write(self, path: Path) -> None:
        """Write it as JSON, whole or not at all; its two files must lie there already."""
        write_json(path, asdict(self))

    def is_whole(self, folder: Path, start: int) -> bool:
        """Whether it begins there and its files are what they were: a crash may have cut them."""
        if self.start != start:
            return False
        records = (self.embeddings, self.colours, self.items)
        paths = [(folder / record.name, record) for record in records]
        return all(path.is_file() and FileRecord.of(path) == record for path, record in paths)

    @classmethod
    def read(cls, path: Path) -> Shard:
        """Read what `write` wrote.

        Raises:
            OSError: If there is no such file.
            ValueError, KeyError, TypeError: If it is something else.
        """
        fields = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            start=fields["start"],
            count=fields["count"],
            skipped=[SkippedItem(**item) for item in fields["skipped"]],
            pictures=fields["pictures"],
            embeddings=FileRecord(**fields["embeddings"]),
            colours=FileRecord(**fields["colours"]),
            items=FileRecord(**fields["items"]),
        )


@dataclass(frozen=True)
class _Item:
    """A picture, ready for the network, or the reason why there is none."""

    row: int
    prepared: np.ndarray | None
    colour: np.ndarray | None
    thumbnail: bytes
    picture: str
    reason: str = ""


def build_shard(
    catalogue: Catalogue,
    encoder: Encoder,
    folder: Path,
    number: int,
    rows: range,
    *,
    advance: Callable[[int], None],
) -> Shard:
    """Embed some rows of a catalogue, describe their colours, and write their three files.

    They are fewer where it takes long. Pictures are decoded and prepared by threads while the
    network runs.

    Args:
        catalogue: The items.
        encoder: What embeds them.
        folder: Where to write.
        number: The shard's number, which names its files.
        rows: The rows of the catalogue.
        advance: Told after every batch how many items it had.
    """
    kept: list[_Item] = []
    skipped: list[SkippedItem] = []
    embeddings: list[np.ndarray] = []
    batch: list[_Item] = []
    started = time.monotonic()
    for item in _prepare(catalogue, encoder, rows):
        if item.prepared is None:
            skipped.append(SkippedItem(catalogue.ids[item.row], printable(item.reason)))
            advance(1)
            continue
        batch.append(item)
        if len(batch) == BATCH:
            embeddings.append(_embed(encoder, batch, kept, advance))
            if time.monotonic() - started > SHARD_SECONDS:
                break
    if batch:
        embeddings.append(_embed(encoder, batch, kept, advance))
    embedded = write_embeddings(
        folder / SHARD_EMBEDDINGS.format(number), embeddings, len(kept), encoder.identity.dimension
    )
    described = write_embeddings(
        folder / SHARD_COLOURS.format(number),
        [item.colour[None] for item in kept if item.colour is not None],
        len(kept),
        DIMENSION,
    )
    items = write_items(
        folder / ITEMS.format(number),
        [catalogue.ids[item.row] for item in kept],
        catalogue.attributes.take(pa.array([item.row for item in kept], type=pa.int64())),
        [item.thumbnail for item in kept],
    )
    pictures = [item.picture for item in kept]
    return Shard(rows.start, len(kept), skipped, pictures, embedded, described, items)


def join_shards(folder: Path, shards: list[Shard], dimension: int) -> tuple[FileRecord, ...]:
    """Join the embeddings of all shards in one file, their colours and digests in others."""
    count = sum(shard.count for shard in shards)
    embeddings = (map_embeddings(folder / shard.embeddings.name) for shard in shards)
    colours = (map_embeddings(folder / shard.colours.name) for shard in shards)
    return (
        write_embeddings(folder / EMBEDDINGS, embeddings, count, dimension),
        write_embeddings(folder / COLOURS, colours, count, DIMENSION),
        write_digests(folder / PICTURES, _digests(shards)),
    )


def _digests(shards: list[Shard]) -> np.ndarray:
    digests = b"".join(bytes.fromhex(picture) for shard in shards for picture in shard.pictures)
    return np.frombuffer(digests, np.uint8).reshape(-1, DIGEST_BYTES)


def write_json(path: Path, value: object) -> None:
    """Whole or not at all, so that what an interrupted build left can be trusted."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    put_in_place(part, path)


def _prepare(catalogue: Catalogue, encoder: Encoder, rows: range) -> Iterator[_Item]:
    """Decode and prepare in threads, in the order of the rows, a bounded number ahead."""

    def prepare(row: int, source: bytes | Path) -> _Item:
        digest = bytes(DIGEST_BYTES)
        with contextlib.suppress(OSError):
            # Before it is decoded: a picture that changes meanwhile is one that the next update
            # does not know.
            digest = picture_digest(source)
        try:
            picture = open_picture(source, DECODED_SIDE)
        except PictureError as error:
            return _Item(row, None, None, b"", "", str(error))
        prepared, colour = encoder.prepare(picture), describe_colour(picture)
        return _Item(row, prepared, colour, make_thumbnail(source, picture), digest.hex())

    with ThreadPoolExecutor(os.cpu_count() or 1, "prepare") as pool:
        waiting = []
        for row in rows:
            waiting.append(pool.submit(prepare, row, catalogue.picture_source(row)))
            if len(waiting) == AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _embed(
    encoder: Encoder, batch: list[_Item], kept: list[_Item], advance: Callable[[int], None]
) -> np.ndarray:
    """Embed a batch and empty it; what is kept of its items is only what is written."""
    embedded = encoder.embed([item.prepared for item in batch if item.prepared is not None])
    kept += [replace(item, prepared=None) for item in batch]
    advance(len(batch))
    batch.clear()
    return embedded
