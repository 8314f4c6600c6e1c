"""Taking place: the next version of a catalogue is written aside and put in its place, whole."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.artifacts import (
    BuiltCatalogue,
    Manifest,
    Version,
    keep_version,
    next_folder,
    open_built,
    publish_version,
)
from pipeline.building.build import add_closeness
from pipeline.building.changing.comparing import Difference, compare
from pipeline.building.changing.composing import Composition, compose
from pipeline.building.further import Further, with_views
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, CatalogueError
from pipeline.folders import PART, heal_folder, link_file, lock_of
from pipeline.index import Database, carry_index, load, new_collection
from pipeline.learning import carry_learnt
from pipeline.plane import carry_plane

log = logging.getLogger(__name__)

DRIFT = 0.01
"""The share of items that may change before it is measured again what distances mean."""


@dataclass(frozen=True)
class Update:
    """What has become of a catalogue.

    Attributes:
        built: The catalogue as it is now.
        version: Its version; that of before where nothing changed.
        difference: How it differs from the one before.
        embedded: How many pictures were embedded for it.
    """

    built: BuiltCatalogue
    version: Version
    difference: Difference
    embedded: int


@dataclass(frozen=True)
class Wanted:
    """The next version, as it is to be.

    Attributes:
        composition: Its items.
        facts: Its manifest, but for what its files and items decide.
        further: The further pictures of its items.
        embedded: How many pictures were embedded for it.
        source: Where the items were read, if they were.
        database: What is to hold the version besides, if it is not this machine alone.
    """

    composition: Composition
    facts: Manifest
    further: Further
    embedded: int = 0
    source: str | None = None
    database: Database | None = None


@contextlib.contextmanager
def changing(folder: Path, encoder: Encoder) -> Iterator[tuple[BuiltCatalogue, Path]]:
    """Be alone with a catalogue that an encoder made.

    Args:
        folder: The catalogue.
        encoder: The encoder.

    Yields:
        The current version, as it is kept, and a folder to embed into.

    Raises:
        ArtifactError: If there is no such catalogue, another encoder made it, or it cannot be
            written.
    """
    Manifest.read(folder)
    part = folder.with_name(folder.name + PART)
    try:
        heal_folder(folder)
        with lock_of(folder):
            now = open_built(keep_version(folder))
            made_by = now.manifest.encoder
            if not encoder.identity.embeds_like(made_by):
                raise ArtifactError(
                    f"The built catalogue '{folder}' was made by the encoder '{made_by.name}' "
                    f"(weights {made_by.weights_sha256[:12]}), not by '{encoder.identity.name}'. "
                    "Build it again with this one."
                )
            yield now, part
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise ArtifactError(
            f"The built catalogue '{folder}' cannot be written ({error.strerror or error}). It is "
            "as it was. Free some space or allow it to be written, and run this again."
        ) from error


def take_place(
    folder: Path, now: BuiltCatalogue, wanted: Wanted, encoder: Encoder, change: str
) -> Update:
    """Write the next version and put it in its place, unless it is the same as the current one.

    Args:
        folder: The catalogue, alone with which `changing` left us.
        now: Its current version.
        wanted: The next one.
        encoder: What made it.
        change: What is being done, in a word.

    Raises:
        CatalogueError: If it would have no item.
        DatabaseError: If the database stops answering; the catalogue is as it was.
    """
    composition = wanted.composition
    if not len(composition):
        skipped = wanted.facts.skipped
        raise CatalogueError(
            f"The catalogue '{wanted.facts.catalogue}' has no readable picture, so '{folder}' is "
            f"as it was{f'; the first: {skipped[0].reason}' if skipped else ''}"
        )
    difference = compare(now, composition, wanted.further.records)
    facts = _complete(wanted, now.manifest)
    if not difference and composition.ids == now.ids and not wanted.embedded:
        facts = replace(
            facts, views=now.manifest.views, left_out=(*facts.left_out, *wanted.further.unread)
        )
        if facts != now.manifest:
            facts.write(folder)  # the same items, of files that were touched
        built = BuiltCatalogue(folder, facts)
        _load(built, now, wanted.database, folder)
        return Update(built, Version.read(folder), difference, 0)
    part = next_folder(folder)
    part.mkdir()
    drift = now.manifest.drift + difference.embeddings
    facts = replace(facts, files=compose(composition, part), drift=drift)
    facts = replace(facts, learnt=carry_learnt(now.folder, part, composition.ids))
    facts = with_views(facts, wanted.further, part, now)
    _write_derived(part, now, composition, facts, encoder)
    _load(BuiltCatalogue(part, Manifest.read(part)), now, wanted.database, folder)
    version = publish_version(part, folder, f"{change}: {difference}", wanted.source)
    built = BuiltCatalogue(folder, Manifest.read(folder))
    return Update(built, version, difference, wanted.embedded)


def _complete(wanted: Wanted, before: Manifest) -> Manifest:
    """The facts of the next version, with what its items decide."""
    count, facts = len(wanted.composition), wanted.facts
    total = count + facts.folded + len(facts.skipped) + len(facts.left_out)
    files = min(max(facts.source_files or 0, 0), total)
    runtime = before.runtime
    if runtime is not None and before.calibrated_on != facts.catalogue_fingerprint:
        # By the catalogue that an encoder was calibrated on it recalls its int8 network.
        runtime = replace(runtime, calibrated_on=before.calibrated_on)
    collection = before.collection
    if wanted.database is not None:
        collection = collection or new_collection()
    return replace(
        facts,
        count=count,
        source_files=files,
        runtime=runtime,
        words=before.words,
        collection=collection,
    )


def _load(
    built: BuiltCatalogue, now: BuiltCatalogue, database: Database | None, folder: Path
) -> None:
    """Have the database hold a version beside the one that is searched until it takes its place."""
    if database is not None:
        load(built, database, [now])
    elif built.manifest.collection is not None and built.manifest.files != now.manifest.files:
        log.warning(
            "The database that holds '%s' does not hold this version yet: python -m pipeline load "
            "%s --address ADDRESS",
            folder,
            folder,
        )


def _write_derived(
    part: Path, now: BuiltCatalogue, composition: Composition, facts: Manifest, encoder: Encoder
) -> None:
    """Write what follows from the embeddings, or link it where they are the same, and the facts."""
    # Learned when they are first asked for: a change need not wait for them.
    facts = replace(facts, words=None)
    derived = [record.file.name for record in facts.search]
    derived += [facts.plane.file.name] if facts.plane is not None else []
    if composition.keeps_rows and all((now.folder / name).is_file() for name in derived):
        for name in derived:
            link_file(now.folder / name, part / name)
    else:
        moved = composition.moved()
        search, plane = carry_index(now, moved, part), carry_plane(now, moved, part)
        facts = replace(facts, search=search, plane=plane)
    if facts.closeness and facts.drift <= DRIFT * len(composition):
        facts.write(part)
        return
    replace(facts, drift=0).write(part)
    add_closeness(part, encoder)
