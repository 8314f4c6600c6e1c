"""Which engine searches a built catalogue, and the search indexes kept beside it."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

from pipeline.artifacts import EMBEDDINGS, BuiltCatalogue, FileRecord, SearchRecord, map_embeddings
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.index import Index, Metric
from pipeline.index.views import ViewsIndex

log = logging.getLogger(__name__)

EXACT_ITEMS = 25_000
"""Up to here an exact scan of 2,048-d embeddings stays under about 10 ms on two cores."""
INDEX_FILE = "search-{}.faiss"


def open_index(built: BuiltCatalogue, metric: Metric) -> Index:
    """The quickest engine that finds the five nearest of this catalogue.

    Up to `EXACT_ITEMS` items that is the exact scan. Above, it is the search index that the
    build made; one that is missing or belongs to other embeddings is made again in memory. Where
    items have several pictures, the further ones are scanned, and the nearest of each item counts.
    """
    index = _open_items(built, metric)
    if built.views is None:
        return index
    return ViewsIndex(index, ExactIndex(built.views.embeddings, metric), built.views)


def _open_items(built: BuiltCatalogue, metric: Metric) -> Index:
    if len(built) <= EXACT_ITEMS or not _has_faiss():
        return ExactIndex(built.embeddings, metric)
    from pipeline.index.engines.hnsw import HnswIndex

    record = next((r for r in built.manifest.search if r.metric == metric.value), None)
    if record is not None:
        try:
            _check(built, record)
            path = built.folder / record.file.name
            return HnswIndex.read(path, built.embeddings, metric, record.width)
        except (ValueError, OSError, RuntimeError) as error:
            log.warning("The search index %s is refused: %s.", record.file.name, error)
    log.warning("The %s index of %d items is being made.", metric.value, len(built))
    index = HnswIndex.make(built.embeddings, metric)
    index.judge()
    return index


def index_embeddings(folder: Path) -> tuple[SearchRecord, ...]:
    """Make and judge the search indexes of a build; none for a catalogue that a scan serves.

    Args:
        folder: Holds the file of embeddings and gets the indexes.
    """
    embeddings = map_embeddings(folder / EMBEDDINGS)
    if len(embeddings) <= EXACT_ITEMS or not _has_faiss():
        return ()
    from pipeline.index.engines.hnsw import HnswIndex

    made_of = FileRecord.of(folder / EMBEDDINGS).sha256
    records = []
    for metric in Metric:
        log.info("Making the %s index of %d items.", metric.value, len(embeddings))
        index = HnswIndex.make(embeddings, metric)
        recall = index.judge()
        path = folder / INDEX_FILE.format(metric.value)
        index.write(path)
        file = FileRecord.of(path)
        records.append(SearchRecord(metric.value, index.name, index.width, recall, file, made_of))
    return tuple(records)


def _has_faiss() -> bool:
    return importlib.util.find_spec("faiss") is not None


def _check(built: BuiltCatalogue, record: SearchRecord) -> None:
    embeddings = next(file for file in built.manifest.files if file.name == EMBEDDINGS)
    if record.embeddings_sha256 != embeddings.sha256:
        raise ValueError("it belongs to other embeddings")
    if FileRecord.of(built.folder / record.file.name) != record.file:
        raise ValueError("its file is damaged")
