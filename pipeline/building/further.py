"""Further pictures: those of items that have several, embedded and kept beside the first ones."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.artifacts import (
    VIEW_COLOURS,
    VIEWS,
    BuiltCatalogue,
    Manifest,
    ViewRecord,
    Views,
    map_embeddings,
    write_embeddings,
)
from pipeline.building.embedding import Progress, Workers, embed_shards
from pipeline.building.shards import join_shards
from pipeline.catalogue import Catalogue, LeftOut, Why, picture_digest
from pipeline.colour import DIMENSION
from pipeline.encoder import Encoder
from pipeline.folders import link_file

VIEWS_FOLDER = "views"
"""Of a folder in which a catalogue is being built: where its further pictures are embedded."""


@dataclass(frozen=True)
class Further:
    """The further pictures of a catalogue that is being built, and where each is embedded.

    Attributes:
        records: What the manifest says of each.
        places: Of each the views that hold it, and its row there.
        embedded: How many had to be embedded.
        unread: Those that cannot be read, with the reason.
    """

    records: tuple[ViewRecord, ...] = ()
    places: tuple[tuple[Views, int], ...] = ()
    embedded: int = 0
    unread: tuple[LeftOut, ...] = ()

    def __add__(self, other: Further) -> Further:
        return Further(
            self.records + other.records,
            self.places + other.places,
            self.embedded + other.embedded,
            self.unread + other.unread,
        )


def keep_views(now: BuiltCatalogue, items: Collection[str]) -> Further:
    """The further pictures that a built catalogue has of some items."""
    if now.views is None:
        return Further()
    rows = [row for row, view in enumerate(now.manifest.views) if view.item in items]
    return Further(
        tuple(now.manifest.views[row] for row in rows), tuple((now.views, row) for row in rows)
    )


def take_views(
    catalogue: Catalogue,
    now: BuiltCatalogue | None,
    encoder: Encoder,
    part: Path,
    *,
    on_progress: Progress | None,
    workers: Workers | None = None,
) -> Further:
    """Find the further pictures of a catalogue among what is embedded, and embed the others.

    Args:
        catalogue: The items.
        now: What was built before by the same encoder; None for nothing.
        encoder: What embeds them.
        part: A folder to embed into; an interrupted run is gone on from there.
        on_progress: Told after every batch of what is embedded.
        workers: The machines that embed them; None for this one.
    """
    views, owners = catalogue.views()
    if not len(views):
        return Further()
    digests = [_digest(views.picture_source(row)) for row in range(len(views))]
    known: dict[str, tuple[Views, int]] = {}
    if now is not None and now.views is not None:
        known = {view.sha256: (now.views, row) for row, view in enumerate(now.manifest.views)}
    firsts = {digest: row for row, digest in reversed(list(enumerate(digests)))}
    missing = sorted(row for digest, row in firsts.items() if digest not in known)
    reasons: dict[str, str] = {}
    if missing:
        chosen, place = views.select(missing), part / VIEWS_FOLDER
        fresh, unread = _embed(chosen, encoder, place, on_progress, workers)
        rows = [row for row in missing if views.ids[row] not in unread]
        known |= {digests[row]: (fresh, number) for number, row in enumerate(rows)}
        reasons = {digests[row]: unread[views.ids[row]] for row in missing if row not in rows}
    kept = [row for row, digest in enumerate(digests) if digest in known]
    return Further(
        tuple(ViewRecord(owners[row], digests[row]) for row in kept),
        tuple(known[digests[row]] for row in kept),
        len(missing) - len(reasons),
        tuple(
            LeftOut(views.ids[row], Why.PICTURE, reasons[digest], is_file=False)
            for row, digest in enumerate(digests)
            if digest in reasons
        ),
    )


def with_views(
    manifest: Manifest, further: Further, folder: Path, now: BuiltCatalogue | None = None
) -> Manifest:
    """Write the files of further pictures; gives the manifest that lists them.

    Args:
        manifest: That of a catalogue which is being built, without them.
        further: What `take_views` gave.
        folder: Where it is being built.
        now: The version before, if there is one: where they stay the same, so do the files.

    Raises:
        OSError: If they cannot be written.
    """
    manifest = replace(
        manifest, views=further.records, left_out=(*manifest.left_out, *further.unread)
    )
    if not further.records:
        return manifest
    if now is not None and further.records == now.manifest.views:
        kept = [record for record in now.manifest.files if record.name in (VIEWS, VIEW_COLOURS)]
        for record in kept:
            link_file(now.folder / record.name, folder / record.name)
        return replace(manifest, files=(*manifest.files, *kept))
    runs = [
        (views, [row for _, row in run])
        for views, run in groupby(further.places, key=lambda place: place[0])
    ]
    count = len(further.records)
    embeddings = (np.asarray(views.embeddings[rows]) for views, rows in runs)
    records = [write_embeddings(folder / VIEWS, embeddings, count, manifest.encoder.dimension)]
    if all(views.colours is not None for views, _ in runs):
        colours = (views.colours[rows] for views, rows in runs if views.colours is not None)
        records.append(write_embeddings(folder / VIEW_COLOURS, colours, count, DIMENSION))
    return replace(manifest, files=(*manifest.files, *records))


def _digest(source: bytes | Path) -> str:
    """The SHA-256 of a picture; of one that cannot be read, which is told later, of its name."""
    try:
        return picture_digest(source).hex()
    except OSError:
        return hashlib.sha256(os.fsencode(str(source))).hexdigest()


def _embed(
    views: Catalogue,
    encoder: Encoder,
    folder: Path,
    on_progress: Progress | None,
    workers: Workers | None,
) -> tuple[Views, dict[str, str]]:
    """Embed pictures; gives those that can be read, in their order, and why the others cannot."""
    folder.parent.mkdir(exist_ok=True)
    shards = embed_shards(folder, views, encoder, on_progress, workers)
    unread = {item.id: item.reason for shard in shards for item in shard.skipped}
    files = join_shards(folder, shards, encoder.identity.dimension)
    embeddings, colours = (map_embeddings(folder / record.name) for record in files[:2])
    return Views(np.arange(len(embeddings)), embeddings, colours), unread
