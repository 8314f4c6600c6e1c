"""Built catalogues on disk: embeddings, items and thumbnails, opened and checked.

A built catalogue is a folder:

- ``embeddings.safetensors``: the tensor ``embeddings``, ``(count, dimension)`` float32.
- ``colour-names-2.safetensors``: the colours of the items, in the same format, ``(count,
  pipeline.colour.DIMENSION)``. A catalogue that was built before there were colours lacks it.
- ``pictures.safetensors``: the SHA-256 of each item's picture, ``(count, 32)`` uint8, by which an
  update knows what is embedded already. A catalogue that was built before, or pulled, lacks it.
- ``views.safetensors`` and ``views-colour-names-2.safetensors``: the same of the items' further
  pictures, where items have several; see `pipeline.artifacts.views`.
- ``plane.safetensors``: the place of each item on the map, ``(count, 2)`` float32, if any; see
  `pipeline.plane`.
- ``items-NNNNN.parquet``: one row an item: ``id``, the attributes, and ``image``, a thumbnail
  in the layout that `datasets` decodes by itself.
- ``manifest.json``: see `pipeline.artifacts.manifest`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.artifacts.checking import check_file, check_names, check_numbers
from pipeline.artifacts.files import DIGEST_BYTES, PICTURES, map_embeddings, read_digests
from pipeline.artifacts.items import ItemFiles
from pipeline.artifacts.manifest import COLOURS, EMBEDDINGS, MANIFEST, REBUILD, FileRecord, Manifest
from pipeline.artifacts.variants import VARIANTS, Variants
from pipeline.artifacts.views import Views
from pipeline.catalogue import AttributeValue, plain_value
from pipeline.colour import DIMENSION
from pipeline.errors import ArtifactError, lines_of
from pipeline.folders import heal_folder

OPENINGS = 5
"""Tries to open a catalogue that is being replaced."""


class BuiltCatalogue:
    """A built catalogue, opened for searching.

    Attributes:
        folder: Where it lies.
        manifest: What it holds and what made it.
        embeddings: ``(count, dimension)`` float32, memory-mapped.
        colours: The descriptor of each row's colours, ``(count, DIMENSION)`` float32, mapped
            likewise; None where it was built without, or with another descriptor.
        pictures: The SHA-256 of each row's picture, ``(count, 32)`` uint8; zeros where the build
            took none.
        ids: The id of each row, by which it is found again.
        views: The further pictures of the items; None where each has one.
        variants: The rows of the source that were folded into items; None where none was.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.embeddings = map_embeddings(folder / EMBEDDINGS)
        check_numbers(self.embeddings)
        names = {record.name for record in manifest.files}
        self.colours = map_embeddings(folder / COLOURS) if COLOURS in names else None
        if self.colours is not None:
            check_numbers(self.colours)
        self.pictures = (
            read_digests(folder / PICTURES, manifest.count)
            if PICTURES in names
            else np.zeros((manifest.count, DIGEST_BYTES), np.uint8)
        )
        paths = [folder / record.name for record in check_names(manifest)]
        self._files = ItemFiles(paths, manifest.count)
        self.ids = self._files.ids
        self._attributes = self._files.attributes
        self._check_counts()
        self.views = Views.open(folder, manifest, self.ids)
        # A catalogue that folded none may have an attribute called so that is of something else.
        has_variants = manifest.folded > 0 and VARIANTS in self.attribute_names
        self.variants = Variants(self.column(VARIANTS), self.ids) if has_variants else None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def attribute_names(self) -> list[str]:
        """The columns of the items beside ``id`` and ``image``, in the order of the files."""
        return list(self._attributes.column_names)

    def items(self, start: int, stop: int) -> pa.Table:
        """The rows from ``start`` up to ``stop``: ``id``, the attributes and ``image``."""
        return self._files.read(start, stop)

    def item_files(self) -> list[tuple[FileRecord, range]]:
        """The files of items, each with the rows that it holds."""
        start, files = 0, []
        for record, count in zip(check_names(self.manifest), self._files.counts, strict=True):
            files.append((record, range(start, start + count)))
            start += count
        return files

    def row_of(self, item_id: str) -> int | None:
        """The row of an item by its id or a variant's, or None where the catalogue has no such."""
        row = self.ids.row_of(item_id)
        return self.variants.row_of(item_id) if row is None and self.variants else row

    def attributes(self, row: int) -> dict[str, AttributeValue]:
        """The attributes of an item, those without a value left out."""
        if not self.attribute_names:
            return {}
        values = self._attributes.slice(row, 1).to_pylist()[0]
        plain = {name: plain_value(value) for name, value in values.items()}
        return {name: value for name, value in plain.items() if value not in (None, "")}

    @property
    def attribute_table(self) -> pa.Table:
        """The attributes of all the items, in the order of the rows."""
        return self._attributes

    def column(self, name: str) -> pa.ChunkedArray:
        """One attribute of all the items, in the order of the rows."""
        return self._attributes[name]

    def thumbnail(self, row: int) -> bytes:
        """The encoded thumbnail of an item, at most 256 pixels a side.

        Raises:
            ArtifactError: If it cannot be read: pictures are not looked at when a folder is opened.
        """
        try:
            thumbnail = self._files.image(row)
            if not isinstance(thumbnail, bytes):
                raise TypeError(f"there is no picture of '{self.ids[row]}'")
        except Exception as error:
            raise _damaged(self.folder, lines_of(error)[0]) from error
        return thumbnail

    def _check_counts(self) -> None:
        if not self.ids.tell_apart():
            raise ValueError("an item has no id, or that of another")
        expected = (self.manifest.count, self.manifest.encoder.dimension)
        if len(self.ids) != self.manifest.count or self.embeddings.shape != expected:
            raise ValueError(
                f"{len(self.ids)} items and embeddings of {self.embeddings.shape}, not {expected}"
            )
        wanted = (self.manifest.count, DIMENSION)
        if self.colours is not None and self.colours.shape != wanted:
            raise ValueError(f"colours of {self.colours.shape}, not {wanted}")


def open_built(folder: str | Path) -> BuiltCatalogue:
    """Open a built catalogue and check every file of it.

    Raises:
        ArtifactError: If it is missing, damaged, or of another format version.
    """
    folder = Path(folder).expanduser()
    for _ in range(OPENINGS):
        heal_folder(folder)
        before = _stamp(folder)
        # Another version may take its place while its files are being opened.
        try:
            built = _open(folder)
            if _stamp(folder) == before:
                return built
        except ArtifactError:
            if _stamp(folder) == before:
                raise
    return _open(folder)


def _open(folder: Path) -> BuiltCatalogue:
    manifest = Manifest.read(folder)
    try:
        check_names(manifest)
        for record in manifest.files:
            check_file(folder, record)
        return BuiltCatalogue(folder, manifest)
    except Exception as error:
        # What strangers write makes pyarrow, numpy and json raise almost any class.
        raise _damaged(folder, lines_of(error)[0]) from error


def _stamp(folder: Path) -> tuple[int, int] | None:
    """What tells the manifest that lies there now from another."""
    try:
        stat = (folder / MANIFEST).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _damaged(folder: Path, reason: str) -> ArtifactError:
    return ArtifactError(f"The built catalogue '{folder}' is damaged: {reason}. {REBUILD}")
