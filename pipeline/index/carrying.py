"""Carrying: the search indexes of a catalogue's next version, out of those of the one before."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from pipeline.artifacts import EMBEDDINGS, BuiltCatalogue, FileRecord, SearchRecord, map_embeddings
from pipeline.index.index import Metric
from pipeline.index.search import check_index, index_embeddings, note_made_here

log = logging.getLogger(__name__)

MOST_CHANGED = 0.1
"""The share of a graph's nodes that may be new or gone; with more it is made anew."""


def carry_index(
    before: BuiltCatalogue, moved: np.ndarray, folder: Path
) -> tuple[SearchRecord, ...]:
    """Make and judge the search indexes of the next version of a catalogue.

    A graph takes what is new, which is quicker than to make it anew where little has changed. It is
    made anew where it no longer finds enough.

    Args:
        before: The version before.
        moved: The row that each of its embeddings has now, ``(n,)`` int64; -1 where it is no more.
        folder: Holds the file of embeddings and gets the indexes.
    """
    names = {record.engine for record in before.manifest.search}
    if names != {"hnsw"} or len(moved) != len(before):
        return index_embeddings(folder)
    try:
        carried = [_carry(before, record, moved, folder) for record in before.manifest.search]
    except (ValueError, OSError, RuntimeError, ImportError) as error:
        log.info("The search indexes are made anew: %s.", error)
        return index_embeddings(folder)
    return tuple(carried)


def _carry(
    before: BuiltCatalogue, record: SearchRecord, moved: np.ndarray, folder: Path
) -> SearchRecord:
    """Raises ValueError where the graph is damaged, changed too much, or finds too little."""
    from pipeline.index.engines.hnsw import MIN_RECALL, HnswIndex

    check_index(before, record)
    path = before.folder / record.file.name
    index = HnswIndex.read(path, before.embeddings, Metric(record.metric), record.width)
    changed = index.carry(map_embeddings(folder / EMBEDDINGS), moved)
    if changed > MOST_CHANGED:
        raise ValueError(f"{changed:.0%} of {record.file.name} has changed")
    recall = index.judge()
    if recall < MIN_RECALL:
        raise ValueError(f"{record.file.name} finds {recall:.1%} of the nearest")
    index.write(folder / record.file.name)
    file = FileRecord.of(folder / record.file.name)
    note_made_here(file)
    made_of = FileRecord.of(folder / EMBEDDINGS).sha256
    return SearchRecord(record.metric, index.name, index.width, recall, file, made_of)
