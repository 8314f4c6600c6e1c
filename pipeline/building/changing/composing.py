"""Composing: the next version of a built catalogue, out of what is embedded already.

Nothing is embedded here. Files of items that stay as they are become links to the earlier
version's; where all embeddings stay, in their order, so do their files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.artifacts import (
    COLOURS,
    DIGEST_BYTES,
    EMBEDDINGS,
    ITEMS,
    PICTURES,
    BuiltCatalogue,
    FileRecord,
    write_digests,
    write_embeddings,
    write_items,
)
from pipeline.catalogue import open_picture
from pipeline.colour import DIMENSION, describe_colour
from pipeline.folders import link_file

FILE_ROWS = 512
"""Rows of a new file of items."""
FEWEST_ROWS = 128
"""Of a file that is linked: smaller ones are written together with their neighbours, or a catalogue
that changes often would come to be of nothing but small files."""
CHUNK = 4096


@dataclass(frozen=True)
class Composition:
    """What the items of the next version are made of.

    Attributes:
        ids: The id of each item.
        attributes: One row an item.
        origins: Built catalogues of the same encoder, the one that is to be replaced first.
        origin: Which of them has each item's embedding, ``(n,)`` int64.
        row: In which of its rows, ``(n,)`` int64.
    """

    ids: list[str]
    attributes: pa.Table
    origins: list[BuiltCatalogue]
    origin: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def pictures(self) -> np.ndarray:
        """The SHA-256 of each item's picture, ``(n, 32)`` uint8."""
        digests = np.zeros((len(self), DIGEST_BYTES), np.uint8)
        for number, built in enumerate(self.origins):
            chosen = self.origin == number
            digests[chosen] = built.pictures[self.row[chosen]]
        return digests

    def moved(self) -> np.ndarray:
        """The row that each embedding of the version before has now, ``(m,)`` int64, -1 if none."""
        moved = np.full(len(self.origins[0]), -1, np.int64)
        stay = np.flatnonzero(self.origin == 0)
        moved[self.row[stay]] = stay
        return moved

    @property
    def keeps_rows(self) -> bool:
        """Whether it has the embeddings of the version before, all of them in their order."""
        rows = np.arange(len(self.origins[0]))
        return not self.origin.any() and np.array_equal(self.row, rows)


def compose(composition: Composition, folder: Path) -> tuple[FileRecord, ...]:
    """Write all files of a built catalogue but its manifest and its search indexes.

    Args:
        composition: What it is made of.
        folder: An empty folder.

    Returns:
        The records of the files, for the manifest.

    Raises:
        OSError: If it cannot be written.
    """
    before, count = composition.origins[0], len(composition)
    known = {record.name: record for record in before.manifest.files}
    records = []
    for name, dimension, parts in (
        (EMBEDDINGS, before.embeddings.shape[1], _embeddings(composition)),
        (COLOURS, DIMENSION, _colours(composition)),
    ):
        if composition.keeps_rows and name in known:
            link_file(before.folder / name, folder / name)
            records.append(known[name])
        else:
            records.append(write_embeddings(folder / name, parts, count, dimension))
    records.append(write_digests(folder / PICTURES, [composition.pictures()], count))
    return (*records, *_write_items(composition, folder))


def _embeddings(composition: Composition) -> Iterator[np.ndarray]:
    """The embeddings, a chunk at a time, so that memory stays flat."""
    for origin, row in _chunks(composition):
        part = np.empty((len(row), composition.origins[0].embeddings.shape[1]), np.float32)
        for number, built in enumerate(composition.origins):
            part[origin == number] = built.embeddings[row[origin == number]]
        yield part


def _colours(composition: Composition) -> Iterator[np.ndarray]:
    """The colours, a chunk at a time; where an origin has none, of its thumbnails."""
    for origin, row in _chunks(composition):
        part = np.empty((len(row), DIMENSION), np.float32)
        for number, built in enumerate(composition.origins):
            chosen = np.flatnonzero(origin == number)
            if built.colours is not None:
                part[chosen] = built.colours[row[chosen]]
                continue
            for place in chosen.tolist():
                part[place] = describe_colour(open_picture(built.thumbnail(int(row[place]))))
        yield part


def _chunks(composition: Composition) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(composition), CHUNK):
        chosen = slice(start, start + CHUNK)
        yield composition.origin[chosen], composition.row[chosen]


def _write_items(composition: Composition, folder: Path) -> Iterator[FileRecord]:
    """Write or link the files of items, in the order of the items."""
    for number, (rows, earlier) in enumerate(_files(composition)):
        path = folder / ITEMS.format(number)
        if earlier is not None:
            link_file(composition.origins[0].folder / earlier.name, path)
            yield FileRecord(path.name, earlier.bytes, earlier.sha256)
        else:
            ids = composition.ids[rows.start : rows.stop]
            attributes = composition.attributes.slice(rows.start, len(rows))
            yield write_items(path, ids, attributes, list(_thumbnails(composition, rows)))


def _files(composition: Composition) -> Iterator[tuple[range, FileRecord | None]]:
    """How the rows are spread over files, and which earlier file holds just those of one."""
    linked = _linkable(composition)
    start = 0
    for stop in [*sorted(linked), len(composition)]:
        if start < stop:
            parts = max(1, round((stop - start) / FILE_ROWS))
            bounds = np.linspace(start, stop, parts + 1).astype(int).tolist()
            yield from ((range(a, b), None) for a, b in pairwise(bounds))
        if stop in linked:
            record, count = linked[stop]
            yield range(stop, stop + count), record
            start = stop + count


def _linkable(composition: Composition) -> dict[int, tuple[FileRecord, int]]:
    """The earlier files whose items all stay as they are, by the row in which they begin now."""
    before = composition.origins[0]
    old, new = before.attribute_table, composition.attributes
    if old.schema.names != new.schema.names or old.schema.types != new.schema.types:
        return {}
    place = {item_id: row for row, item_id in enumerate(composition.ids)}
    linked = {}
    for record, rows in before.item_files():
        start = place.get(before.ids[rows.start], len(composition)) if len(rows) else 0
        stop = start + len(rows)
        if (
            len(rows) >= FEWEST_ROWS
            and stop <= len(composition)
            and not composition.origin[start:stop].any()
            and np.array_equal(composition.row[start:stop], np.arange(rows.start, rows.stop))
            and composition.ids[start:stop] == before.ids[rows.start : rows.stop]
            and all(
                new[name].slice(start, len(rows)).equals(old[name].slice(rows.start, len(rows)))
                for name in new.column_names
            )
        ):
            linked[start] = (record, len(rows))
    return linked


def _thumbnails(composition: Composition, rows: range) -> Iterator[bytes]:
    """The thumbnails of some rows, those that lie beside each other read at once."""
    origin, row = (
        composition.origin[rows.start : rows.stop],
        composition.row[rows.start : rows.stop],
    )
    breaks = np.flatnonzero((np.diff(origin) != 0) | (np.diff(row) != 1)) + 1
    for run in np.split(np.arange(len(rows)), breaks):
        built = composition.origins[int(origin[run[0]])]
        first = int(row[run[0]])
        images = built.items(first, first + len(run))["image"]
        yield from (cell["bytes"] for cell in images.to_pylist())
