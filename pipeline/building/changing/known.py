"""Known pictures: which of a catalogue's are embedded already, and the others embedded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import (
    PICTURES,
    BuiltCatalogue,
    Manifest,
    SkippedItem,
    kept_folders,
    open_built,
    read_digests,
)
from pipeline.building.build import join
from pipeline.building.embedding import Progress, Workers, embed_shards
from pipeline.catalogue import Catalogue, picture_digest
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError

AT_ONCE = 256
"""Pictures of a set that are in memory together, undecoded."""
Place = tuple[int, int]
"""The number of a built catalogue, and a row of it."""


@dataclass(frozen=True)
class Taken:
    """Where the embedding of each picture of a catalogue is.

    Attributes:
        origins: Built catalogues, the current one first.
        places: For each row of the catalogue the origin and its row; None where the picture cannot
            be read.
        skipped: Those, with the reason.
        embedded: How many pictures had to be embedded.
    """

    origins: list[BuiltCatalogue]
    places: list[Place | None]
    skipped: list[SkippedItem]
    embedded: int


def take_pictures(
    catalogue: Catalogue,
    now: BuiltCatalogue,
    folder: Path,
    encoder: Encoder,
    part: Path,
    *,
    on_progress: Progress | None,
    workers: Workers | None = None,
) -> Taken:
    """Find each picture of a catalogue among what is embedded, and embed those that are not there.

    Args:
        catalogue: The items.
        now: The current version.
        folder: Where that and the kept versions lie.
        encoder: What made them.
        part: A folder for what is embedded; an interrupted run is gone on from there.
        on_progress: Told after every batch of what is embedded.
        workers: The machines that embed them; None for this one.
    """
    digests = _digests(catalogue)
    origins = [now]
    known = _rows_of(now, 0)
    missing = {digest for digest in digests if digest} - known.keys()
    for earlier in _earlier(now, folder, missing):
        known |= {d: p for d, p in _rows_of(earlier, len(origins)).items() if d in missing}
        missing -= known.keys()
        origins.append(earlier)
    new: dict[bytes | int, int] = {}  # the row that a picture comes in first
    for row, digest in enumerate(digests):
        if digest not in known:
            new.setdefault(digest or row, row)
    chosen = catalogue.select(list(new.values()))
    fresh, reasons = _embed(chosen, encoder, part, on_progress, workers)
    if fresh is not None:
        origins.append(fresh)
    places: list[Place | None] = []
    skipped = []
    for row, digest in enumerate(digests):
        place = known.get(digest) if digest else None
        if place is None:
            first = catalogue.ids[new[digest or row]]
            own = fresh.row_of(first) if fresh is not None else None
            place = (len(origins) - 1, own) if own is not None else None
            if place is None:
                skipped.append(SkippedItem(catalogue.ids[row], reasons[first]))
        places.append(place)
    return Taken(origins, places, skipped, len(new) - len(reasons))


def _digests(catalogue: Catalogue) -> list[bytes]:
    """The SHA-256 of every picture, empty for a file that cannot be read."""

    def digest(source: bytes | Path) -> bytes:
        with contextlib.suppress(OSError):
            return picture_digest(source)
        return b""

    digests: list[bytes] = []
    with ThreadPoolExecutor(thread_name_prefix="digest") as pool:
        for start in range(0, len(catalogue), AT_ONCE):
            rows = range(start, min(start + AT_ONCE, len(catalogue)))
            digests += pool.map(digest, [catalogue.picture_source(row) for row in rows])
    return digests


def _rows_of(built: BuiltCatalogue, origin: int) -> dict[bytes, Place]:
    rows = {digest.tobytes(): (origin, row) for row, digest in enumerate(built.pictures)}
    rows.pop(bytes(built.pictures.shape[1]), None)  # nobody knows which pictures those were
    return rows


def _earlier(now: BuiltCatalogue, folder: Path, missing: set[bytes]) -> Iterator[BuiltCatalogue]:
    """The kept versions that have pictures which the current one lacks.

    Args:
        now: The current version.
        folder: The catalogue.
        missing: The pictures; whoever has got some takes them out before going on.
    """
    for place in kept_folders(folder):
        # A damaged one is no source.
        with contextlib.suppress(ArtifactError, OSError, ValueError):
            manifest = Manifest.read(place)
            names = {record.name for record in manifest.files}
            if PICTURES not in names or not manifest.encoder.embeds_like(now.manifest.encoder):
                continue
            digests = read_digests(place / PICTURES, manifest.count)
            if missing.intersection(digest.tobytes() for digest in digests):
                yield open_built(place)


def _embed(
    catalogue: Catalogue,
    encoder: Encoder,
    part: Path,
    on_progress: Progress | None,
    workers: Workers | None,
) -> tuple[BuiltCatalogue | None, dict[str, str]]:
    """Embed a catalogue; gives what was made, and why items could not be read, by id."""
    if not len(catalogue):
        return None, {}
    shards = embed_shards(part, catalogue, encoder, on_progress, workers)
    reasons = {item.id: item.reason for shard in shards for item in shard.skipped}
    if not any(shard.count for shard in shards):
        return None, reasons
    manifest = join(part, catalogue, encoder, shards, None)
    manifest.write(part)
    return BuiltCatalogue(part, manifest), reasons
