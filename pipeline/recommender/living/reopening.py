"""Reopening: what settings name by now, opened beside what answers, and tried before it does."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pipeline.artifacts import (
    BuiltCatalogue,
    Manifest,
    has_versions,
    is_current,
    keep_version,
    open_built,
    settled,
    stamp_version,
)
from pipeline.building import open_or_build
from pipeline.catalogue import stamp_source
from pipeline.errors import ArtifactError, CatalogueError, StoreError
from pipeline.folders import WINDOWS, lock_of
from pipeline.index import Metric
from pipeline.publishing import get_built, pull, version_of
from pipeline.recommender.choosing import built_folder, choices
from pipeline.recommender.opening import open_encoder, open_source
from pipeline.recommender.recommender import Recommender
from pipeline.settings import STARTER, Settings, looks_like_path
from pipeline.store import is_stored


def reopen(now: Recommender, settings: Settings) -> Recommender | None:
    """Open what the settings name by now, if that is another version than the one that answers.

    Of a folder or table that has changed, the built catalogue is updated first. Sets of the hub are
    looked at where they are published catalogues, which a branch may lead on from.

    Args:
        now: What answers.
        settings: What it was opened from.

    Returns:
        What is to take its place, its indexes opened; None where nothing changed.

    Raises:
        CatalogueError, EncoderError, ArtifactError, HubError: If it cannot be had.
    """
    built = _later(now, settings)
    if built is None:
        return None
    encoder = now.encoder
    if not encoder.identity.embeds_like(built.manifest.encoder):
        encoder = open_encoder(built.manifest.encoder, built.manifest.calibrated_on, settings)
    later = Recommender(encoder, built, now.source, now.notice, now.database)
    for metric in Metric:
        # By a picture of its own: what cannot answer takes nobody's place.
        later.recommend(later.examples(1)[0].thumbnail, metric)
    return later


def settle(now: Recommender) -> Recommender:
    """Have a recommender answer from where no later version takes its catalogue's place.

    What has versions is kept there anyway. Windows replaces no folder of which files are open.
    """
    folder = now.built.folder
    if not WINDOWS and not has_versions(folder):
        return now
    with contextlib.suppress(OSError):  # what may not be written to stays as it is
        with lock_of(folder):
            place = keep_version(folder)
        built = BuiltCatalogue(place, Manifest.read(place))
        return Recommender(now.encoder, built, now.source, now.notice, now.database)
    return now


def stamp(now: Recommender, settings: Settings) -> str:
    """What changes when there may be something to reopen; nothing is opened for it.

    Args:
        now: What answers.
        settings: What it was opened from.
    """
    looked: list[str] = []
    with contextlib.suppress(OSError, ArtifactError):
        looked.append(stamp_version(_folder(now, settings)))
    if settings.artifacts is not None and is_stored(settings.artifacts):
        try:
            looked.append(version_of(str(settings.artifacts)))
        except StoreError as error:
            looked.append(str(error))
    source = _local_source(now, settings)
    if source is not None:
        try:
            looked.append(stamp_source(source, settings.allow_outside))
        except OSError as error:
            looked.append(str(error))
    return " ".join(looked)


def _later(now: Recommender, settings: Settings) -> BuiltCatalogue | None:
    folder = _folder(now, settings)
    if settings.artifacts is not None:
        name = str(settings.artifacts)
        if is_stored(name):
            stored = get_built(name, settings.home)
            return None if is_current(now.built, stored.folder) else stored
        if not Path(name).exists() and not looks_like_path(name.partition("@")[0]):
            pulled = pull(name, settings.home)
            return None if is_current(now.built, pulled.folder) else pulled
        return None if is_current(now.built, folder) else open_built(settled(folder))
    source = _local_source(now, settings)
    if source is None:
        return None
    if not source.exists():
        raise CatalogueError(f"There is no catalogue at '{source}' any longer. Put it back.")
    catalogue = open_source(choices(settings)[-1], settings)
    with contextlib.suppress(ArtifactError):
        is_same = Manifest.read(folder).catalogue_fingerprint == catalogue.fingerprint
        if is_same and is_current(now.built, folder):
            return None
    open_or_build(catalogue, now.encoder, folder)
    return None if is_current(now.built, folder) else open_built(settled(folder))


def _folder(now: Recommender, settings: Settings) -> Path:
    """Where what answers was built, or lies as it was built elsewhere."""
    if settings.artifacts is not None:
        return Path(settings.artifacts).expanduser()
    return built_folder(settings.home, choices(settings)[-1], now.encoder)


def _local_source(now: Recommender, settings: Settings) -> Path | None:
    """The folder or file that a catalogue is read from, if it lies here and may change."""
    is_named = settings.artifacts is None and settings.catalogue not in (None, STARTER)
    is_here = is_named and now.source == "folder"
    return Path(str(settings.catalogue)).expanduser() if is_here else None
