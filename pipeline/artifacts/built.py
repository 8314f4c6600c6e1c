"""Built catalogues on disk: embeddings, items and thumbnails, opened and checked.

A built catalogue is a folder:

- ``embeddings.safetensors``: the tensor ``embeddings``, ``(count, dimension)`` float32.
- ``colour-names-1.safetensors``: the colours of the items, in the same format, ``(count,
  pipeline.colour.DIMENSION)``. A catalogue that was built before there were colours lacks it.
- ``items-NNNNN.parquet``: one row an item: ``id``, the attributes, and ``image``, a thumbnail
  in the layout that `datasets` decodes by itself.
- ``manifest.json``: see `pipeline.artifacts.manifest`.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.artifacts.files import ITEMS_PREFIX, map_embeddings
from pipeline.artifacts.manifest import (
    COLOURS,
    EMBEDDINGS,
    MANIFEST,
    REBUILD,
    FileRecord,
    Manifest,
)
from pipeline.catalogue import AttributeValue
from pipeline.colour import DIMENSION
from pipeline.errors import ArtifactError, QueryError


class BuiltCatalogue:
    """A built catalogue, opened for searching.

    Attributes:
        folder: Where it lies.
        manifest: What it holds and what made it.
        embeddings: ``(count, dimension)`` float32, memory-mapped.
        colours: The descriptor of each row's colours, ``(count, DIMENSION)`` float32, mapped
            likewise; None where it was built without, or with another descriptor.
        ids: The id of each row.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.embeddings = map_embeddings(folder / EMBEDDINGS)
        has_colours = any(record.name == COLOURS for record in manifest.files)
        self.colours = map_embeddings(folder / COLOURS) if has_colours else None
        self._parquets = [
            pq.ParquetFile(folder / record.name, memory_map=True, pre_buffer=False)
            for record in manifest.files
            if record.name.startswith(ITEMS_PREFIX)
        ]
        self._reading = threading.Lock()
        names = [name for name in self._parquets[0].schema_arrow.names if name != "image"]
        items = pa.concat_tables(file.read(columns=names) for file in self._parquets)
        self.ids: list[str] = items["id"].to_pylist()
        self._attributes = items.drop_columns(["id"]).combine_chunks()
        self._groups = [(f, group) for f in self._parquets for group in range(f.num_row_groups)]
        counts = [f.metadata.row_group(group).num_rows for f, group in self._groups]
        self._first_rows = [0, *np.cumsum(counts).tolist()]
        self._check_counts()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def attribute_names(self) -> list[str]:
        """The columns of the items beside ``id`` and ``image``, in the order of the files."""
        return list(self._attributes.column_names)

    def items(self, start: int, stop: int) -> pa.Table:
        """The rows from ``start`` up to ``stop``: ``id``, the attributes and ``image``."""
        first = bisect.bisect_right(self._first_rows, start) - 1
        last = bisect.bisect_left(self._first_rows, stop)
        with self._reading:
            parts = [file.read_row_group(group) for file, group in self._groups[first:last]]
        return pa.concat_tables(parts).slice(start - self._first_rows[first], stop - start)

    def row_of(self, item_id: str) -> int | None:
        """The row of an item, or None where the catalogue has no such id."""
        return self.ids.index(item_id) if item_id in self.ids else None

    def attributes(self, row: int) -> dict[str, AttributeValue]:
        """The attributes of an item, those without a value left out."""
        if not self.attribute_names:
            return {}
        values = self._attributes.slice(row, 1).to_pylist()[0]
        return {name: value for name, value in values.items() if _is_known(value)}

    def having(self, where: Mapping[str, AttributeValue]) -> np.ndarray:
        """Which items have these attribute values, in any case of letters, ``(count,)`` bool.

        Raises:
            QueryError: If there is no such attribute, or no item has the values.
        """
        chosen = np.ones(len(self), dtype=bool)
        for name, value in where.items():
            if name not in self.attribute_names:
                names = ", ".join(self.attribute_names) or "none"
                raise QueryError(f"There is no attribute '{name}'. The catalogue has: {names}.")
            texts = pc.utf8_lower(self._attributes[name].cast(pa.string()))
            equal = pc.equal(texts, str(value).lower()).fill_null(False)
            chosen &= equal.to_numpy(zero_copy_only=False)
        if not chosen.any():
            asked = ", ".join(f"{name} '{value}'" for name, value in where.items())
            raise QueryError(f"No item has {asked}. Ask for less, or spell it as the items do.")
        return chosen

    def thumbnail(self, row: int) -> bytes:
        """The encoded thumbnail of an item, at most 256 pixels a side."""
        number = bisect.bisect_right(self._first_rows, row) - 1
        file, group = self._groups[number]
        with self._reading:
            images = file.read_row_group(group, columns=["image"], use_threads=False)["image"]
        thumbnail: bytes = images[row - self._first_rows[number]].as_py()["bytes"]
        return thumbnail

    def _check_counts(self) -> None:
        expected = (self.manifest.count, self.manifest.encoder.dimension)
        if len(self.ids) != self.manifest.count or self.embeddings.shape != expected:
            raise _damaged(
                self.folder,
                f"{len(self.ids)} items and embeddings of {self.embeddings.shape}, not {expected}",
            )
        wanted = (self.manifest.count, DIMENSION)
        if self.colours is not None and self.colours.shape != wanted:
            raise _damaged(self.folder, f"colours of {self.colours.shape}, not {wanted}")


def open_built(folder: str | Path) -> BuiltCatalogue:
    """Open a built catalogue and check every file of it.

    Raises:
        ArtifactError: If it is missing, damaged, or of another format version.
    """
    folder = Path(folder).expanduser()
    manifest = Manifest.read(folder)
    names = [record.name for record in manifest.files]
    if EMBEDDINGS not in names or not any(name.startswith(ITEMS_PREFIX) for name in names):
        raise _damaged(folder, f"{MANIFEST} lists no embeddings or no items")
    for record in manifest.files:
        _check_file(folder, record)
    try:
        return BuiltCatalogue(folder, manifest)
    except (pa.ArrowException, KeyError, IndexError, ValueError, TypeError, OSError) as error:
        raise _damaged(folder, str(error)) from error


def _check_file(folder: Path, record: FileRecord) -> None:
    path = folder / record.name
    if not path.is_file():
        raise _damaged(folder, f"{record.name} is missing")
    if path.stat().st_size != record.bytes or FileRecord.of(path).sha256 != record.sha256:
        raise _damaged(folder, f"{record.name} is not the file that {MANIFEST} describes")


def _damaged(folder: Path, reason: str) -> ArtifactError:
    return ArtifactError(f"The built catalogue '{folder}' is damaged: {reason}. {REBUILD}")


def _is_known(value: AttributeValue) -> bool:
    is_nan = value != value  # noqa: PLR0124 only NaN differs from itself
    return value is not None and not is_nan and value != ""
