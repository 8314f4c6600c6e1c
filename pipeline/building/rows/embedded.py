"""Embedded rows: what is known of them, and how a part of a shard is kept for the next run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from pipeline.artifacts import DIGEST_BYTES, write_tensors
from pipeline.colour import DIMENSION
from pipeline.folders import put_in_place

REASONS = "reasons"
"""What the reasons are called in the file."""


@dataclass(frozen=True, eq=False)
class Embedded:
    """Some rows of a catalogue, one after another, once their pictures are embedded.

    Attributes:
        rows: Those whose picture was read, ``(k,)`` int64, ascending.
        embeddings: ``(k, dimension)`` float32.
        colours: The descriptors of their colours, ``(k, pipeline.colour.DIMENSION)`` float32.
        thumbnails: Their encoded thumbnails.
        digests: The SHA-256 of their pictures, ``(k, 32)`` uint8; zeros for a file that was gone.
        skipped: The others, each with the reason.
    """

    rows: np.ndarray
    embeddings: np.ndarray
    colours: np.ndarray
    thumbnails: tuple[bytes, ...]
    digests: np.ndarray
    skipped: tuple[tuple[int, str], ...]

    def __len__(self) -> int:
        return len(self.rows) + len(self.skipped)

    @classmethod
    def join(cls, parts: Iterable[Embedded], dimension: int) -> Embedded:
        """Several one after another, or none of embeddings of that length."""
        nothing = cls(
            np.empty(0, np.int64),
            np.empty((0, dimension), np.float32),
            np.empty((0, DIMENSION), np.float32),
            (),
            np.empty((0, DIGEST_BYTES), np.uint8),
            (),
        )
        all_parts = [nothing, *parts]
        return cls(
            np.concatenate([part.rows for part in all_parts]),
            np.concatenate([part.embeddings for part in all_parts]),
            np.concatenate([part.colours for part in all_parts]),
            tuple(thumbnail for part in all_parts for thumbnail in part.thumbnails),
            np.concatenate([part.digests for part in all_parts]),
            tuple(one for part in all_parts for one in part.skipped),
        )

    def write(self, path: Path) -> None:
        """Write them as safetensors, whole or not at all."""
        tensors = {
            "rows": self.rows,
            "embeddings": self.embeddings,
            "colours": self.colours,
            "digests": self.digests,
            "thumbnails": np.frombuffer(b"".join(self.thumbnails), np.uint8),
            "ends": np.cumsum([len(thumbnail) for thumbnail in self.thumbnails], dtype=np.int64),
            "skipped": np.array([row for row, _ in self.skipped], np.int64),
        }
        reasons = json.dumps([reason for _, reason in self.skipped])
        part = path.with_suffix(".part")
        write_tensors(part, tensors, {REASONS: reasons})
        put_in_place(part, path)

    @classmethod
    def read(cls, path: Path) -> Embedded:
        """Read what `write` wrote.

        Raises:
            OSError: If there is no such file.
            ValueError, KeyError: If it is something else, or was cut.
        """
        try:
            with safe_open(path, "np") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 it is no dictionary
                reasons = json.loads(file.metadata()[REASONS])
        except SafetensorError as error:
            raise ValueError(str(error)) from error
        whole, ends = tensors["thumbnails"].tobytes(), [0, *tensors["ends"].tolist()]
        return cls(
            tensors["rows"],
            tensors["embeddings"],
            tensors["colours"],
            tuple(whole[start:stop] for start, stop in pairwise(ends)),
            tensors["digests"],
            tuple(zip(tensors["skipped"].tolist(), reasons, strict=True)),
        )
