"""Opening what is chosen: the hub's model and set, the starter set, or a person's own folder."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from pipeline.artifacts import BuiltCatalogue, open_built
from pipeline.building import (
    PLAN,
    SHIPPED,
    Progress,
    open_or_build,
    unpack_shipped,
    with_closeness,
)
from pipeline.catalogue import (
    FASHION_PRODUCTS,
    Catalogue,
    check_source,
    open_catalogue,
)
from pipeline.encoder import (
    RESNET_50,
    Encoder,
    EncoderIdentity,
    load_encoder,
    recall_int8,
)
from pipeline.errors import (
    ArtifactError,
    CatalogueError,
    CutShortError,
    DatabaseError,
    EncoderError,
    HubError,
)
from pipeline.folders import remove_leftovers
from pipeline.hub import find_hub
from pipeline.index import Database
from pipeline.publishing import get_built, pull
from pipeline.recommender.choosing import (
    CATALOGUES,
    COMPILED,
    Choice,
    built_folder,
    choices,
    is_on_hub,
)
from pipeline.recommender.recommender import Recommender
from pipeline.settings import STARTER, Settings, looks_like_path
from pipeline.store import is_stored

log = logging.getLogger(__name__)

NO_ADDRESS = "Say where the Milvus is: --address with a file NAME.db, or http://host:port."


def open_recommender(settings: Settings, on_progress: Progress | None = None) -> Recommender:
    """Open what the settings name, building the catalogue first where it is not built yet.

    Where the settings leave the choice open, the hub's model and set are taken if the hub can
    be reached or its files are cached, else the starter set.

    Args:
        settings: What to load.
        on_progress: Told how far a build is.

    Raises:
        CatalogueError, EncoderError, ArtifactError, HubError: If an explicit choice cannot be had.
        DatabaseError: If an address is named that is none, or without a built catalogue.
    """
    _check_catalogue(settings)
    if settings.address is not None and settings.artifacts is None:
        raise DatabaseError(
            "A database (--address) holds built catalogues: name the one to search, with "
            "--artifacts. 'python -m pipeline build' makes one and loads it."
        )
    remove_leftovers(settings.home / CATALOGUES, keep=PLAN)
    remove_leftovers(settings.home / COMPILED)
    if settings.artifacts is not None:
        return _open_artifacts(settings, on_progress)
    *better, last = choices(settings)
    reachable = find_hub() if any(choice.needs_hub for choice in (*better, last)) else False
    for choice in better:
        try:
            return _open_choice(choice, settings, on_progress)
        except (EncoderError, CatalogueError) as error:
            # Where the hub is out of reach this is how it must be, and the notice says so.
            log.log(logging.INFO if reachable else logging.DEBUG, "%s", error)
    notice = _fallback_notice(last, reachable) if better else ""
    return _open_choice(last, settings, on_progress, notice)


def open_catalogue_built(settings: Settings) -> BuiltCatalogue:
    """Open the built catalogue that the settings name, without an encoder where none is needed.

    Raises:
        CatalogueError, EncoderError, ArtifactError, HubError: If it cannot be had.
    """
    if settings.artifacts is not None:
        return find_built(settings)[0]
    return open_recommender(settings).built


def open_database(settings: Settings) -> Database | None:
    """The database that the settings name, which answers; None where they name none.

    Raises:
        DatabaseError: If it cannot be reached.
    """
    if settings.address is None:
        return None
    database = Database(settings.address)
    database.reach()
    return database


def open_source(choice: Choice, settings: Settings) -> Catalogue:
    """Open the catalogue of a choice: the one door of builds and updates.

    Raises:
        CatalogueError: If it cannot be had.
    """
    return open_catalogue(
        choice.location,
        choice.revision,
        allow_outside=settings.allow_outside,
        allow_private=settings.allow_private,
        home=settings.home,
    )


def open_encoder(made_by: EncoderIdentity, calibrated_on: str, settings: Settings) -> Encoder:
    """Open the encoder that made a built catalogue, or the one that the settings name instead.

    Args:
        made_by: The encoder.
        calibrated_on: What its int8 network is recalled by.
        settings: Where it is kept, and what it computes in.

    Raises:
        EncoderError: If it cannot be had.
    """
    name = settings.encoder or made_by.name
    if is_on_hub(name):
        find_hub()
    encoder = _load_encoder(name, settings, made_by.revision if name == made_by.name else None)
    recall_int8(encoder, calibrated_on)
    return encoder


def _check_catalogue(settings: Settings) -> None:
    """Before the hub is looked for: what cannot be there need not be waited for."""
    if settings.catalogue not in (None, STARTER) and settings.artifacts is None:
        check_source(str(settings.catalogue))


def _load_encoder(name: str, settings: Settings, revision: str | None = None) -> Encoder:
    return load_encoder(name, revision, settings.precision, settings.home)


def _open_choice(
    choice: Choice, settings: Settings, on_progress: Progress | None, notice: str = ""
) -> Recommender:
    encoder = _load_encoder(choice.encoder, settings)
    built = _open_or_build(choice, encoder, settings, on_progress)
    recall_int8(encoder, built.manifest.calibrated_on)
    built = with_closeness(built, encoder)
    log.info("Source: %s. %s", choice.source, notice)
    return Recommender(encoder, built, choice.source, notice)


def _fallback_notice(fallback: Choice, reachable: bool) -> str:
    reason = (
        "The Hugging Face hub did not give its model and catalogue"
        if reachable
        else "The Hugging Face hub cannot be reached"
    )
    if fallback.catalogue == STARTER:
        return f"{reason}, so the starter set is loaded: garments drawn by this project."
    return f"{reason}, so the starter encoder is used."


def _open_artifacts(settings: Settings, on_progress: Progress | None) -> Recommender:
    database = Database(settings.address) if settings.address is not None else None
    built, source = find_built(settings, on_progress)
    encoder = open_encoder(built.manifest.encoder, built.manifest.calibrated_on, settings)
    return Recommender(encoder, built, source, database=database)


def find_built(
    settings: Settings, on_progress: Progress | None = None
) -> tuple[BuiltCatalogue, str]:
    """The built catalogue that settings name: a folder, an address or a repository; and which.

    Raises:
        ArtifactError, HubError: If it cannot be had.
    """
    name = str(settings.artifacts)
    if is_stored(name):
        return get_built(name, settings.home, on_progress), "store"
    folder = Path(name).expanduser()
    if folder.exists() or looks_like_path(name.partition("@")[0]):
        return open_built(folder), "folder"
    try:
        return pull(name, settings.home, on_progress=on_progress), "hub"
    except HubError as error:
        raise HubError(f"There is no folder '{name}', and on the hub: {error}") from error


def _open_or_build(
    choice: Choice, encoder: Encoder, settings: Settings, on_progress: Progress | None
) -> BuiltCatalogue:
    folder = built_folder(settings.home, choice, encoder)
    if choice.revision is not None:
        # A pinned catalogue cannot have changed, so it is not even opened.
        with contextlib.suppress(ArtifactError):
            built = open_built(folder)
            if encoder.identity.embeds_like(built.manifest.encoder):
                return built
    if (pulled := _pull_published(choice, encoder, settings.home, on_progress)) is not None:
        return pulled
    catalogue = open_source(choice, settings)
    if choice.catalogue == STARTER:
        unpack_shipped(catalogue, encoder, SHIPPED, folder)
    try:
        return open_or_build(catalogue, encoder, folder, on_progress)
    except CutShortError as error:
        log.warning("%s Until then it is opened as it was.", error)
        return open_built(folder)


def _pull_published(
    choice: Choice, encoder: Encoder, home: Path, on_progress: Progress | None
) -> BuiltCatalogue | None:
    """What this project has published of its default, which spares embedding it here."""
    published = FASHION_PRODUCTS.published
    if choice != Choice(RESNET_50.name, FASHION_PRODUCTS.hub_id) or published is None:
        return None
    pinned = f"{published.repository}@{published.commit}"
    try:
        built = pull(
            pinned, home, on_progress=on_progress, manifest_sha256=published.manifest_sha256
        )
    except (HubError, ArtifactError) as error:
        log.info("%s So the catalogue is embedded here.", error)
        return None
    made_of = (built.manifest.catalogue, built.manifest.catalogue_revision)
    is_wanted = made_of == (choice.catalogue, choice.revision)
    return built if is_wanted and encoder.identity.embeds_like(built.manifest.encoder) else None
