"""Learning: from events to what is kept of them."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from pipeline.artifacts import (
    BuiltCatalogue,
    FileRecord,
    LearntRecord,
    Manifest,
    Version,
    next_folder,
    open_built,
    publish_version,
)
from pipeline.errors import ArtifactError, EventsError
from pipeline.events import Events
from pipeline.folders import PART, heal_folder, link_folder, lock_of, replace_folder
from pipeline.learning.blending import Weights
from pipeline.learning.choosing import Chosen, choose_blend
from pipeline.learning.counting import WEEK, count_popularity, find_neighbours, people_matrix
from pipeline.learning.learnt import LEARNT, Learnt
from pipeline.learning.outfits import count_baskets, kinds_of
from pipeline.learning.splitting import unit_rows

RECORD = "learnt.json"
UNTRIED = Chosen(Weights(0.4, 0.4, 0.2), WEEK, 0.0)
"""For logs too short to try anything on: a choice, not measured."""


def learn_alone(events: Events, folder: Path) -> LearntRecord:
    """Learn from events without a catalogue, into a folder of their own.

    Args:
        events: The events.
        folder: The folder to write, with ``learnt.safetensors`` and its record, ``learnt.json``.

    Raises:
        ArtifactError: If it cannot be written, or holds something else.
    """
    folder = folder.expanduser().resolve()
    if folder.exists() and not (folder / RECORD).is_file():
        raise ArtifactError(f"'{folder}' holds something else. Name another folder with --out.")
    learnt, chosen = _learn(events, None)
    part = folder.with_name(folder.name + PART)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with lock_of(folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            learnt.write(part / LEARNT)
            record = _record(FileRecord.of(part / LEARNT), events, learnt, chosen)
            text = json.dumps(asdict(record), indent=1)
            (part / RECORD).write_text(text + "\n", encoding="utf-8")
            replace_folder(part, folder)
    except OSError as error:
        raise _unwritten(folder, error) from error
    return record


def _learn(events: Events, built: BuiltCatalogue | None) -> tuple[Learnt, Chosen]:
    """What events tell of the items that have any, and how its weights were chosen."""
    directions = unit_rows(built.embeddings) if built is not None else None
    try:
        chosen = choose_blend(events, None, directions)
    except EventsError:
        chosen = UNTRIED
    neighbours = find_neighbours(people_matrix(events), chosen.model)
    popularity = count_popularity(events, np.ones(len(events), dtype=bool), chosen.days)
    met = np.flatnonzero(np.bincount(events.item, minlength=len(events.ids)))
    ids = [events.ids[number] for number in met.tolist()]
    few = popularity[met].astype(np.float32)
    all_met = np.ones(len(met), dtype=bool)
    near = neighbours[met][:, met]
    baskets = count_baskets(events, kinds_of(built)) if built is not None else None
    learnt = Learnt(ids, near, few, chosen.weights, all_met, chosen.model, baskets)
    return learnt, chosen


def learn_beside(events: Events, folder: Path) -> LearntRecord:
    """Learn from events, and make it part of the next version of a built catalogue.

    Args:
        events: The events, read with the catalogue's ids.
        folder: The built catalogue.

    Raises:
        ArtifactError: If there is no such catalogue, or it cannot be written.
    """
    folder = folder.expanduser().resolve()
    built = open_built(folder)
    learnt, chosen = _learn(events, built)
    try:
        heal_folder(folder)
        with lock_of(folder):
            if Manifest.read(folder).files != built.manifest.files:
                raise ArtifactError(
                    f"The built catalogue '{folder}' was changed while its events were learnt. "
                    "Learn them again."
                )
            part = next_folder(folder)
            link_folder(folder, part)
            (part / LEARNT).unlink(missing_ok=True)  # a link: the version before keeps its own
            learnt.write(part / LEARNT)
            record = _record(FileRecord.of(part / LEARNT), events, learnt, chosen)
            replace(Manifest.read(folder), learnt=record).write(part)
            source = Version.read(folder).source
            publish_version(part, folder, f"learn: {len(events):,} events", source)
            with contextlib.suppress(OSError):
                part.parent.rmdir()  # unless a build is to go on from it
    except OSError as error:
        raise _unwritten(folder, error) from error
    return record


def _unwritten(folder: Path, error: OSError) -> ArtifactError:
    return ArtifactError(
        f"'{folder}' cannot be written ({error.strerror or error}). It is as it was. Free some "
        "space or allow it to be written, and run this again."
    )


def _record(file: FileRecord, events: Events, learnt: Learnt, chosen: Chosen) -> LearntRecord:
    shares = [round(share, 6) for share in vars(chosen.weights).values()]
    counts = {"events": len(events), "people": events.users, "items": len(learnt.ids)}
    log, picture, popularity = shares
    blend = {"log": log, "picture": picture, "popularity": popularity}
    baskets = learnt.baskets.count if learnt.baskets is not None else 0
    return LearntRecord(
        file, **counts, **blend, days=chosen.days, model=chosen.model, baskets=baskets
    )
