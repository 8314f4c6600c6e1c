"""Changing: a built catalogue by its folder and its source, with the encoder that made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.artifacts import BuiltCatalogue, Manifest, Version, kept_folders
from pipeline.building import Progress, Update, add, remove, update
from pipeline.catalogue import Catalogue, check_source
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, CatalogueError, DatabaseError
from pipeline.folders import heal_folder, lock_of
from pipeline.index import load, new_collection
from pipeline.recommender.choosing import choices
from pipeline.recommender.opening import (
    NO_ADDRESS,
    find_built,
    open_database,
    open_encoder,
    open_source,
)
from pipeline.settings import STARTER, Settings, looks_like_path
from pipeline.store import is_stored

SEARCHED = 2
"""The latest versions that a page may still search: the current one, and the one before."""


def update_catalogue(
    folder: Path,
    source: str | None = None,
    settings: Settings | None = None,
    on_progress: Progress | None = None,
) -> Update:
    """Make a built catalogue what its source is now.

    Args:
        folder: The built catalogue.
        source: Where its items lie now; None for where they were read the last time.
        settings: Where the encoder lies, if not where it was; what tables may name.
        on_progress: Told after every batch of pictures that are embedded.

    Raises:
        CatalogueError, EncoderError, ArtifactError: If one cannot be had or written.
        DatabaseError: If the settings name a database that does not answer.
    """
    folder, manifest = _opened(folder)
    settings = settings or Settings.read()
    named = source or Version.read(folder).source or manifest.catalogue
    is_local = looks_like_path(named) and not is_stored(named)
    if source is None and is_local and not Path(named).expanduser().exists():
        raise CatalogueError(
            f"'{folder}' was built from '{named}', which is not here. Name the source: update "
            f"{folder} SOURCE"
        )
    catalogue = _open_catalogue(named, settings, manifest)
    encoder = _open_encoder(settings, manifest)
    return update(
        folder,
        catalogue,
        encoder,
        on_progress,
        must_share=source is None,
        database=open_database(settings),
    )


def add_items(
    folder: Path, source: str, settings: Settings | None = None, on_progress: Progress | None = None
) -> Update:
    """Add the items of a source to a built catalogue.

    Args:
        folder: The built catalogue.
        source: What `build` takes too.
        settings: See `update_catalogue`, as for all that follow.
        on_progress: Told after every batch of pictures that are embedded.

    Raises:
        CatalogueError, EncoderError, ArtifactError: See `update_catalogue`.
    """
    folder, manifest = _opened(folder)
    settings = settings or Settings.read()
    catalogue = _open_catalogue(source, settings, manifest)
    encoder = _open_encoder(settings, manifest)
    return add(folder, catalogue, encoder, on_progress, database=open_database(settings))


def remove_items(folder: Path, ids: Sequence[str], settings: Settings | None = None) -> Update:
    """Take items out of a built catalogue, all of those named or none.

    Args:
        folder: The built catalogue.
        ids: Their ids.
        settings: See `update_catalogue`.

    Raises:
        CatalogueError, EncoderError, ArtifactError: See `update_catalogue`.
    """
    folder, manifest = _opened(folder)
    settings = settings or Settings.read()
    encoder = _open_encoder(settings, manifest)
    return remove(folder, ids, encoder, database=open_database(settings))


def load_catalogue(settings: Settings) -> BuiltCatalogue:
    """Have a database hold a built catalogue as it is; nothing is embedded for it.

    Args:
        settings: Name both.

    Raises:
        ArtifactError, HubError: If the catalogue cannot be had, or not be written to.
        DatabaseError: If no database is named, or it does not answer.
    """
    database = open_database(settings)
    if database is None:
        raise DatabaseError(NO_ADDRESS)
    built, _ = find_built(settings)
    folder = built.folder.resolve()
    try:
        with lock_of(folder):
            manifest = Manifest.read(folder)
            if manifest.collection is None:
                manifest = replace(manifest, collection=new_collection())
                manifest.write(folder)
            built = BuiltCatalogue(folder, manifest)
            kept = [BuiltCatalogue(place, Manifest.read(place)) for place in kept_folders(folder)]
            load(built, database, kept[:SEARCHED])
    except OSError as error:
        raise ArtifactError(
            f"The built catalogue '{folder}' cannot be written ({error.strerror or error}). Allow "
            "it to be written, and run this again."
        ) from error
    return built


def _opened(folder: Path) -> tuple[Path, Manifest]:
    """The folder itself, not a link to it, which would be replaced in its stead."""
    folder = folder.expanduser().resolve()
    heal_folder(folder)
    return folder, Manifest.read(folder)


def _open_catalogue(source: str, settings: Settings, manifest: Manifest) -> Catalogue:
    if source != STARTER:
        check_source(source)
    (choice,) = choices(replace(settings, catalogue=source, encoder=manifest.encoder.name))
    return open_source(choice, settings)


def _open_encoder(settings: Settings, manifest: Manifest) -> Encoder:
    return open_encoder(manifest.encoder, manifest.calibrated_on, settings)
