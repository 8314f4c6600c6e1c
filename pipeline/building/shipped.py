"""Shipped: the starter catalogue as it comes built, so that a first start embeds nothing."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from pipeline.artifacts import MANIFEST, BuiltCatalogue, Manifest, open_built
from pipeline.building.build import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.settings import ARTIFACTS, STARTER

log = logging.getLogger(__name__)

SHIPPED = ARTIFACTS / "starter-built"


def open_shipped(source: Path, encoder: Encoder, folder: Path) -> BuiltCatalogue | None:
    """Open what was shipped of a catalogue, where it is of these pictures and this encoder.

    Args:
        source: The folder of the catalogue.
        encoder: What its embeddings must be comparable with.
        folder: What `ship` wrote; None is given where there is nothing, or something stale.
    """
    if not (folder / MANIFEST).is_file():
        return None
    try:
        manifest = Manifest.read(folder)
        is_stale = manifest.catalogue_fingerprint != _fingerprint(source)
        if is_stale or not encoder.identity.embeds_like(manifest.encoder):
            return None
        built = open_built(folder)
    except ArtifactError as error:
        log.warning("%s (embedding it here)", error)
        return None
    # Of another way to describe colours, or of none: what is built here has this one's.
    return built if built.colours is not None and manifest.closeness else None


def ship(source: Path, encoder: Encoder, folder: Path) -> BuiltCatalogue:
    """Build a catalogue into a folder that is the same wherever the project lies.

    Raises:
        CatalogueError, ArtifactError: See `build`.
    """
    build(open_catalogue(source), encoder, folder)
    # A checkout has its files' contents, and neither their place nor their times.
    named = replace(
        Manifest.read(folder), catalogue=STARTER, catalogue_fingerprint=_fingerprint(source)
    )
    named.write(folder)
    return open_built(folder)


def _fingerprint(source: Path) -> str:
    """SHA-256 of the names and contents of a folder's data, in hexadecimal."""
    whole = hashlib.sha256()
    for file in sorted(source.rglob("*.parquet")):
        whole.update(file.relative_to(source).as_posix().encode())
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
