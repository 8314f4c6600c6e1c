"""Views: the further pictures of items that have several, embedded beside the items' first ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts.checking import check_numbers
from pipeline.artifacts.files import map_embeddings, write_embeddings
from pipeline.artifacts.manifest import VIEW_COLOURS, VIEWS, FileRecord, Manifest
from pipeline.colour import DIMENSION
from pipeline.ids import Ids


@dataclass(frozen=True, eq=False)
class Views:
    """The further pictures of a built catalogue's items.

    Attributes:
        rows: The item of each, ``(v,)`` int64; -1 for one of an item that is not there.
        embeddings: ``(v, dimension)`` float32, memory-mapped.
        colours: Their descriptors, ``(v, pipeline.colour.DIMENSION)`` float32; None where they
            were described in another way.
    """

    rows: np.ndarray
    embeddings: np.ndarray
    colours: np.ndarray | None

    @classmethod
    def open(cls, folder: Path, manifest: Manifest, ids: Ids) -> Views | None:
        """Open those of a built catalogue; None where its items have one picture each.

        Args:
            folder: Where it lies.
            manifest: Its manifest.
            ids: The ids of its items.

        Raises:
            ValueError: If its files do not hold what the manifest says.
        """
        if not manifest.views:
            return None
        numbers = _read(folder, manifest)
        embeddings, colours = numbers[VIEWS], numbers.get(VIEW_COLOURS)
        return cls(ids.rows_of([view.item for view in manifest.views]), embeddings, colours)

    def of(self, row: int) -> np.ndarray:
        """The embeddings of an item's further pictures, ``(n, dimension)`` float32."""
        return np.asarray(self.embeddings[np.flatnonzero(self.rows == row)])


def copy_views(manifest: Manifest, source: Path, folder: Path) -> tuple[FileRecord, ...]:
    """Write the further pictures of a catalogue's items into another folder, if it has any.

    Args:
        manifest: The catalogue's manifest; nothing that it says of them is trusted.
        source: Where their files lie.
        folder: Where to write them.

    Raises:
        ValueError: If the files do not hold what the manifest says.
    """
    numbers = _read(source, manifest) if manifest.views else {}
    return tuple(
        write_embeddings(folder / name, [rows], *rows.shape) for name, rows in numbers.items()
    )


def _read(folder: Path, manifest: Manifest) -> dict[str, np.ndarray]:
    """The embeddings of further pictures, and their colours if they are there, by their files."""
    names = {record.name for record in manifest.files}
    widths = {VIEWS: manifest.encoder.dimension, VIEW_COLOURS: DIMENSION}
    found = {name: map_embeddings(folder / name) for name in widths if name in {VIEWS, *names}}
    for name, numbers in found.items():
        if numbers.shape != (len(manifest.views), widths[name]):
            raise ValueError(f"{name} holds {numbers.shape}, not {len(manifest.views)} views")
        check_numbers(numbers)
    return found
