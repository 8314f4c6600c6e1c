"""The manifest of a built catalogue: what it holds, what made it, and how to check it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.artifacts.manifest.records import (
    ClosenessRecord,
    FileRecord,
    LearntRecord,
    PlaneRecord,
    RuntimeRecord,
    SearchRecord,
    SkippedItem,
    ViewRecord,
    WordsRecord,
)
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
FLOAT32_BYTES = 4


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
        files: The files of the items, their embeddings, colours and pictures' checksums, shards in
            order; `all_files` has the rest too.
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

    @property
    def all_files(self) -> tuple[FileRecord, ...]:
        """Every file that it describes, each once."""
        records = [*self.files, *(record.file for record in self.search)]
        if self.words is not None:
            records += [self.words.terms, self.words.rows]
        if self.plane is not None:
            records.append(self.plane.file)
        if self.learnt is not None:
            records.append(self.learnt.file)
        return tuple({record.name: record for record in records}.values())

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
