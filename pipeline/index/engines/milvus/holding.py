"""Holding: whether a database holds the version of a catalogue that is to be searched."""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.artifacts import Manifest
from pipeline.errors import ArtifactError, DatabaseError
from pipeline.index.engines.milvus.contents import Contents
from pipeline.index.engines.milvus.database import Database
from pipeline.index.engines.milvus.searching import QUERY_SECONDS
from pipeline.index.index import Metric

log = logging.getLogger(__name__)


def check_held(manifest: Manifest, folder: Path, database: Database) -> Contents:
    """Whether a database holds a built catalogue; it may be away, which is said with each query.

    Args:
        manifest: That of the catalogue.
        folder: Where the catalogue lies.
        database: The database.

    Returns:
        The names of this version there.

    Raises:
        ArtifactError: If it answers, and holds another version, or nothing of the catalogue.
    """
    contents = Contents.of(manifest)
    if contents is None:
        raise _not_held(folder, database, "nothing of it")
    try:
        held = database.call(
            lambda client, seconds: [
                client.has_collection(contents.alias(metric), timeout=seconds) for metric in Metric
            ],
            QUERY_SECONDS,
        )
        if all(held):
            return contents
        names = database.call(
            lambda client, seconds: client.list_collections(timeout=seconds), QUERY_SECONDS
        )
    except DatabaseError:
        log.warning("%s is away. The page finds nothing until it is back.", database.shown)
        return contents
    if contents.collection(Metric.COSINE) in names:
        raise _not_held(folder, database, "another version of it")
    if any(name.startswith(f"{contents.catalogue}_") for name in names):
        raise _not_held(folder, database, "what another encoder has made of it")
    raise _not_held(folder, database, "nothing of it")


def _not_held(folder: Path, database: Database, what: str) -> ArtifactError:
    return ArtifactError(
        f"The database at {database.shown} does not hold the built catalogue '{folder}' as it is, "
        f"but {what}. Load it: python -m pipeline load {folder} --address {database.shown}"
    )
