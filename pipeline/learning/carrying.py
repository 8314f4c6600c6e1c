"""Carrying: what was learnt goes along with a catalogue, to its next version or to other people."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.artifacts import BuiltCatalogue, FileRecord, LearntRecord, Manifest
from pipeline.errors import ArtifactError
from pipeline.folders import link_file
from pipeline.learning.counting import MOST_NEIGHBOURS
from pipeline.learning.learnt import LEARNT, Learnt, open_kept, read_ids
from pipeline.learning.outfits import LONGEST, MOST_KINDS, kinds_of

log = logging.getLogger(__name__)

ITEM_BYTES = 8 + 8 + 4 + MOST_NEIGHBOURS * (4 + 4)
"""Of an item besides its id: two bounds, its popularity, its neighbours."""
HEADER_BYTES = 10_000
ANEW = "Learn anew: python -m pipeline learn EVENTS --artifacts FOLDER"


def carry_learnt(before: Path, part: Path, ids: Iterable[str]) -> LearntRecord | None:
    """Carry what was learnt on to the folder that is to take a built catalogue's place.

    It names items by their ids: those that are gone drop out when it is opened, and of new ones it
    says nothing. Where none of its items is left, or it is damaged, it stays behind, with a
    sentence.

    Args:
        before: The built catalogue, or whatever lies there.
        part: The folder that is to take its place.
        ids: The items that this has.

    Returns:
        Its record, for the manifest; None where there is nothing to carry.
    """
    record = None
    with suppress(ArtifactError):
        record = Manifest.read(before).learnt
    if record is None:
        return None
    try:
        learnt = set(read_ids(before / record.file.name))
    except ValueError as error:
        log.warning("What was learnt from events is damaged (%s) and left out. %s", error, ANEW)
        return None
    if not any(item in learnt for item in ids):
        log.warning(
            "None of the items that events were learnt of is in the catalogue any longer, so that "
            "what was learnt is left out. %s",
            ANEW,
        )
        return None
    link_file(before / record.file.name, part / record.file.name)
    return record


def publish_learnt(built: BuiltCatalogue, folder: Path) -> LearntRecord | None:
    """Write what was learnt of a catalogue's items, and of no others, to be published.

    Args:
        built: The catalogue.
        folder: The folder to write into.

    Returns:
        Its record; None where nothing was learnt.

    Raises:
        ArtifactError: If it is damaged, or was learnt for another catalogue.
    """
    record, kept = built.manifest.learnt, open_kept(built)
    if record is None or kept is None:
        return None
    if kept.baskets is not None:
        kept = replace(kept, baskets=kept.baskets.only(set(kinds_of(built).tolist())))
    return _write(kept, record, folder)


def restore_learnt(
    path: Path, record: LearntRecord, ids: Sequence[str], part: Path
) -> LearntRecord:
    """Check what was published as learnt, and write it anew beside the catalogue it came with.

    Args:
        path: The file, of a stranger's.
        record: What its manifest says of it.
        ids: The items of the catalogue.
        part: The folder to write into.

    Raises:
        ValueError: If it is not what its record says, contradicts itself, or is of other items.
    """
    # As many pieces as kinds at most, and as many kinds as items.
    kinds = 2 * min(len(ids), MOST_KINDS)
    most = HEADER_BYTES + kinds * (4 * LONGEST + 1 + kinds * 4)
    most += sum(ITEM_BYTES + len(item.encode()) for item in ids)
    if record.file.bytes > most:
        raise ValueError(f"what was learnt is longer than that of {len(ids):,} items can be")
    if not path.is_file() or FileRecord.of(path) != record.file:
        raise ValueError(f"{LEARNT} is not the file that its manifest describes")
    try:
        return _write(Learnt.read(path, record).only(ids), record, part)
    except ValueError as error:
        raise ValueError(f"what was learnt is of no use: {error}") from error


def _write(learnt: Learnt, record: LearntRecord, folder: Path) -> LearntRecord:
    learnt.write(folder / LEARNT)
    baskets = learnt.baskets.count if learnt.baskets is not None else 0
    file = FileRecord.of(folder / LEARNT)
    return replace(record, file=file, items=len(learnt.ids), baskets=baskets)
