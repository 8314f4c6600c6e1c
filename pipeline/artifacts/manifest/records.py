"""The records of a manifest: what it says of each file, item and measurement."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

MAX_DISTANCES = 1000
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def _plain(name: str) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no plain file name")
    return name


@dataclass(frozen=True)
class FileRecord:
    """One file of a built catalogue."""

    name: Annotated[str, AfterValidator(_plain)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileRecord:
        """Record a file as it is now; all of it is read for the checksum."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path.name, path.stat().st_size, digest)


@dataclass(frozen=True)
class SkippedItem:
    """An item left out because its picture cannot be read, and why."""

    id: str
    reason: str


@dataclass(frozen=True)
class ViewRecord:
    """One of the further pictures of an item: the item's id, and the SHA-256 of the picture."""

    item: str
    sha256: str


@dataclass(frozen=True)
class RuntimeRecord:
    """What ran the encoder.

    Attributes:
        name: Its name.
        precision: What it computed in.
        guard: What int8's guard measured, where int8 was tried.
        calibrated_on: The fingerprint of the catalogue that int8 was calibrated on, where that was
            another: an earlier version.
    """

    name: str
    precision: str
    guard: dict[str, float | int] | None = None
    calibrated_on: str | None = None


@dataclass(frozen=True)
class SearchRecord:
    """A search index that was made and judged with the build.

    Attributes:
        metric: The metric it searches by.
        engine: What searches.
        width: How many candidates it looks at for a query; 0 where it is exact.
        recall: The share of the exact five nearest that it finds, on items of the catalogue.
        file: The index.
        embeddings_sha256: The file of embeddings that it was made of.
    """

    metric: str
    engine: str
    width: int
    recall: float
    file: FileRecord
    embeddings_sha256: str


@dataclass(frozen=True)
class WordsRecord:
    """What was learned of the words of a catalogue with the build, see `pipeline.words`.

    Attributes:
        terms: The words and what is counted of them.
        rows: What each adds to an embedding.
        made_of: What the items were that they were learned of.
    """

    terms: FileRecord
    rows: FileRecord
    made_of: str


@dataclass(frozen=True)
class PlaneRecord:
    """Where the items lie on the map of a catalogue, see `pipeline.plane`.

    Attributes:
        file: The places.
        placed: How many items were set beside the others since all were laid out.
        embeddings_sha256: The file of embeddings that they were made of.
    """

    file: FileRecord
    placed: Annotated[int, Field(ge=0)]
    embeddings_sha256: str


def _ascending(distances: tuple[float, ...]) -> tuple[float, ...]:
    if tuple(sorted(distances)) != distances:
        raise ValueError("the distances are not in order")
    return distances


Distance = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class ClosenessRecord:
    """What distances to a catalogue mean by one metric, see `pipeline.closeness`.

    Attributes:
        metric: The metric, ``cosine`` or ``euclidean``; a cosine distance is 1 less the score.
        distances: From items to their nearest other item, ascending, evenly spaced in rank; none
            where there is one item.
        farthest: A match that is farther is not alike.
        shortest: A query whose embedding is shorter shows nothing that is.
    """

    metric: str
    distances: Annotated[
        tuple[Distance, ...], Field(max_length=MAX_DISTANCES), AfterValidator(_ascending)
    ]
    farthest: Distance
    shortest: Distance


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
LogModel = Literal["bm25", "als"]
"""What tells which items the same people choose, see `pipeline.learning`."""
EventCount = Annotated[int, Field(ge=1, le=10**12)]


@dataclass(frozen=True)
class LearntRecord:
    """What was learnt from a shop's events, see `pipeline.learning`.

    Attributes:
        file: The file, which names items by their ids, so that it outlives changes of them.
        events: How many events it was learnt from.
        people: How many people these were of.
        items: How many items of the catalogue had any.
        log: How much the log counts in a blend.
        picture: How much the picture does.
        popularity: How much popularity does; the three add up to 1.
        days: The days in which popularity is counted; None for all of the log.
        model: What made the neighbours; BM25 in what was learnt before there was another.
        baskets: How many baskets tell which kinds go together; 0 where none do.
    """

    file: FileRecord
    events: EventCount
    people: EventCount
    items: EventCount
    log: Share
    picture: Share
    popularity: Share
    days: Annotated[int, Field(ge=1)] | None = None
    model: LogModel = "bm25"
    baskets: Annotated[int, Field(ge=0, le=10**9)] = 0
