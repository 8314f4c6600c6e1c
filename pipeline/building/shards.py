"""Shards: the parts that a build finishes, in any order, and can go on from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.artifacts import (
    COLOURS,
    EMBEDDINGS,
    ITEMS,
    PICTURES,
    FileRecord,
    SkippedItem,
    map_embeddings,
    read_digests,
    write_digests,
    write_embeddings,
    write_items,
)
from pipeline.building.rows import Embedded
from pipeline.catalogue import Catalogue
from pipeline.colour import DIMENSION
from pipeline.folders import put_in_place

SHARD_ROWS = 512
SHARD_EMBEDDINGS = "embeddings-{:05d}.safetensors"
SHARD_COLOURS = "colours-{:05d}.safetensors"
SHARD_DIGESTS = "digests-{:05d}.safetensors"
SHARD_RECORD = "shard-{:05d}.json"


@dataclass(frozen=True)
class Shard:
    """A finished shard: its first row, what its files are, which of its items were left out.

    Attributes:
        start: Its first row of the catalogue.
        count: How many of its rows are items.
        skipped: The others.
        embeddings: The embeddings of the items.
        colours: The descriptors of their colours.
        digests: The SHA-256 of their pictures.
        items: Their ids, attributes and thumbnails.
    """

    start: int
    count: int
    skipped: list[SkippedItem]
    embeddings: FileRecord
    colours: FileRecord
    digests: FileRecord
    items: FileRecord

    @property
    def rows(self) -> range:
        """The rows of the catalogue that it is of."""
        return range(self.start, self.start + self.count + len(self.skipped))

    def write(self, path: Path) -> None:
        """Write it as JSON, whole or not at all; its files must lie there already."""
        write_json(path, asdict(self))

    def is_whole(self, folder: Path) -> bool:
        """Whether its files are what they were: a crash may have cut them."""
        records = (self.embeddings, self.colours, self.digests, self.items)
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
        files = ("embeddings", "colours", "digests", "items")
        return cls(
            start=fields["start"],
            count=fields["count"],
            skipped=[SkippedItem(**item) for item in fields["skipped"]],
            **{name: FileRecord(**fields[name]) for name in files},
        )


def finished_shard(folder: Path, number: int, rows: range) -> Shard | None:
    """The shard of some rows that an earlier run finished; None where it is not there, or cut."""
    try:
        shard = Shard.read(folder / SHARD_RECORD.format(number))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return shard if shard.rows == rows and shard.is_whole(folder) else None


def write_shard(
    catalogue: Catalogue, folder: Path, number: int, rows: range, embedded: Embedded
) -> Shard:
    """Write the files of a shard, its record last.

    Args:
        catalogue: The items.
        folder: Where to write.
        number: The shard's number, which names its files.
        rows: The rows of the catalogue that it is of.
        embedded: The same, embedded.
    """
    count, dimension = embedded.embeddings.shape
    shard = Shard(
        start=rows.start,
        count=count,
        skipped=[SkippedItem(catalogue.ids[row], reason) for row, reason in embedded.skipped],
        embeddings=write_embeddings(
            folder / SHARD_EMBEDDINGS.format(number), [embedded.embeddings], count, dimension
        ),
        colours=write_embeddings(
            folder / SHARD_COLOURS.format(number), [embedded.colours], count, DIMENSION
        ),
        digests=write_digests(folder / SHARD_DIGESTS.format(number), [embedded.digests], count),
        items=write_items(
            folder / ITEMS.format(number),
            [catalogue.ids[row] for row in embedded.rows.tolist()],
            catalogue.attributes.take(pa.array(embedded.rows)),
            embedded.thumbnails,
        ),
    )
    shard.write(folder / SHARD_RECORD.format(number))
    return shard


def join_shards(folder: Path, shards: Sequence[Shard], dimension: int) -> tuple[FileRecord, ...]:
    """Join the embeddings of all shards in one file, their colours and digests in others."""
    count = sum(shard.count for shard in shards)
    embeddings = (map_embeddings(folder / shard.embeddings.name) for shard in shards)
    colours = (map_embeddings(folder / shard.colours.name) for shard in shards)
    digests = (read_digests(folder / shard.digests.name, shard.count) for shard in shards)
    return (
        write_embeddings(folder / EMBEDDINGS, embeddings, count, dimension),
        write_embeddings(folder / COLOURS, colours, count, DIMENSION),
        write_digests(folder / PICTURES, digests, count),
    )


def shard_rows(count: int, most: int) -> Iterator[tuple[int, range]]:
    """The number and the rows of each shard of so many rows, at most so many rows each."""
    for number, start in enumerate(range(0, count, most)):
        yield number, range(start, min(start + most, count))


def write_json(path: Path, value: object) -> None:
    """Whole or not at all, a cut of power included, so that what a build left can be trusted."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as stream:
        json.dump(value, stream)
        stream.flush()
        os.fsync(stream.fileno())
    put_in_place(part, path)
