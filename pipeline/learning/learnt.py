"""What was learnt, on disk: beside a built catalogue, or in a folder of its own.

``learnt.safetensors`` names items by their ids, so that it stays true when items come and go:

- ``ids``: the ids in UTF-8, one after the other, uint8; ``id_ends``: their ends, ``(m,)`` int64.
- ``starts``: ``(m + 1,)`` int64, ``neighbours``: int32, ``nearness``: float32: the neighbours of
  item ``i`` are those from ``starts[i]`` up to ``starts[i + 1]``, the nearest first.
- ``popularity``: ``(m,)`` float32, choices in the last window.
- ``kinds``, ``pieces``, ``together``: where the log's baskets tell which kinds go together, see
  `Baskets`.

No person is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

from pipeline.artifacts import BuiltCatalogue, LearntRecord, LogModel, check_file, write_tensors
from pipeline.errors import ArtifactError
from pipeline.ids import Ids
from pipeline.learning.blending import Weights
from pipeline.learning.counting import MOST_NEIGHBOURS
from pipeline.learning.outfits import BASKETS, Baskets

LEARNT = "learnt.safetensors"
ROUNDED = 1e-4
"""How far from 1 the weights of a manifest, which are rounded, may add up to."""
TENSORS = {
    "ids": np.uint8,
    "id_ends": np.int64,
    "starts": np.int64,
    "neighbours": np.int32,
    "nearness": np.float32,
    "popularity": np.float32,
}


@dataclass(frozen=True)
class Learnt:
    """What a log tells of items.

    Attributes:
        ids: The id of each item.
        neighbours: ``(items, items)`` float32, see `find_neighbours`.
        popularity: ``(items,)`` float32.
        weights: How much the log, the picture and popularity count.
        has_events: Whether there were events of an item, ``(items,)`` bool.
        model: What made the neighbours.
        baskets: Which kinds go together; None where no baskets tell of it.
    """

    ids: Sequence[str]
    neighbours: csr_matrix
    popularity: np.ndarray
    weights: Weights
    has_events: np.ndarray
    model: LogModel = "bm25"
    baskets: Baskets | None = None

    def of(self, ids: Sequence[str]) -> Learnt:
        """The same for the items of a catalogue: those it lacks are left out, new ones know none.

        Raises:
            ValueError: If they have no item in common.
        """
        kept, rows = self._common(ids)
        few = self.neighbours[kept][:, kept].tocoo()
        cells = (rows[few.row], rows[few.col])
        popularity = np.zeros(len(ids), dtype=np.float32)
        popularity[rows] = self.popularity[kept]
        neighbours = csr_matrix((few.data, cells), shape=(len(ids), len(ids)))
        has_events = np.zeros(len(ids), dtype=bool)
        has_events[rows] = True
        return replace(
            self, ids=ids, neighbours=neighbours, popularity=popularity, has_events=has_events
        )

    def only(self, ids: Sequence[str]) -> Learnt:
        """The same without the items that a catalogue lacks.

        Raises:
            ValueError: If they have no item in common.
        """
        kept, _ = self._common(ids)
        named = [self.ids[number] for number in kept.tolist()]
        few, has_events = self.neighbours[kept][:, kept], self.has_events[kept]
        popularity = self.popularity[kept]
        return replace(
            self, ids=named, neighbours=few, popularity=popularity, has_events=has_events
        )

    def _common(self, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The items that a catalogue has too, and their rows there."""
        rows = (ids if isinstance(ids, Ids) else Ids(ids)).rows_of(self.ids)
        kept = np.flatnonzero(rows >= 0)
        if not len(kept):
            raise ValueError("it was learnt for another catalogue")
        return kept, rows[kept]

    def write(self, path: Path) -> None:
        """Write it as a file of safetensors; the weights go into a manifest."""
        named = [item.encode() for item in self.ids]
        tensors = {
            "ids": np.frombuffer(b"".join(named), dtype=np.uint8),
            "id_ends": np.cumsum([len(name) for name in named]),
            "starts": self.neighbours.indptr,
            "neighbours": self.neighbours.indices,
            "nearness": self.neighbours.data,
            "popularity": self.popularity,
        }
        parts = {n: np.ascontiguousarray(t, dtype=TENSORS[n]) for n, t in tensors.items()}
        write_tensors(path, parts | (self.baskets.tensors() if self.baskets is not None else {}))

    @classmethod
    def read(cls, path: Path, record: LearntRecord) -> Learnt:
        """Read such a file, and check all that it says.

        Args:
            path: The file.
            record: What a manifest says of it.

        Raises:
            ValueError: If it is none, contradicts itself, or its record does.
        """
        try:
            tensors = load_file(path)
        except (SafetensorError, OSError) as error:
            raise ValueError(f"it is no file of safetensors ({error})") from error
        wanted = TENSORS | (BASKETS if record.baskets else {})
        if {name: part.dtype for name, part in tensors.items()} != wanted:
            raise ValueError("it holds other tensors")
        kinds = {name: tensors.pop(name) for name in BASKETS if record.baskets}
        baskets = Baskets.read(kinds, record.baskets) if record.baskets else None
        ends, starts = tensors["id_ends"], tensors["starts"]
        count = len(ends)
        if any(part.ndim != 1 for part in tensors.values()) or len(starts) != count + 1:
            raise ValueError("its tensors are of other shapes")
        _check_steps(starts, len(tensors["neighbours"]), MOST_NEIGHBOURS)
        numbers, nearness = tensors["neighbours"], tensors["nearness"]
        if len(numbers) != len(nearness) or len(tensors["popularity"]) != count:
            raise ValueError("its tensors are of other shapes")
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < count:
            raise ValueError("it names neighbours that are no items")
        for part in (nearness, tensors["popularity"]):
            if not np.isfinite(part).all() or (part < 0).any():
                raise ValueError("it holds numbers that are infinite, or below 0")
        _check_record(record, count, tensors["popularity"])
        ids = _split_ids(tensors["ids"], ends)
        neighbours = csr_matrix((nearness, numbers, starts), shape=(count, count))
        weights = Weights(record.log, record.picture, record.popularity)
        met = np.ones(count, dtype=bool)
        popularity = tensors["popularity"]
        return cls(ids, neighbours, popularity, weights, met, record.model, baskets)


def read_ids(path: Path) -> list[str]:
    """Read of such a file the ids alone.

    Raises:
        ValueError: If it has none, or is none.
    """
    try:
        with safe_open(path, "numpy") as tensors:
            return _split_ids(tensors.get_tensor("ids"), tensors.get_tensor("id_ends"))
    except (SafetensorError, OSError) as error:
        raise ValueError(f"it is no file of safetensors ({error})") from error


def open_kept(built: BuiltCatalogue) -> Learnt | None:
    """Open what was learnt of a catalogue's items, those alone; None where nothing was.

    Raises:
        ArtifactError: If it is damaged, or was learnt for another catalogue.
    """
    return _open(built, Learnt.only)


def open_learnt(built: BuiltCatalogue) -> Learnt | None:
    """Open what was learnt beside a built catalogue, for its items; None where nothing was.

    Raises:
        ArtifactError: If it is damaged, or was learnt for another catalogue.
    """
    return _open(built, Learnt.of)


def _open(built: BuiltCatalogue, suit: Callable[[Learnt, Sequence[str]], Learnt]) -> Learnt | None:
    record = built.manifest.learnt
    if record is None:
        return None
    try:
        check_file(built.folder, record.file)
        return suit(Learnt.read(built.folder / record.file.name, record), built.ids)
    except ValueError as error:
        raise ArtifactError(
            f"What was learnt beside '{built.folder}' is of no use: {error}. Learn it again: "
            "python -m pipeline learn EVENTS --artifacts FOLDER"
        ) from error


def _check_record(record: LearntRecord, count: int, popularity: np.ndarray) -> None:
    """Whether what is counted can be of one log."""
    if record.items != count or max(record.people, record.items) > record.events:
        raise ValueError("its manifest counts other items, or more people or items than events")
    if 2 * record.baskets > record.events:
        raise ValueError("its manifest counts more baskets than its events can fill")
    if popularity.max() > record.events:
        raise ValueError("it counts an item as chosen more often than there were events")
    if abs(record.log + record.picture + record.popularity - 1) > ROUNDED:
        raise ValueError("its weights do not add up to 1")


def _split_ids(joined: np.ndarray, ends: np.ndarray) -> list[str]:
    text = joined.tobytes()
    bounds = np.concatenate([[0], ends])
    _check_steps(bounds, len(text), len(text))
    ids = [text[a:b].decode() for a, b in pairwise(bounds.tolist())]
    if len(set(ids)) < len(ids) or not ids:
        raise ValueError("it names an item twice, or none")
    return ids


def _check_steps(bounds: np.ndarray, total: int, longest: int) -> None:
    """Whether bounds go up from 0 to a total, in steps of no more than the longest."""
    steps = np.diff(bounds)
    if bounds[0] != 0 or bounds[-1] != total or (steps < 0).any() or (steps > longest).any():
        raise ValueError("its items and neighbours have no bounds")
