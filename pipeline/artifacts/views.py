"""Views: the further pictures of items that have several, embedded beside the items' first ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts.checking import check_numbers
from pipeline.artifacts.files import map_embeddings
from pipeline.artifacts.manifest import VIEW_COLOURS, VIEWS, Manifest
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
        names = {record.name for record in manifest.files}
        embeddings = map_embeddings(folder / VIEWS)
        colours = map_embeddings(folder / VIEW_COLOURS) if VIEW_COLOURS in names else None
        for numbers, width in ((embeddings, manifest.encoder.dimension), (colours, DIMENSION)):
            if numbers is None:
                continue
            if numbers.shape != (len(manifest.views), width):
                raise ValueError(f"{VIEWS} holds {numbers.shape}, not {len(manifest.views)} views")
            check_numbers(numbers)
        return cls(ids.rows_of([view.item for view in manifest.views]), embeddings, colours)

    def of(self, row: int) -> np.ndarray:
        """The embeddings of an item's further pictures, ``(n, dimension)`` float32."""
        return np.asarray(self.embeddings[np.flatnonzero(self.rows == row)])
