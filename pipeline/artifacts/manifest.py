"""The manifest of a built catalogue: what it holds, what made it, and how to check it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.encoder import EncoderIdentity
from pipeline.errors import ArtifactError

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
EMBEDDINGS = "embeddings.safetensors"
MAX_MANIFEST_BYTES = 64 * 2**20
"""Two hundred bytes for each of 300,000 skipped items."""
REBUILD = "Build it again: python -m pipeline build"
FLOAT32_BYTES = 4
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True)
class FileRecord:
    """One file of a built catalogue."""

    name: str
    bytes: int
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
class RuntimeRecord:
    """What ran the encoder: its name, its precision, and what int8's guard measured."""

    name: str
    precision: str
    guard: dict[str, float] | None = None


@dataclass(frozen=True)
class SearchRecord:
    """A search index that was made and judged with the build.

    Attributes:
        metric: The metric it searches by.
        engine: What searches.
        width: How many candidates it looks at for a query.
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
    """

    catalogue: str
    catalogue_revision: str | None
    catalogue_fingerprint: str
    encoder: EncoderIdentity
    count: int
    skipped: tuple[SkippedItem, ...]
    files: tuple[FileRecord, ...]
    versions: dict[str, str]
    runtime: RuntimeRecord | None = None
    search: tuple[SearchRecord, ...] = ()
    format_version: int = FORMAT_VERSION

    def write(self, folder: Path) -> None:
        """Write it into ``folder`` as ``manifest.json``, in place of an earlier one."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

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
            fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
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
            return cls._parse(fields)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                f"The manifest of '{called}' is damaged ({error!r}). {remedy}"
            ) from error

    @classmethod
    def _parse(cls, fields: dict[str, Any]) -> Manifest:
        files = tuple(_file_record(record) for record in fields.pop("files"))
        encoder = EncoderIdentity(**fields.pop("encoder"))
        whole_numbers = (fields["count"], encoder.dimension)
        if not all(type(number) is int for number in whole_numbers):
            raise TypeError(f"{whole_numbers} are no whole numbers")
        texts = (encoder.name, encoder.weights_sha256, fields["catalogue"])
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("the names of the encoder and the catalogue are no text")
        stored = sum(file.bytes for file in files)
        claimed = fields["count"] * encoder.dimension * FLOAT32_BYTES
        # Checked before anything is allocated for it.
        if not 0 < claimed <= stored:
            raise ValueError(f"its files have {stored} bytes, its embeddings alone {claimed}")
        runtime = fields.pop("runtime", None)
        search = fields.pop("search", [])
        return cls(
            encoder=encoder,
            runtime=RuntimeRecord(**runtime) if runtime else None,
            search=tuple(_search_record(record) for record in search),
            skipped=tuple(SkippedItem(**item) for item in fields.pop("skipped")),
            files=files,
            **fields,
        )


def _search_record(fields: dict[str, Any]) -> SearchRecord:
    return SearchRecord(file=_file_record(fields.pop("file")), **fields)


def _file_record(fields: dict[str, Any]) -> FileRecord:
    record = FileRecord(**fields)
    if not _PLAIN_NAME.fullmatch(record.name):
        raise ValueError(f"'{record.name}' is no plain file name")
    if type(record.bytes) is not int or record.bytes < 0:
        raise ValueError(f"'{record.name}' cannot have {record.bytes} bytes")
    return record
