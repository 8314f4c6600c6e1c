"""Further pictures: those of items that have several, embedded and kept beside the first ones."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.artifacts import (
    VIEW_COLOURS,
    VIEWS,
    BuiltCatalogue,
    FileRecord,
    Manifest,
    ViewRecord,
    Views,
    map_embeddings,
    write_embeddings,
)
from pipeline.building.embedding import Progress, Workers, embed_shards
from pipeline.building.shards import join_shards
from pipeline.catalogue import Catalogue, LeftOut, Why, open_picture, picture_digest
from pipeline.colour import DIMENSION, describe_colour
from pipeline.encoder import DECODED_SIDE, Encoder
from pipeline.errors import PictureError
from pipeline.folders import link_file

log = logging.getLogger(__name__)

VIEWS_FOLDER = "views"
"""Of a folder in which a catalogue is being built: where its further pictures are embedded."""
AT_ONCE = 256
"""Pictures whose colours are described together."""


@dataclass(frozen=True)
class Further:
    """The further pictures of a catalogue that is being built, and where each is embedded.

    Attributes:
        records: What the manifest says of each.
        places: Of each the views that hold it, and its row there.
        sources: Of each the undecoded picture; None where only its embedding is kept.
        embedded: How many had to be embedded.
        unread: Those that cannot be read, with the reason.
    """

    records: tuple[ViewRecord, ...] = ()
    places: tuple[tuple[Views, int], ...] = ()
    sources: tuple[bytes | Path | None, ...] = ()
    embedded: int = 0
    unread: tuple[LeftOut, ...] = ()

    def __add__(self, other: Further) -> Further:
        return Further(
            self.records + other.records,
            self.places + other.places,
            self.sources + other.sources,
            self.embedded + other.embedded,
            self.unread + other.unread,
        )


def keep_views(now: BuiltCatalogue, items: Collection[str]) -> Further:
    """The further pictures that a built catalogue has of some items."""
    if now.views is None:
        return Further()
    rows = [row for row, view in enumerate(now.manifest.views) if view.item in items]
    return Further(
        tuple(now.manifest.views[row] for row in rows),
        tuple((now.views, row) for row in rows),
        (None,) * len(rows),
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
        tuple(views.picture_source(row) for row in kept),
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
    same: dict[str, FileRecord] = {}
    if now is not None and further.records == now.manifest.views:
        same = {record.name: record for record in now.manifest.files}
        for name in same.keys() & {VIEWS, VIEW_COLOURS}:
            link_file(now.folder / name, folder / name)
    count, dimension = len(further.records), manifest.encoder.dimension
    embeddings = same.get(VIEWS) or write_embeddings(
        folder / VIEWS, _embeddings(further), count, dimension
    )
    colours = same.get(VIEW_COLOURS) or _write_colours(further, folder / VIEW_COLOURS)
    records = [embeddings] if colours is None else [embeddings, colours]
    return replace(manifest, files=(*manifest.files, *records))


def _embeddings(further: Further) -> Iterator[np.ndarray]:
    for views, run in groupby(further.places, key=lambda place: place[0]):
        yield np.asarray(views.embeddings[[row for _, row in run]])


def _write_colours(further: Further, path: Path) -> FileRecord | None:
    """Write the colours of further pictures; none of them where one has none to be had."""
    if any(
        views.colours is None and source is None
        for (views, _), source in zip(further.places, further.sources, strict=True)
    ):
        return None
    try:
        return write_embeddings(path, _colours(further), len(further.records), DIMENSION)
    except PictureError as error:
        log.warning("No colours are weighed: those of a further picture are unknown. %s", error)
        path.unlink(missing_ok=True)
        return None


def _colours(further: Further) -> Iterator[np.ndarray]:
    """The colours, a chunk at a time; where the views have none, of the pictures themselves.

    Raises:
        PictureError: If one of those cannot be read.
    """
    pictures = zip(further.places, further.sources, strict=True)
    with ThreadPoolExecutor(thread_name_prefix="colour") as pool:
        for views, run in groupby(pictures, key=lambda picture: picture[0][0]):
            rows, sources = zip(*((row, source) for (_, row), source in run), strict=True)
            if views.colours is not None:
                yield np.asarray(views.colours[list(rows)])
                continue
            for start in range(0, len(sources), AT_ONCE):
                yield np.stack(list(pool.map(_describe, sources[start : start + AT_ONCE])))


def _describe(source: bytes | Path) -> np.ndarray:
    return describe_colour(open_picture(source, DECODED_SIDE))


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
