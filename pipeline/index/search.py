"""Which engine searches a built catalogue, and the search indexes kept beside it.

The format of faiss is not made to be read from strangers, and a manifest that a stranger wrote has
the right checksums. So a graph is read only where this person's own home knows it as made here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.artifacts import EMBEDDINGS, BuiltCatalogue, FileRecord, SearchRecord, map_embeddings
from pipeline.folders import PART, put_in_place
from pipeline.index.engines.bounded import BoundedIndex
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.milvus import Database, MilvusIndex, check_held, keys_of_built
from pipeline.index.index import Index, Metric
from pipeline.index.views import ViewsIndex
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.index.engines.compressed import CompressedIndex
    from pipeline.index.engines.hnsw import HnswIndex

log = logging.getLogger(__name__)

EXACT_ITEMS = 5_000
"""Up to here a scan of every embedding takes no longer than bounding each of them."""
GRAPH_ITEMS = 50_000
"""Above, a graph finds almost all of the nearest in a part of the time of a bounded scan, which for
a query unlike the items reads a tenth of them: docs/search.md."""
COMPRESSED_ITEMS = 200_000
"""Above, compressed lists find as much as a graph in a sixth of its memory. Up to here a graph is
worth its memory, since an update carries it on instead of making it anew."""
BOUNDS_FILE, GRAPH_FILE = "search-{}.safetensors", "search-{}.faiss"
MADE_HERE = "indexes"
"""The folder of a home for the indexes made here: an empty file for each that lies in a built
catalogue, called by its SHA-256, and those of catalogues from elsewhere."""


def open_index(built: BuiltCatalogue, metric: Metric) -> Index:
    """The quickest engine that finds the five nearest of this catalogue.

    Up to `EXACT_ITEMS` items that is the exact scan. Above, it is the search index that the
    build made: bounds, a graph where the items are more than `GRAPH_ITEMS`, or compressed lists
    where they are more than `COMPRESSED_ITEMS`. Instead of one that is missing, belongs to other
    embeddings, or was made elsewhere one is made; what takes longer than bounds is kept in the
    home. Where items have several pictures, the further ones are scanned, and the nearest of each
    item counts.
    """
    return _with_views(_open_items(built, metric), built)


def open_held(built: BuiltCatalogue, database: Database) -> dict[Metric, Index]:
    """The indexes of a catalogue that a database holds.

    Raises:
        ArtifactError: If the database answers and does not hold it as it is.
    """
    contents = check_held(built.manifest, built.folder, database)
    keys = keys_of_built(built)
    indexes = {
        metric: MilvusIndex(database, contents.alias(metric), keys, built.embeddings, metric)
        for metric in Metric
    }
    return {metric: _with_views(index, built) for metric, index in indexes.items()}


def _with_views(index: Index, built: BuiltCatalogue) -> Index:
    if built.views is None:
        return index
    return ViewsIndex(index, ExactIndex(built.views.embeddings, index.metric), built.views)


def _open_items(built: BuiltCatalogue, metric: Metric) -> Index:
    if len(built) <= EXACT_ITEMS:
        return ExactIndex(built.embeddings, metric)
    record = next((r for r in built.manifest.search if r.metric == metric.value), None)
    if record is not None:
        try:
            check_index(built, record)
            return _read(built, metric, record)
        except (ValueError, OSError, RuntimeError, ImportError) as error:
            log.warning("The search index %s is refused: %s.", record.file.name, error)
    if is_bounded(len(built)):
        return BoundedIndex.make(built.embeddings, metric)
    return _made_here(built, metric)


def _read(built: BuiltCatalogue, metric: Metric, record: SearchRecord) -> Index:
    path = built.folder / record.file.name
    if record.engine == BoundedIndex.name:
        return BoundedIndex.read(path, built.embeddings, metric)
    return _engine_named(record.engine).read(path, built.embeddings, metric, record.width)


def _made_here(built: BuiltCatalogue, metric: Metric) -> Index:
    """An index of this home's own, made now if there is none yet."""
    engine = _approximate(len(built))
    place, name = Settings.read().home / MADE_HERE, f"{_embeddings_of(built)}-{metric.value}"
    for path in place.glob(f"{name}-*.faiss"):
        with contextlib.suppress(ValueError, OSError, RuntimeError):
            width = int(path.stem.rpartition("-")[2])
            return engine.read(path, built.embeddings, metric, width)
    log.warning("The %s index of %d items is being made.", metric.value, len(built))
    index = engine.make(built.embeddings, metric)
    _say_recall(metric, index.judge())
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
    if len(embeddings) <= EXACT_ITEMS:
        return ()
    made_of = FileRecord.of(folder / EMBEDDINGS).sha256
    # One after the other: both at once are never in memory.
    return tuple(_keep_index(folder, embeddings, metric, made_of) for metric in Metric)


def _keep_index(folder: Path, embeddings: np.ndarray, metric: Metric, made_of: str) -> SearchRecord:
    log.info("Making the %s index of %d items.", metric.value, len(embeddings))
    index, recall = make_index(embeddings, metric)
    name = BOUNDS_FILE if isinstance(index, BoundedIndex) else GRAPH_FILE
    path = folder / name.format(metric.value)
    index.write(path)
    file = FileRecord.of(path)
    if isinstance(index, BoundedIndex):
        width = 0
    else:
        width = index.width
        note_made_here(file)
        _say_recall(metric, recall)
    return SearchRecord(metric.value, index.name, width, recall, file, made_of)


def _say_recall(metric: Metric, recall: float) -> None:
    from pipeline.index.engines.hnsw import MIN_RECALL

    if recall < MIN_RECALL:
        log.warning(
            "The %s index finds %.1f %% of the exact nearest five, less than it should; many "
            "items may have the same picture.",
            metric.value,
            100 * recall,
        )


def make_index(
    embeddings: np.ndarray, metric: Metric
) -> tuple[BoundedIndex | HnswIndex | CompressedIndex, float]:
    """Make the index for so many items, and judge what share of the exact five it finds."""
    if is_bounded(len(embeddings)):
        return BoundedIndex.make(embeddings, metric), 1.0
    index = _approximate(len(embeddings)).make(embeddings, metric)
    return index, index.judge()


def _approximate(count: int) -> type[HnswIndex] | type[CompressedIndex]:
    """What searches so many items, too many for bounds."""
    return _engine_named("compressed" if count > COMPRESSED_ITEMS else "hnsw")


def _engine_named(name: str) -> type[HnswIndex] | type[CompressedIndex]:
    """An engine of faiss, which need not be installed where none is needed.

    Raises:
        ValueError: If there is no such engine.
    """
    from pipeline.index.engines.compressed import CompressedIndex
    from pipeline.index.engines.hnsw import HnswIndex

    engines = {"hnsw": HnswIndex, "compressed": CompressedIndex}
    if name not in engines:
        raise ValueError(f"there is no engine '{name}'")
    return engines[name]


def is_bounded(count: int) -> bool:
    """Whether so many items, too many for a scan of all, are searched by bounds."""
    return count <= GRAPH_ITEMS or importlib.util.find_spec("faiss") is None


def check_index(built: BuiltCatalogue, record: SearchRecord) -> None:
    """Whether a search index may be read: it is of these embeddings, whole, and was made here.

    Raises:
        ValueError: If it may not.
    """
    if record.embeddings_sha256 != _embeddings_of(built):
        raise ValueError("it belongs to other embeddings")
    path = built.folder / record.file.name
    if path.name != record.file.name or path.is_symlink():
        raise ValueError("its file lies elsewhere")
    if FileRecord.of(path) != record.file:
        raise ValueError("its file is damaged")
    # Bounds are numbers that are checked when they are read.
    if record.engine != BoundedIndex.name and not _mark_of(record.file).is_file():
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
