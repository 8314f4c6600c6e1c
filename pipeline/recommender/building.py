"""Building what settings name, into a folder or to an address of object storage."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from pathlib import Path

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build, open_or_build, open_workers
from pipeline.catalogue import check_source
from pipeline.encoder import Encoder, load_encoder
from pipeline.errors import EncoderError
from pipeline.hub import find_hub
from pipeline.publishing import put_built
from pipeline.recommender.choosing import CATALOGUES, choices
from pipeline.recommender.opening import open_database, open_source
from pipeline.settings import STARTER, Settings
from pipeline.store import is_stored, open_store

log = logging.getLogger(__name__)


def build_catalogue(
    settings: Settings, out: str | Path, workers: str | None = None
) -> BuiltCatalogue:
    """Build a catalogue into a folder of its own, or to an address of object storage.

    Args:
        settings: Names the catalogue; an encoder left open is the hub's, else the starter's.
        out: The folder to write, or an address such as ``s3://bucket/shop``: what is written there
            is built in the home first, where an interrupted build is gone on from.
        workers: The machines that embed, as ``ray`` or ``ray://host:port``; None for this one.

    Raises:
        CatalogueError, EncoderError, ArtifactError, StoreError: If one cannot be had or written.
        DatabaseError: If the settings name a database that cannot be reached.
        WorkersError: If the workers cannot be reached, or cannot do it.
    """
    if not is_stored(out):
        return _build(settings, Path(out), workers, keep=False)
    open_store(str(out)).check()  # before anything is embedded
    key = hashlib.sha256(f"{out} {settings.catalogue} {settings.encoder}".encode()).hexdigest()
    place = settings.home / CATALOGUES / f"for-store-{key[:10]}"
    built = _build(settings, place, workers, keep=True)
    put_built(built, str(out))
    return built


def _build(settings: Settings, out: Path, workers: str | None, *, keep: bool) -> BuiltCatalogue:
    """Build into a folder; what lies there already may be kept, and only brought up to date."""
    if settings.catalogue not in (None, STARTER) and settings.artifacts is None:
        check_source(str(settings.catalogue))
    database = open_database(settings)
    *better, last = choices(settings)
    if any(choice.needs_hub for choice in (*better, last)):
        find_hub()
    opened = open_source(last, settings)
    encoder = _first_encoder([choice.encoder for choice in (*better, last)], settings)
    with open_workers(workers) if workers else contextlib.nullcontext() as machines:
        if keep and database is None:
            return open_or_build(opened, encoder, out, workers=machines)
        return build(opened, encoder, out, database=database, workers=machines)


def _first_encoder(names: list[str], settings: Settings) -> Encoder:
    """The first of some encoders that can be had; of the last, its error is raised."""
    *better, last = names
    for name in better:
        try:
            return load_encoder(name, None, settings.precision, settings.home)
        except EncoderError as error:
            log.warning("%s", error)
    return load_encoder(last, None, settings.precision, settings.home)
