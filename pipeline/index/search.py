"""Which engine searches a built catalogue, and the search indexes kept beside it.

The format of faiss is not made to be read from strangers, and a manifest that a stranger wrote has
the right checksums. So an index is read only where this person's own home knows it as made here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import uuid
from pathlib import Path

from pipeline.artifacts import EMBEDDINGS, BuiltCatalogue, FileRecord, SearchRecord, map_embeddings
from pipeline.folders import PART, put_in_place
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.index import Index, Metric
from pipeline.index.views import ViewsIndex
from pipeline.settings import Settings

log = logging.getLogger(__name__)

EXACT_ITEMS = 25_000
"""Up to here an exact scan of 2,048-d embeddings stays under about 10 ms on two cores."""
INDEX_FILE = "search-{}.faiss"
MADE_HERE = "indexes"
"""The folder of a home for the indexes made here: an empty file for each that lies in a built
catalogue, called by its SHA-256, and those of catalogues from elsewhere."""


def open_index(built: BuiltCatalogue, metric: Metric) -> Index:
    """The quickest engine that finds the five nearest of this catalogue.

    Up to `EXACT_ITEMS` items that is the exact scan. Above, it is the search index that the
    build made; instead of one that is missing, belongs to other embeddings, or was made elsewhere
    one is made and kept in the home. Where items have several pictures, the further ones are
    scanned, and the nearest of each item counts.
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
            check_index(built, record)
            path = built.folder / record.file.name
            return HnswIndex.read(path, built.embeddings, metric, record.width)
        except (ValueError, OSError, RuntimeError) as error:
            log.warning("The search index %s is refused: %s.", record.file.name, error)
    return _made_here(built, metric)


def _made_here(built: BuiltCatalogue, metric: Metric) -> Index:
    """An index of this home's own, made now if there is none yet."""
    from pipeline.index.engines.hnsw import HnswIndex

    place, name = Settings.read().home / MADE_HERE, f"{_embeddings_of(built)}-{metric.value}"
    for path in place.glob(f"{name}-*.faiss"):
        with contextlib.suppress(ValueError, OSError, RuntimeError):
            width = int(path.stem.rpartition("-")[2])
            return HnswIndex.read(path, built.embeddings, metric, width)
    log.warning("The %s index of %d items is being made.", metric.value, len(built))
    index = HnswIndex.make(built.embeddings, metric)
    index.judge()
    part = place / f"{uuid.uuid4().hex}{PART}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        index.write(part)
        put_in_place(part, place / f"{name}-{index.width}.faiss")
    except (OSError, RuntimeError) as error:
        log.warning("The %s index cannot be kept in '%s' (%s).", metric.value, place, error)
        part.unlink(missing_ok=True)
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
        note_made_here(file)
        records.append(SearchRecord(metric.value, index.name, index.width, recall, file, made_of))
    return tuple(records)


def _has_faiss() -> bool:
    return importlib.util.find_spec("faiss") is not None


def check_index(built: BuiltCatalogue, record: SearchRecord) -> None:
    """Whether a search index may be read: it is of these embeddings, whole, and was made here.

    Raises:
        ValueError: If it may not.
    """
    if record.embeddings_sha256 != _embeddings_of(built):
        raise ValueError("it belongs to other embeddings")
    if FileRecord.of(built.folder / record.file.name) != record.file:
        raise ValueError("its file is damaged")
    if not _mark_of(record.file).is_file():
        raise ValueError("it was made on another machine, or with another home")


def _embeddings_of(built: BuiltCatalogue) -> str:
    """The SHA-256 of its embeddings, which was checked when it was opened."""
    return next(file.sha256 for file in built.manifest.files if file.name == EMBEDDINGS)


def note_made_here(file: FileRecord) -> None:
    """Note that an index was made here, so that it may be read again."""
    mark = _mark_of(file)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError as error:
        log.warning("The %s index cannot be noted as made here (%s).", file.name, error)


def _mark_of(file: FileRecord) -> Path:
    return Settings.read().home / MADE_HERE / file.sha256
