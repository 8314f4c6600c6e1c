"""Building: from a catalogue and an encoder to a folder of artifacts, resumable at any shard."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.artifacts import (
    MANIFEST,
    Balance,
    BuiltCatalogue,
    Manifest,
    RuntimeRecord,
    SkippedItem,
    has_versions,
    open_built,
    publish_version,
    settled,
)
from pipeline.building.embedding import PLAN, Progress, Workers, embed_shards
from pipeline.building.further import VIEWS_FOLDER, take_views, with_views
from pipeline.building.shards import Shard, join_shards
from pipeline.catalogue import Catalogue, Why, printable
from pipeline.closeness import calibrate_closeness
from pipeline.encoder import Encoder, Guard, calibrate
from pipeline.errors import ArtifactError, CatalogueError
from pipeline.folders import PART, heal_folder, lock_of, replace_folder
from pipeline.index import Database, index_embeddings, load, new_collection
from pipeline.learning import carry_learnt
from pipeline.plane import keep_plane
from pipeline.words import keep_words

log = logging.getLogger(__name__)

LIBRARIES = ("torch", "transformers", "datasets", "numpy", "pillow")


def build(
    catalogue: Catalogue,
    encoder: Encoder,
    out: Path,
    on_progress: Progress | None = None,
    *,
    database: Database | None = None,
    workers: Workers | None = None,
) -> BuiltCatalogue:
    """Embed every item of a catalogue and write the folder ``out``.

    The work happens in a folder beside ``out`` that takes its place once it is complete. Shards
    that an interrupted build finished are kept if they are of the same items and encoder. An
    item whose picture cannot be read is left out and listed in the manifest.

    Args:
        catalogue: The items.
        encoder: What embeds them.
        out: The folder to write; an earlier one there is replaced at the end.
        on_progress: Told after every batch.
        database: What is to hold the embeddings besides; None for this machine alone.
        workers: The machines that embed; None for this one. What is built is the same.

    Raises:
        CatalogueError: If no item has a readable picture.
        WorkersError: If the workers cannot do it; the next run goes on from what is finished.
        DatabaseError: If the database stops answering; the next run goes on from what it holds.
        ArtifactError: If the folder cannot be written; what is finished stays for the next run.
    """
    out = out.expanduser()
    part = out.with_name(out.name + PART)
    check_outside(out, catalogue)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        heal_folder(out)
        with lock_of(out):
            _check_replaceable(out)
            guard = calibrate(encoder, catalogue)
            shards = embed_shards(part, catalogue, encoder, on_progress, workers)
            manifest = join(part, catalogue, encoder, shards, guard)
            further = take_views(
                catalogue, None, encoder, part, on_progress=on_progress, workers=workers
            )
            manifest = with_views(manifest, further, part)
            if database is not None:
                manifest = replace(manifest, collection=_collection_of(out) or new_collection())
            search, plane = index_embeddings(part), keep_plane(part)
            replace(manifest, search=search, plane=plane).write(part)
            _add_derived(part, out, encoder)
            if database is not None:
                load(BuiltCatalogue(part, Manifest.read(part)), database, _kept(out))
            _replace(part, out)
    except OSError as error:
        raise ArtifactError(
            f"The built catalogue '{out}' cannot be written ({error.strerror or error}). Free some "
            "space or choose another folder; the next run goes on from what is finished."
        ) from error
    built = open_built(out)
    log.info("The balance: %s.", Balance.of(built.manifest))
    return built


def check_outside(out: Path, catalogue: Catalogue) -> None:
    """Whether a built catalogue lies outside of its source.

    Raises:
        ArtifactError: If it lies inside, which would then hold its own artifacts.
    """
    if out.resolve().is_relative_to(Path(catalogue.source).expanduser().resolve()):
        raise ArtifactError(
            f"The folder '{out}' lies inside the catalogue '{catalogue.source}', which would then "
            "hold its own artifacts. Choose a folder outside."
        )


def add_closeness(folder: Path, encoder: Encoder) -> None:
    """Measure what distances to a finished catalogue mean, and keep it in its manifest."""
    manifest = Manifest.read(folder)
    records = calibrate_closeness(BuiltCatalogue(folder, manifest), encoder)
    replace(manifest, closeness=records).write(folder)


def _add_derived(folder: Path, out: Path, encoder: Encoder) -> None:
    """Add to a catalogue what is measured and learned of it, and what was learnt for the last.

    Args:
        folder: The catalogue; its manifest gets what is added.
        out: The one that it is to replace, from which what events taught is carried on.
        encoder: What made it.
    """
    built = BuiltCatalogue(folder, Manifest.read(folder))
    closeness, words = calibrate_closeness(built, encoder), keep_words(built)
    learnt = carry_learnt(out, folder, built.ids)
    replace(built.manifest, closeness=closeness, words=words, learnt=learnt).write(folder)


def _collection_of(out: Path) -> str | None:
    """What a database calls the catalogue that is to be replaced, if there is one that it has."""
    with contextlib.suppress(ArtifactError):
        return Manifest.read(out).collection
    return None


def _kept(out: Path) -> list[BuiltCatalogue]:
    """The catalogue that is to be replaced, which may be searched until then."""
    if not (out / MANIFEST).is_file():
        return []
    with contextlib.suppress(ArtifactError):
        return [open_built(settled(out))]
    return []


def join(
    part: Path, catalogue: Catalogue, encoder: Encoder, shards: list[Shard], guard: Guard | None
) -> Manifest:
    """Join the shards of a folder; gives its manifest, without what is derived from embeddings.

    Raises:
        CatalogueError: If no item has a readable picture.
    """
    unread = [item for shard in shards for item in shard.skipped]
    count = sum(shard.count for shard in shards)
    if count == 0:
        reason = unread[0].reason if unread else "it has no items"
        raise CatalogueError(
            f"The catalogue '{catalogue.source}' has no readable picture among its "
            f"{len(catalogue)} items; the first: {reason}"
        )
    joined = join_shards(part, shards, encoder.identity.dimension)
    runtime = encoder.runtime
    return Manifest(
        **facts_of(catalogue, unread),
        encoder=encoder.identity,
        count=count,
        files=(*joined, *(shard.items for shard in shards)),
        versions={name: version(name) for name in LIBRARIES},
        runtime=RuntimeRecord(runtime.name, runtime.precision, asdict(guard) if guard else None),
    )


def facts_of(catalogue: Catalogue, unread: Sequence[SkippedItem]) -> dict[str, Any]:
    """What a manifest says of the source, by the names of its fields.

    Args:
        catalogue: The source.
        unread: Its items whose pictures cannot be read.
    """
    never = [one for one in catalogue.left_out if one.why is Why.SKIPPED]
    return {
        "catalogue": printable(catalogue.source),
        "catalogue_revision": catalogue.revision,
        "catalogue_fingerprint": catalogue.fingerprint,
        "skipped": (*unread, *(SkippedItem(one.name, one.reason) for one in never)),
        "left_out": tuple(one for one in catalogue.left_out if one.why is not Why.SKIPPED),
        "notes": catalogue.notes,
        "source_files": catalogue.files,
        "folded": catalogue.folded,
    }


def _check_replaceable(out: Path) -> None:
    """Found out before hours of embedding, not after."""
    if out.is_file() or (out.is_dir() and not (out / MANIFEST).is_file() and any(out.iterdir())):
        raise ArtifactError(
            f"'{out}' holds something other than a built catalogue. Choose another folder."
        )


def _replace(part: Path, out: Path) -> None:
    _check_replaceable(out)  # somebody may have put something there since
    if has_versions(out):
        publish_version(part, out, "build")
    else:
        replace_folder(part, out)
    # Last: a build that is interrupted before it is in place goes on from them.
    for place in {out, settled(out)}:
        remove_shards(place)


def remove_shards(out: Path) -> None:
    """Remove from a finished catalogue what only an interrupted build would have needed."""
    tensors = (f"{kind}-*.safetensors" for kind in ("begun", "embeddings", "colours", "digests"))
    patterns = ("shard-*.json", *tensors)
    leftovers = (*(file for pattern in patterns for file in out.glob(pattern)), out / PLAN)
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    shutil.rmtree(out / VIEWS_FOLDER, ignore_errors=True)
