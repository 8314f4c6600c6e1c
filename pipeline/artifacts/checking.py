"""Checking: what the files of a built catalogue claim, before anything of them is believed.

A built catalogue may come from a stranger, so a small file must not unpack to a large one, no file
may lie elsewhere, and no number may be none.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from pipeline.artifacts.files import ITEMS_PREFIX, PICTURES
from pipeline.artifacts.manifest import (
    EMBEDDINGS,
    MANIFEST,
    VIEWS,
    FileRecord,
    Manifest,
)

LARGEST = 1e15
"""The squares of 2,048 such numbers add up to less than the largest float32, 3.4e38."""
CHECKED_ROWS = 4096
_COLOURS_NAME = re.compile(r"(views-)?colour-names-\d{1,3}\.safetensors")
"""Those of another descriptor than today's are left unread."""
_ITEMS_NAME = re.compile(re.escape(ITEMS_PREFIX) + r"\d{5,}\.parquet")


def check_names(manifest: Manifest) -> list[FileRecord]:
    """The files of items, in order, of a manifest that lists what a build writes and no more.

    Raises:
        ValueError: If it lists anything else, twice, or in another order.
    """
    names = [record.name for record in manifest.files]
    items = [name for name in names if _ITEMS_NAME.fullmatch(name)]
    known = {EMBEDDINGS, *items, *(name for name in names if _COLOURS_NAME.fullmatch(name))}
    known |= {VIEWS} if manifest.views else set()
    if sorted(names) != sorted(known | ({PICTURES} & set(names))):
        odd = sorted(set(names) - known) or names
        raise ValueError(f"{MANIFEST} lists {odd[0]} among its files, or one of them twice")
    if not items or items != sorted(items, key=lambda name: (len(name), name)):
        raise ValueError(f"{MANIFEST} lists its files of items out of order, or none")
    return [record for record in manifest.files if record.name in items]


def check_file(folder: Path, record: FileRecord) -> None:
    """Whether a file is the one that the manifest describes, and lies where it seems to.

    Raises:
        ValueError: If it is not, or does not.
    """
    path = folder / record.name
    if not path.is_file():
        raise ValueError(f"{record.name} is missing")
    if path.resolve().parent != folder.resolve():
        raise ValueError(f"{record.name} is a link to a file outside of it")
    if path.stat().st_size != record.bytes or FileRecord.of(path).sha256 != record.sha256:
        raise ValueError(f"{record.name} is not the file that {MANIFEST} describes")


def check_numbers(embeddings: np.ndarray) -> None:
    """Whether every number of the embeddings is one that can be searched with.

    Raises:
        ValueError: If one is infinite or none, or too large.
    """
    for start in range(0, len(embeddings), CHECKED_ROWS):
        rows = embeddings[start : start + CHECKED_ROWS]
        if not np.isfinite(rows).all():
            raise ValueError(f"{EMBEDDINGS} holds numbers that are infinite, or none at all")
        if max(rows.max(initial=0), -rows.min(initial=0)) > LARGEST:
            raise ValueError(f"{EMBEDDINGS} holds numbers too large to be searched with")
