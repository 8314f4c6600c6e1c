"""Shipped: the starter catalogue's embeddings as they come along, so a first start embeds nothing.

A shipped folder is a built catalogue without its items, which come along as the catalogue already:
``embeddings.safetensors``, the colours, and a manifest whose fingerprint is that of the catalogue's
contents, since a checkout gives files neither a place nor a time of their own.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.artifacts import (
    COLOURS,
    DIGEST_BYTES,
    EMBEDDINGS,
    ITEMS,
    MANIFEST,
    PICTURES,
    BuiltCatalogue,
    Manifest,
    check_file,
    write_digests,
    write_items,
)
from pipeline.catalogue import Catalogue, make_thumbnail, picture_digests
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, LookalikeError
from pipeline.folders import PART, heal_folder, lock_of, replace_folder
from pipeline.settings import ARTIFACTS, STARTER
from pipeline.words import keep_words

log = logging.getLogger(__name__)

SHIPPED = ARTIFACTS / "starter-built"


def unpack_shipped(catalogue: Catalogue, encoder: Encoder, shipped: Path, folder: Path) -> None:
    """Make a built catalogue of what was shipped of one, unless one lies there already.

    Nothing is written where nothing was shipped, or where it is damaged, of other items or of
    another encoder; the log then tells of damage.

    Args:
        catalogue: The starter catalogue.
        encoder: What its embeddings must be comparable with.
        shipped: What `ship` wrote.
        folder: Where the built catalogue belongs.
    """
    heal_folder(folder)
    try:
        if not (shipped / MANIFEST).is_file() or _is_of(catalogue, encoder, folder):
            return
        manifest = Manifest.read(shipped)
        if not encoder.identity.embeds_like(manifest.encoder):
            return
        if manifest.catalogue_fingerprint != contents_of(Path(catalogue.source)):
            return
        if {record.name for record in manifest.files} != {EMBEDDINGS, COLOURS}:
            return  # of another way to describe colours
        for record in manifest.files:
            check_file(shipped, record)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with lock_of(folder):
            _unpack(manifest, catalogue, shipped, folder)
    except (LookalikeError, ValueError, OSError) as error:
        log.warning("What was shipped of the starter catalogue is not used: %s", error)


def ship(built: BuiltCatalogue, source: Path, folder: Path) -> Manifest:
    """Write what is shipped of a built catalogue, in place of what was shipped before.

    Args:
        built: Built of every item of the catalogue, by the encoder that is shipped too.
        source: The catalogue's folder.
        folder: The folder to write.

    Raises:
        ArtifactError: If an item of the catalogue is missing from it.
    """
    if built.manifest.skipped:
        first = built.manifest.skipped[0]
        raise ArtifactError(f"The item '{first.id}' has no embedding: {first.reason}")
    kept = tuple(r for r in built.manifest.files if r.name in (EMBEDDINGS, COLOURS))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for record in kept:
        shutil.copyfile(built.folder / record.name, folder / record.name)
    manifest = replace(
        built.manifest,
        catalogue=STARTER,
        catalogue_fingerprint=contents_of(source),
        files=kept,
        plane=None,  # laid out in a second when the map is first opened
        words=None,  # learned as it is unpacked: they are larger than all the rest
    )
    manifest.write(folder)
    return manifest


def contents_of(source: Path) -> str:
    """SHA-256, in hexadecimal, of the names and contents of the parquet files of a folder."""
    whole = hashlib.sha256()
    for file in sorted(source.rglob("*.parquet")):
        whole.update(file.relative_to(source).as_posix().encode())
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def _is_of(catalogue: Catalogue, encoder: Encoder, folder: Path) -> bool:
    """Whether a folder is a built catalogue of these items and this encoder."""
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = Manifest.read(folder)
    except ArtifactError:
        return False
    is_unchanged = manifest.catalogue_fingerprint == catalogue.fingerprint
    return is_unchanged and encoder.identity.embeds_like(manifest.encoder)


def _unpack(manifest: Manifest, catalogue: Catalogue, shipped: Path, folder: Path) -> None:
    part = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}{PART}")
    part.mkdir()
    try:
        for record in manifest.files:
            shutil.copyfile(shipped / record.name, part / record.name)
        rows = range(len(catalogue))
        thumbnails = [
            make_thumbnail(catalogue.picture_source(row), catalogue.read_picture(row))
            for row in rows
        ]
        items = write_items(part / ITEMS.format(0), catalogue.ids, catalogue.attributes, thumbnails)
        digests = np.frombuffer(b"".join(picture_digests(catalogue)), np.uint8)
        digests = digests.reshape(-1, DIGEST_BYTES)
        pictures = write_digests(part / PICTURES, [digests], len(digests))
        unpacked = replace(
            manifest,
            catalogue=catalogue.source,
            catalogue_fingerprint=catalogue.fingerprint,
            files=(*manifest.files, pictures, items),
        )
        words = keep_words(BuiltCatalogue(part, unpacked))
        replace(unpacked, words=words).write(part)
        replace_folder(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
