"""Keeping: the places beside the catalogue, so that nobody who opens the map waits for them."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from pipeline.artifacts import (
    EMBEDDINGS,
    BuiltCatalogue,
    FileRecord,
    PlaneRecord,
    check_file,
    map_embeddings,
    write_embeddings,
)
from pipeline.plane.laying import beside, components_of, lay_out

log = logging.getLogger(__name__)

PLANE = "plane.safetensors"
MOST_ITEMS = 200_000
"""Of a catalogue that has a map: more points are neither told apart nor drawn at once."""
CHEAP = 5_000
"""Items that are laid out when the map is opened, in seconds, where no build has done it."""
MOST_PLACED = 0.1
"""The share of items that may have come since all were laid out; with more, all are again."""


def keep_plane(folder: Path) -> PlaneRecord | None:
    """Lay a catalogue out, and write the places into its folder.

    Args:
        folder: Holds the file of embeddings.

    Returns:
        What the manifest says of them; None where the catalogue is too large for a map.
    """
    embeddings = map_embeddings(folder / EMBEDDINGS)
    if len(embeddings) > MOST_ITEMS:
        return None
    return _write(folder, lay_out(embeddings), 0)


def carry_plane(before: BuiltCatalogue, moved: np.ndarray, folder: Path) -> PlaneRecord | None:
    """Give the items of the next version a place; those that had one keep it.

    Where more than a tenth have come since all were laid out, they are again.

    Args:
        before: The version before.
        moved: The row that each of its items has now, ``(m,)`` int64; -1 where it is no more.
        folder: Holds the file of embeddings and gets the places.
    """
    embeddings = map_embeddings(folder / EMBEDDINGS)
    record = before.manifest.plane
    earlier = _read(before) if record is not None else None
    if record is None or earlier is None or len(embeddings) > MOST_ITEMS:
        return keep_plane(folder)
    stays = moved >= 0
    places = np.full((len(embeddings), 2), np.nan, np.float32)
    places[moved[stays]] = earlier[stays]
    is_new = np.isnan(places[:, 0])
    placed = record.placed + int(is_new.sum())
    if placed > MOST_PLACED * len(embeddings):
        return keep_plane(folder)
    if is_new.any():
        vectors = components_of(embeddings)
        places[is_new] = beside(vectors[~is_new], places[~is_new], vectors[is_new])
    return _write(folder, places, placed)


def open_plane(built: BuiltCatalogue) -> np.ndarray | None:
    """The places of a catalogue, as they were kept, or laid out now where that takes seconds.

    Returns:
        ``(n, 2)`` float32 from 0 to 1; None where there are none, and too many items to wait for.
    """
    kept = _read(built) if built.manifest.plane is not None else None
    if kept is not None or len(built) > CHEAP:
        return kept
    return lay_out(built.embeddings)


def _write(folder: Path, places: np.ndarray, placed: int) -> PlaneRecord:
    file = write_embeddings(folder / PLANE, [places], *places.shape)
    return PlaneRecord(file, placed, FileRecord.of(folder / EMBEDDINGS).sha256)


def _read(built: BuiltCatalogue) -> np.ndarray | None:
    """What was kept; None, and a line in the log, where it is not what the manifest says."""
    record = built.manifest.plane
    assert record is not None, "asked for where there is one"
    try:
        made_of = {file.name: file.sha256 for file in built.manifest.files}[EMBEDDINGS]
        if record.file.name != PLANE or record.embeddings_sha256 != made_of:
            raise ValueError("it is of other items")
        check_file(built.folder, record.file)
        places = map_embeddings(built.folder / PLANE)
        if places.shape != (len(built), 2):
            raise ValueError(f"it has {places.shape} places, not one an item")
        # NaN is neither.
        if not ((places >= 0) & (places <= 1)).all():
            raise ValueError("it holds places outside of it")
    except (ValueError, OSError) as error:
        log.warning("The map of '%s' is not used: %s.", built.folder, error)
        return None
    return places
