"""The manifest of a built catalogue: what it holds, what made it, and how to check it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from pipeline.catalogue import LeftOut
from pipeline.colour import DESCRIPTOR
from pipeline.encoder import EncoderIdentity
from pipeline.errors import ArtifactError
from pipeline.folders import put_in_place

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
EMBEDDINGS = "embeddings.safetensors"
COLOURS = f"{DESCRIPTOR}.safetensors"
"""Named by the descriptor, so that colours described in another way are not taken for these."""
VIEWS = "views.safetensors"
VIEW_COLOURS = f"views-{COLOURS}"
MAX_MANIFEST_BYTES = 64 * 2**20
"""Two hundred bytes for each of 300,000 skipped items."""
REBUILD = "Build it again: python -m pipeline build"
MAX_DISTANCES = 1000
FLOAT32_BYTES = 4
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


@dataclass(frozen=True)
class Manifest:
    """Everything that tells one built catalogue from another.

    Attributes:
        catalogue: The hub id or folder it was built from.
        catalogue_revision: The hub revision, or None.
        catalogue_fingerprint: Changes when the source's items change.
        encoder: The encoder that made the embeddings.
        count: The number of items, one embedding each.
        skipped: The items left out.
        files: Every other file of the folder, shards in order.
        versions: The libraries that made it.
        runtime: What ran the encoder.
        search: The search indexes beside the embeddings; none where a scan is quick enough.
        closeness: What distances mean, one record a metric; none in what was built before.
        words: What was learned of its words; None where it has no texts, or where they are
            learned when they are first asked for.
        plane: Where its items lie on the map; None where it has none, or was built before.
        left_out: What else lay in the source; none in what was built before.
        notes: How the source was read where that was a choice, for people.
        source_files: How many of the items, the skipped and the left out were files of their own;
            the rest were rows. None in what was built before.
        learnt: What was learnt from events; None where nothing was.
        drift: How many items came, went or changed their picture since closeness was measured.
        folded: How many rows were variants of an item that another row was of.
        views: The further pictures of items that have several, in the order of their file.
        collection: What a database calls the catalogue, in every version; None where none has it.
    """

    catalogue: str
    catalogue_revision: str | None
    catalogue_fingerprint: str
    encoder: EncoderIdentity
    count: Annotated[int, Field(ge=1)]
    skipped: tuple[SkippedItem, ...]
    files: tuple[FileRecord, ...]
    versions: dict[str, str]
    runtime: RuntimeRecord | None = None
    search: tuple[SearchRecord, ...] = ()
    closeness: tuple[ClosenessRecord, ...] = ()
    words: WordsRecord | None = None
    plane: PlaneRecord | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    source_files: Annotated[int, Field(ge=0)] | None = None
    drift: Annotated[int, Field(ge=0)] = 0
    learnt: LearntRecord | None = None
    folded: Annotated[int, Field(ge=0)] = 0
    views: tuple[ViewRecord, ...] = ()
    collection: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    format_version: int = FORMAT_VERSION

    @property
    def calibrated_on(self) -> str:
        """The fingerprint by which an encoder recalls the int8 network of this catalogue."""
        earlier = self.runtime.calibrated_on if self.runtime is not None else None
        return earlier or self.catalogue_fingerprint

    def write(self, folder: Path) -> None:
        """Write it into ``folder`` as ``manifest.json``, in place of an earlier one."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        # Whole or not at all: a finished catalogue gets its closeness later.
        part = folder / (MANIFEST + ".part")
        part.write_text(text + "\n", encoding="utf-8")
        put_in_place(part, folder / MANIFEST)

    @classmethod
    def read(cls, folder: Path, called: str | None = None, remedy: str = REBUILD) -> Manifest:
        """Read and check the manifest of a built catalogue.

        Args:
            folder: Where it lies.
            called: What people call the catalogue; None for the folder itself.
            remedy: What errors tell people to do.

        Raises:
            ArtifactError: If there is none, it is damaged, or of another format version.
        """
        called = called or str(folder)
        try:
            if (folder / MANIFEST).stat().st_size > MAX_MANIFEST_BYTES:
                raise ValueError(f"it has more than {MAX_MANIFEST_BYTES:,} bytes")
            text = (folder / MANIFEST).read_text(encoding="utf-8")
            fields = json.loads(text)
        except FileNotFoundError:
            raise ArtifactError(
                f"There is no built catalogue at '{called}' (no {MANIFEST}). {remedy}"
            ) from None
        except (ValueError, OSError, RecursionError) as error:
            raise ArtifactError(
                f"The manifest of '{called}' is damaged ({error}). {remedy}"
            ) from error
        version = fields.get("format_version") if isinstance(fields, dict) else None
        if version != FORMAT_VERSION:
            raise ArtifactError(
                f"The built catalogue '{called}' has format version {version}; this version of "
                f"Lookalike reads {FORMAT_VERSION}. {remedy}"
            )
        try:
            manifest = _reader().validate_json(text, strict=True, extra="forbid")
            _check_sizes(manifest)
        except ValueError as error:
            raise ArtifactError(
                f"The manifest of '{called}' is damaged ({_first(error)}). {remedy}"
            ) from error
        return manifest


@cache
def _reader() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _check_sizes(manifest: Manifest) -> None:
    """Checked before anything is allocated for the embeddings."""
    stored = sum(file.bytes for file in manifest.files)
    claimed = manifest.count * manifest.encoder.dimension * FLOAT32_BYTES
    if not 0 < claimed <= stored:
        raise ValueError(f"its files have {stored} bytes, its embeddings alone {claimed}")


def _first(error: ValueError) -> str:
    """The first of what is wrong, in one line."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    reason = first["msg"].removeprefix("Value error, ")
    return f"{place}: {reason}" if place else reason
