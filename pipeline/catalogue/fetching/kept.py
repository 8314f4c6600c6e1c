"""Kept: pictures that were fetched before, by address, and what their servers said of them."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.folders import PART, put_in_place

_TOLD = {"etag": "ETag", "modified": "Last-Modified"}


@dataclass(frozen=True)
class KeptPicture:
    """One fetched picture.

    Attributes:
        path: Its file.
        sha256: Of its content, in hexadecimal.
        bytes: Its size.
        etag: By which its server knows this version; empty where it named none.
        modified: When it changed, as its server wrote it; empty likewise.
        asked: When its server was last asked, in seconds since 1970.
    """

    path: Path
    sha256: str
    bytes: int
    etag: str = ""
    modified: str = ""
    asked: float = 0.0

    @property
    def questions(self) -> dict[str, str]:
        """The headers that ask whether it has changed (RFC 9110, section 13.1)."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        # What is no ASCII cannot be sent, and may have been kept by an earlier version.
        return {name: value for name, value in asked.items() if value and value.isascii()}


class KeptPictures:
    """The pictures that a folder keeps; several processes may use it at once.

    Args:
        folder: The folder; it may be removed at any time between two runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, address: str) -> KeptPicture | None:
        """The picture of an address; None where there is none, or not all of it."""
        path = self._path(address)
        try:
            fields = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            kept = KeptPicture(path, **fields)
            return kept if path.stat().st_size == kept.bytes else None
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, address: str, content: bytes, headers: dict[str, str]) -> KeptPicture:
        """Keep a picture in place of an earlier one of the same address.

        Args:
            address: The address.
            content: The encoded picture.
            headers: What its server said, by names in small letters.
        """
        path = self._path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        said = {field: headers.get(name.lower(), "") for field, name in _TOLD.items()}
        told = {field: value for field, value in said.items() if value.isascii()}
        digest = hashlib.sha256(content).hexdigest()
        kept = KeptPicture(path, digest, len(content), asked=time.time(), **told)
        self._note(kept)
        return kept

    def still(self, kept: KeptPicture) -> KeptPicture:
        """Note that a picture has not changed until now."""
        kept = replace(kept, asked=time.time())
        self._note(kept)
        return kept

    def _note(self, kept: KeptPicture) -> None:
        fields = {name: value for name, value in asdict(kept).items() if name != "path"}
        _write(kept.path.with_suffix(".json"), json.dumps(fields).encode())

    def _path(self, address: str) -> Path:
        name = hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / name[:2] / f"{name}.picture"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}{PART}")
    try:
        part.write_bytes(content)
        put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)
