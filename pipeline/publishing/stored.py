"""Stored: a built catalogue in object storage, written so that nobody reads half of one.

A bucket renames nothing. So all files go below a folder of their own, called by the SHA-256 of the
manifest, and the last object that is written, ``built.json``, says which folder is the one. Whoever
reads takes that, and then only what its manifest lists, at its sizes and checksums.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.artifacts import (
    MANIFEST,
    MAX_MANIFEST_BYTES,
    BuiltCatalogue,
    FileRecord,
    Manifest,
    check_file,
    open_built,
)
from pipeline.artifacts.checking import check_names
from pipeline.errors import ArtifactError, StoreError
from pipeline.folders import PART, lock_of, replace_folder
from pipeline.store import Store, open_store

log = logging.getLogger(__name__)

POINTER = "built.json"
FORMAT = 1
MAX_POINTER_BYTES = 1_000
CATALOGUES = "catalogues"
_SHA256 = re.compile(r"[0-9a-f]{64}")
WRITE_AGAIN = "Write it again: python -m pipeline build CATALOGUE --out ADDRESS"

Progress = Callable[[int, int], None]


def put_built(built: BuiltCatalogue, address: str) -> None:
    """Write a built catalogue to a store; what lies there stays until the new one is whole.

    A run that was interrupted is gone on from: what is there at its size is not sent again.

    Args:
        built: The catalogue.
        address: Where to, such as ``s3://bucket/shop``.

    Raises:
        StoreError: If it cannot be written; what was there is as it was.
    """
    store = open_store(address)
    digest = FileRecord.of(built.folder / MANIFEST).sha256
    folder = digest[:32]
    there = store.sizes(folder)
    records = built.manifest.all_files
    for record in records:
        if there.get(record.name) != record.bytes:
            store.write(f"{folder}/{record.name}", built.folder / record.name)
    store.write(f"{folder}/{MANIFEST}", built.folder / MANIFEST)
    pointer = {"format": FORMAT, "manifest_sha256": digest}
    store.write(POINTER, json.dumps(pointer).encode())
    log.info("%d files are at %s/%s.", len(records) + 1, store.address, folder)


def get_built(address: str, home: Path, on_progress: Progress | None = None) -> BuiltCatalogue:
    """Copy a built catalogue from a store to this machine and open it; one that is here is opened.

    Args:
        address: Where it lies.
        home: Where copies are kept, by the checksum of their manifest.
        on_progress: Told the bytes copied and the bytes in all.

    Raises:
        StoreError: If the store does not answer, or has no built catalogue there.
        ArtifactError: If it is damaged.
    """
    store = open_store(address)
    digest = _point(store)
    target = home / CATALOGUES / f"stored-{digest[:32]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with lock_of(target):
        if (target / MANIFEST).is_file():
            try:
                return open_built(target)
            except ArtifactError as error:
                log.warning("%s (copying it again)", error)
        part = target.with_name(target.name + PART)
        try:
            _copy(store, digest, part, on_progress)
            open_built(part)
            replace_folder(part, target)
        except OSError as error:
            raise ArtifactError(
                f"'{store.address}' cannot be copied to '{home}' ({error.strerror or error}). Free "
                "some space, or name another home with --home."
            ) from error
        except ValueError as error:
            raise ArtifactError(f"'{store.address}' is damaged: {error}. {WRITE_AGAIN}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return open_built(target)


def version_of(address: str) -> str:
    """What tells the built catalogue that lies at an address now from another.

    Raises:
        StoreError: If the store does not answer, or has none there.
    """
    return _point(open_store(address))


def _point(store: Store) -> str:
    """The SHA-256 of the manifest that an address stands for now."""
    data = store.read(POINTER, MAX_POINTER_BYTES)
    if data is None:
        store.check()
        raise StoreError(
            f"There is no built catalogue at '{store.address}' (no {POINTER}). {WRITE_AGAIN}"
        )
    try:
        fields = json.loads(data)
        if fields["format"] == FORMAT and _SHA256.fullmatch(fields["manifest_sha256"]):
            return str(fields["manifest_sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise StoreError(f"'{store.address}/{POINTER}' is damaged. {WRITE_AGAIN}")


def _copy(store: Store, digest: str, part: Path, on_progress: Progress | None) -> None:
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    folder = digest[:32]
    data = store.read(f"{folder}/{MANIFEST}", MAX_MANIFEST_BYTES + 1)
    if data is None:
        raise StoreError(f"'{store.address}/{folder}' is not there any longer. {WRITE_AGAIN}")
    (part / MANIFEST).write_bytes(data)
    if FileRecord.of(part / MANIFEST).sha256 != digest:
        raise ValueError(f"its {MANIFEST} has another checksum")
    manifest = Manifest.read(part, store.address, WRITE_AGAIN)
    check_names(manifest)
    records = manifest.all_files
    done, total = 0, sum(record.bytes for record in records)
    for record in records:
        store.fetch(f"{folder}/{record.name}", part / record.name, record.bytes)
        check_file(part, record)
        done += record.bytes
        if on_progress:
            on_progress(done, total)
