"""Batches: the pictures of some rows, decoded and embedded 32 at a time, on any machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts import DIGEST_BYTES
from pipeline.building.rows.embedded import Embedded
from pipeline.catalogue import make_thumbnail, open_picture, picture_digest, printable
from pipeline.colour import DIMENSION, describe_colour
from pipeline.encoder import BATCH, DECODED_SIDE, Encoder
from pipeline.errors import PictureError

AHEAD = 3 * BATCH
"""Pictures that wait, prepared, for the network: enough to keep it busy, few enough to hold."""
PictureOf = Callable[[int], bytes | Path]
"""Gives the undecoded picture of a row: its bytes, or its file."""


@dataclass(frozen=True)
class _Ready:
    """A picture, ready for the network."""

    row: int
    prepared: np.ndarray
    colour: np.ndarray
    thumbnail: bytes
    digest: bytes


@dataclass(frozen=True)
class _Skipped:
    """A picture that cannot be read."""

    row: int
    reason: str


def embed_rows(
    picture_of: PictureOf, encoder: Encoder, rows: range, threads: int | None = None
) -> Iterator[Embedded]:
    """Embed the pictures of some rows, and describe their colours.

    A batch is of the next 32 pictures that can be read, wherever its rows begin: a network may
    round the last bit otherwise in a batch of another size, so that rows which are cut into the
    same ranges are embedded to the same bytes. Pictures are decoded and prepared by threads while
    the network runs.

    Args:
        picture_of: Gives the picture of a row.
        encoder: What embeds them.
        rows: The rows.
        threads: How many of them prepare pictures; None for one a core.

    Yields:
        A batch at a time, all rows from the one before up to its last.
    """
    batch: list[_Ready] = []
    skipped: list[_Skipped] = []
    for item in _prepare(picture_of, encoder, rows, threads or os.cpu_count() or 1):
        if isinstance(item, _Skipped):
            skipped.append(item)
            continue
        batch.append(item)
        if len(batch) == BATCH:
            yield _embed(encoder, batch, skipped)
            batch, skipped = [], []
    if batch or skipped:
        yield _embed(encoder, batch, skipped)


def _prepare(
    picture_of: PictureOf, encoder: Encoder, rows: range, threads: int
) -> Iterator[_Ready | _Skipped]:
    """Decode and prepare in threads, in the order of the rows, a bounded number ahead."""

    def prepare(row: int, source: bytes | Path) -> _Ready | _Skipped:
        digest = bytes(DIGEST_BYTES)
        with contextlib.suppress(OSError):
            # Before it is decoded: a picture that changes meanwhile is one that the next update
            # does not know.
            digest = picture_digest(source)
        try:
            picture = open_picture(source, DECODED_SIDE)
        except PictureError as error:
            return _Skipped(row, printable(str(error)))
        prepared, colour = encoder.prepare(picture), describe_colour(picture)
        return _Ready(row, prepared, colour, make_thumbnail(source, picture), digest)

    with ThreadPoolExecutor(threads, "prepare") as pool:
        waiting = []
        for row in rows:
            waiting.append(pool.submit(prepare, row, picture_of(row)))
            if len(waiting) == AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _embed(encoder: Encoder, batch: Sequence[_Ready], skipped: Sequence[_Skipped]) -> Embedded:
    colours = np.array([item.colour for item in batch], np.float32)
    digests = np.frombuffer(b"".join(item.digest for item in batch), np.uint8)
    return Embedded(
        np.array([item.row for item in batch], np.int64),
        encoder.embed([item.prepared for item in batch]),
        colours.reshape(-1, DIMENSION),
        tuple(item.thumbnail for item in batch),
        digests.reshape(-1, DIGEST_BYTES),
        tuple((item.row, item.reason) for item in skipped),
    )
