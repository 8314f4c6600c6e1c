"""One version of a built catalogue: its number, when it was made and by what."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from pipeline.artifacts.manifest import MANIFEST, Manifest
from pipeline.folders import PART, put_in_place

VERSION = "version.json"
MAX_BYTES = 100_000


@dataclass(frozen=True)
class Version:
    """One state of a built catalogue.

    Attributes:
        number: From 1 up, in the order in which they were made.
        made: When, in UTC, as ISO 8601 has it.
        change: What made it, for people.
        source: Where its items were read, from the root; None where nobody noted it.
        previous: The version that it was made from; None for the first.
        items: How many items it has.
    """

    number: Annotated[int, Field(ge=1, lt=10**9)]
    made: str
    change: str = "build"
    source: str | None = None
    previous: Annotated[int, Field(ge=1)] | None = None
    items: Annotated[int, Field(ge=0)] = 0

    def write(self, folder: Path) -> None:
        """Write it into a built catalogue, whole or not at all."""
        part = folder / (VERSION + PART)
        part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        put_in_place(part, folder / VERSION)

    @classmethod
    def read(cls, folder: Path) -> Version:
        """Read that of a built catalogue; one that never changed is the first."""
        with contextlib.suppress(OSError, ValueError):
            if (folder / VERSION).stat().st_size <= MAX_BYTES:
                text = (folder / VERSION).read_text(encoding="utf-8")
                return _reader().validate_json(text, strict=True, extra="forbid")
        made = iso_time((folder / MANIFEST).stat().st_mtime)
        return cls(1, made, items=Manifest.read(folder).count)


def iso_time(seconds: float) -> str:
    """Seconds since 1970 as a time in UTC, as ISO 8601 has it."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


@cache
def _reader() -> TypeAdapter[Version]:
    return TypeAdapter(Version)
