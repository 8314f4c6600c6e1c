"""A held-out split that stays the same from run to run and never parts identical pictures."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

from pipeline.catalogue.catalogue import Catalogue
from pipeline.errors import CatalogueError


def split_catalogue(catalogue: Catalogue, held_out: float = 0.125) -> tuple[list[int], list[int]]:
    """Split a catalogue into rows to learn from and rows held out, by id.

    Items whose pictures are byte for byte the same go to the side of the smallest of their
    ids, so that no picture is on both sides.

    Args:
        catalogue: The catalogue to split.
        held_out: The share of items to hold out, between 0 and 1.

    Returns:
        The rows to learn from and the rows held out, both ascending.

    Raises:
        CatalogueError: If a picture's file cannot be read.
    """
    keys: dict[bytes, str] = {}
    digests = picture_digests(catalogue)
    for digest, item_id in zip(digests, catalogue.ids, strict=True):
        keys[digest] = min(item_id, keys.get(digest, item_id))
    threshold = held_out * 2**32
    kept: list[int] = []
    held: list[int] = []
    for row, digest in enumerate(digests):
        side = held if zlib.crc32(keys[digest].encode()) < threshold else kept
        side.append(row)
    return kept, held


def picture_digests(catalogue: Catalogue) -> list[bytes]:
    """The SHA-256 of every item's undecoded picture: equal where they are byte for byte the same.

    Raises:
        CatalogueError: If a picture's file cannot be read.
    """
    try:
        return [picture_digest(catalogue.picture_source(row)) for row in range(len(catalogue))]
    except OSError as error:
        raise CatalogueError(
            f"A picture of '{catalogue.source}' cannot be read ({error}); every one is needed "
            "here. Mend or remove it."
        ) from error


def picture_digest(source: bytes | Path) -> bytes:
    """The SHA-256 of an undecoded picture.

    Raises:
        OSError: If its file cannot be read.
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).digest()
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
