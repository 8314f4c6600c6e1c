"""Opening: what an earlier run built, as it is, or with what has changed since."""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.artifacts import MANIFEST, BuiltCatalogue, open_built
from pipeline.building.build import add_closeness, build, remove_shards
from pipeline.building.changing import update
from pipeline.building.embedding import Progress, Workers
from pipeline.catalogue import Catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.folders import heal_folder, lock_of

log = logging.getLogger(__name__)


def open_or_build(
    catalogue: Catalogue,
    encoder: Encoder,
    folder: Path,
    on_progress: Progress | None = None,
    *,
    workers: Workers | None = None,
) -> BuiltCatalogue:
    """Open what an earlier run built of the same items and encoder, else update or build it.

    Raises:
        CatalogueError, ArtifactError: See `build`.
    """
    heal_folder(folder)
    if (folder / MANIFEST).is_file():
        try:
            remove_shards(folder)  # a kill may have come before
            built = open_built(folder)
            if encoder.identity.embeds_like(built.manifest.encoder):
                if built.manifest.catalogue_fingerprint == catalogue.fingerprint:
                    return built
                del built  # Windows replaces no folder that is open
                return update(folder, catalogue, encoder, on_progress, workers=workers).built
        except ArtifactError as error:
            log.warning("%s (doing so now)", error)
    return build(catalogue, encoder, folder, on_progress, workers=workers)


def with_closeness(built: BuiltCatalogue, encoder: Encoder) -> BuiltCatalogue:
    """A catalogue that was built before distances were given a meaning, with that beside it.

    Args:
        built: A built catalogue; one that has it all is given back as it is.
        encoder: The encoder that made it.
    """
    if built.manifest.closeness:
        return built
    try:
        with lock_of(built.folder):
            add_closeness(built.folder, encoder)
    except OSError as error:
        log.warning("The closeness of '%s' cannot be kept (%s).", built.folder, error)
        return built
    return open_built(built.folder)
