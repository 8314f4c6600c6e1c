"""Updating: the next version of a built catalogue, for which only new pictures are embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.artifacts import BuiltCatalogue, Manifest, Version
from pipeline.building.build import check_outside, facts_of
from pipeline.building.changing.composing import Composition
from pipeline.building.changing.known import Place, take_pictures
from pipeline.building.changing.taking_place import Update, Wanted, changing, take_place
from pipeline.building.embedding import Progress, Workers
from pipeline.building.further import keep_views, take_views
from pipeline.catalogue import Catalogue, picture_digest, stack_tables
from pipeline.catalogue.feeds import Break
from pipeline.encoder import Encoder
from pipeline.errors import CatalogueError, CutShortError
from pipeline.index import Database


def update(
    folder: Path,
    catalogue: Catalogue,
    encoder: Encoder,
    on_progress: Progress | None = None,
    *,
    must_share: bool = False,
    database: Database | None = None,
    workers: Workers | None = None,
) -> Update:
    """Make a built catalogue what its source is now; only pictures that are new are embedded.

    A kill at any moment leaves the version before or the new one, and the next run goes on from
    what was embedded. Where nothing changed, there is no new version.

    Args:
        folder: The built catalogue.
        catalogue: The source.
        encoder: What made the built catalogue.
        on_progress: Told after every batch of pictures that are embedded.
        must_share: Whether it is an error that no item stays with its picture: only the built
            catalogue names the source, and it may be another's.
        database: What is to hold the next version besides; None for this machine alone.
        workers: The machines that embed; None for this one.

    Raises:
        CatalogueError: If no item has a readable picture, or none stays that must.
        CutShortError: If the source is a feed that breaks off.
        ArtifactError: If there is no built catalogue, another encoder made it, or it cannot be
            written.
        DatabaseError: If the database stops answering; the catalogue is as it was.
    """
    check_outside(folder, catalogue)
    _check_whole(folder, catalogue)
    with changing(folder, encoder) as (now, part):
        if must_share:
            _check_shared(folder, catalogue, now)
        taken = take_pictures(
            catalogue, now, folder, encoder, part, on_progress=on_progress, workers=workers
        )
        rows = [row for row, place in enumerate(taken.places) if place is not None]
        composition = _composition(
            [catalogue.ids[row] for row in rows],
            catalogue.attributes.take(pa.array(rows, type=pa.int64())),
            taken.origins,
            [place for place in taken.places if place is not None],
        )
        facts = replace(now.manifest, **facts_of(catalogue, taken.skipped))
        further = take_views(
            catalogue, now, encoder, part, on_progress=on_progress, workers=workers
        )
        embedded = taken.embedded + further.embedded
        source = _rooted(catalogue.source)
        wanted = Wanted(composition, facts, further, embedded, source, database)
        return take_place(folder, now, wanted, encoder, "update")


def _check_whole(folder: Path, catalogue: Catalogue) -> None:
    """Whether a source was read to its end.

    Raises:
        CutShortError: If it is a feed that breaks off.
    """
    broken = next((one for one in catalogue.left_out if isinstance(one, Break)), None)
    if broken is not None:
        raise CutShortError(
            f"'{folder}' is as it was, since its feed breaks off at {broken.name}: export it again "
            "and update, or build what there is of it into another folder."
        )


def _check_shared(folder: Path, catalogue: Catalogue, now: BuiltCatalogue) -> None:
    """Whether a source is that of a built catalogue: a stranger's may name any folder here.

    Raises:
        CatalogueError: If they share no item, or of a folder no picture to the byte.
    """
    places = now.ids.rows_of(catalogue.ids)
    shared = np.flatnonzero(places >= 0).tolist()
    if not shared:
        raise CatalogueError(
            f"None of the {len(now):,} items of '{folder}' is in '{catalogue.source}'. If they "
            f"are all to be replaced, say so: update {folder} '{catalogue.source}'"
        )
    is_public = catalogue.revision is not None
    if not is_public and not any(_is_same(catalogue, row, now, places[row]) for row in shared):
        raise CatalogueError(
            f"'{catalogue.source}' has items of the same names as '{folder}', and none of the "
            f"pictures that it was built from. If it is the source, say so: update {folder} "
            f"'{catalogue.source}'"
        )


def _is_same(catalogue: Catalogue, row: int, now: BuiltCatalogue, place: int) -> bool:
    try:
        digest: bytes = now.pictures[place].tobytes()
        return picture_digest(catalogue.picture_source(row)) == digest
    except OSError:
        return False


def add(
    folder: Path,
    catalogue: Catalogue,
    encoder: Encoder,
    on_progress: Progress | None = None,
    *,
    database: Database | None = None,
) -> Update:
    """Add the items of another catalogue to a built one; those of an id that it has replace it.

    Args:
        folder: The built catalogue.
        catalogue: The items to add.
        encoder: What made the built catalogue.
        on_progress: See `update`.
        database: What is to hold the next version besides.

    Raises:
        CatalogueError: If none of them has a readable picture.
        ArtifactError, DatabaseError: See `update`.
    """
    check_outside(folder, catalogue)
    with changing(folder, encoder) as (now, part):
        taken = take_pictures(catalogue, now, folder, encoder, part, on_progress=on_progress)
        places: dict[str, tuple[int, Place]] = {  # the row of its attributes, and its embedding
            item_id: (row, (0, row)) for row, item_id in enumerate(now.ids)
        }
        for row, (item_id, place) in enumerate(zip(catalogue.ids, taken.places, strict=True)):
            if place is not None:
                places[item_id] = (len(now) + row, place)
        if all(place is None for place in taken.places):
            raise CatalogueError(
                f"The catalogue '{catalogue.source}' has no readable picture among its "
                f"{len(catalogue)} items; the first: {taken.skipped[0].reason}"
            )
        attributes = stack_tables([now.attribute_table, catalogue.attributes])
        composition = _composition(
            list(places),
            attributes.take(pa.array([row for row, _ in places.values()], type=pa.int64())),
            taken.origins,
            [place for _, place in places.values()],
        )
        manifest = now.manifest
        added = facts_of(catalogue, taken.skipped)
        replaced = len(now) + len(catalogue) - len(taken.skipped) - len(places)
        facts = replace(
            manifest,
            catalogue_fingerprint=_mixed(manifest, "add", catalogue.fingerprint),
            skipped=(*manifest.skipped, *added["skipped"]),
            left_out=(*manifest.left_out, *added["left_out"]),
            notes=tuple(dict.fromkeys((*manifest.notes, *catalogue.notes))),
            source_files=(manifest.source_files or 0) + catalogue.files - replaced,
            folded=manifest.folded + catalogue.folded,
        )
        further = keep_views(now, set(now.ids) - set(catalogue.ids)) + take_views(
            catalogue, now, encoder, part, on_progress=on_progress
        )
        embedded = taken.embedded + further.embedded
        source = Version.read(folder).source
        wanted = Wanted(composition, facts, further, embedded, source, database)
        return take_place(folder, now, wanted, encoder, "add")


def remove(
    folder: Path, ids: Sequence[str], encoder: Encoder, *, database: Database | None = None
) -> Update:
    """Take items out of a built catalogue, all of those named or none.

    Args:
        folder: The built catalogue.
        ids: Their ids.
        encoder: What made the built catalogue.
        database: What is to hold the next version besides.

    Raises:
        CatalogueError: If it has no such item, or none would be left.
        ArtifactError, DatabaseError: See `update`.
    """
    with changing(folder, encoder) as (now, _):
        unknown = [item_id for item_id in dict.fromkeys(ids) if now.row_of(item_id) is None]
        if unknown:
            named = ", ".join(f"'{item_id}'" for item_id in unknown[:3])
            more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            raise CatalogueError(
                f"'{folder}' has no item {named}{more}, so nothing was removed. Spell ids as "
                "matches and the table do."
            )
        gone = set(ids)
        rows = [row for row, item_id in enumerate(now.ids) if item_id not in gone]
        if not rows:
            raise CatalogueError(
                f"These are all {len(now):,} items of '{folder}'. A catalogue has one at least, so "
                "nothing was removed."
            )
        composition = _composition(
            [now.ids[row] for row in rows],
            now.attribute_table.take(pa.array(rows, type=pa.int64())),
            [now],
            [(0, row) for row in rows],
        )
        facts = replace(
            now.manifest,
            catalogue_fingerprint=_mixed(now.manifest, "remove", *sorted(gone)),
            source_files=(now.manifest.source_files or 0) - (len(now) - len(rows)),
        )
        kept = keep_views(now, set(composition.ids))
        source = Version.read(folder).source
        wanted = Wanted(composition, facts, kept, source=source, database=database)
        return take_place(folder, now, wanted, encoder, "remove")


def _composition(
    ids: list[str], attributes: pa.Table, origins: list[BuiltCatalogue], places: Sequence[Place]
) -> Composition:
    rows = np.array(places, dtype=np.int64).reshape(-1, 2)
    return Composition(ids, attributes.combine_chunks(), origins, rows[:, 0], rows[:, 1])


def _mixed(manifest: Manifest, *parts: str) -> str:
    """The fingerprint of what is no longer what its source is."""
    text = "\n".join([manifest.catalogue_fingerprint, *parts])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _rooted(source: str) -> str | None:
    """A source on this machine, so that it is found from any folder."""
    path = Path(source).expanduser()
    return str(path.resolve()) if path.exists() else None
