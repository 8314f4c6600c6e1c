"""Opening a store: every call of it ends in bounded time, by an answer or by one sentence."""

from __future__ import annotations

import contextlib
import os
import posixpath
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

from pipeline.errors import StoreError
from pipeline.hub import bound_waits
from pipeline.store.address import place_of, scheme_of, shown

CONNECT_SECONDS, READ_SECONDS = 5, 20
TRIES = 2
CHUNK = 4 * 2**20
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""The variables that name a store of this kind which is not Amazon's."""


@dataclass(frozen=True)
class StoredFile:
    """One object.

    Attributes:
        name: Its path below the address, with ``/`` between the parts.
        bytes: Its size.
        stamp: What changes when it is written again.
    """

    name: str
    bytes: int
    stamp: str


class Store:
    """What lies at one address.

    Args:
        address: The address, as it may be shown.
        files: The file system of `pyarrow`.
        root: The bucket and the path in it.
    """

    def __init__(self, address: str, files: fs.FileSystem, root: str) -> None:
        self.address = address
        self._files, self._root = files, root

    def listed(self) -> list[StoredFile]:
        """Every object below the address, in the order of their names.

        Raises:
            StoreError: If there is none, or the store does not answer.
        """
        with self.explained():
            try:
                (itself,) = self._files.get_file_info([self._root])
                chosen = fs.FileSelector(self._root, recursive=True)
                found = [itself] if itself.is_file else self._files.get_file_info(chosen)
            except FileNotFoundError:
                found = []
        files = [self._file(one) for one in found if one.is_file]
        if not files:
            raise StoreError(
                f"There is nothing at '{self.address}'. Check the spelling; the name of the bucket "
                "comes first."
            )
        return sorted(files, key=lambda file: file.name)

    def sizes(self, folder: str) -> dict[str, int]:
        """How large the objects of a folder are, by their names; none where there is none.

        Raises:
            StoreError: If the store does not answer.
        """
        place = self._path(folder)
        with self.explained():
            found = self._files.get_file_info(fs.FileSelector(place, allow_not_found=True))
        return {posixpath.basename(one.path): one.size for one in found if one.is_file}

    def read(self, name: str, most: int) -> bytes | None:
        """The first ``most`` bytes of an object; None where there is none.

        Raises:
            StoreError: If the store does not answer.
        """
        with self.explained(), contextlib.suppress(FileNotFoundError):
            with self._files.open_input_file(self._path(name)) as stream:
                data: bytes = stream.read(most)
            return data
        return None

    def open(self, name: str) -> pa.NativeFile:
        """An object that can be sought in; only what is read of it is fetched.

        Raises:
            StoreError: If it is not there, or the store does not answer.
        """
        with self.explained():
            try:
                return self._files.open_input_file(self._path(name))
            except FileNotFoundError as error:
                raise StoreError(f"There is no '{self.address}/{name}' any longer.") from error

    def fetch(self, name: str, path: Path, size: int) -> None:
        """Copy an object of a known size to a file here.

        Raises:
            StoreError: If it is of another size, not there, or the store does not answer.
            OSError: If the file cannot be written.
        """
        with self.open(name) as stream, path.open("wb") as out:
            if stream.size() != size:
                raise StoreError(
                    f"'{self.address}/{name}' has {stream.size():,} bytes, not the {size:,} that "
                    "are listed. Write it again."
                )
            for start in range(0, size, CHUNK):
                with self.explained():
                    data = stream.read(min(CHUNK, size - start))
                out.write(data)

    def write(self, name: str, source: Path | bytes) -> None:
        """Write an object, whole or not at all.

        Raises:
            StoreError: If it cannot be written.
        """
        with self.explained(), self._files.open_output_stream(self._path(name)) as out:
            if isinstance(source, bytes):
                out.write(source)
            else:
                with source.open("rb") as stream:
                    shutil.copyfileobj(stream, out, CHUNK)

    def check(self) -> None:
        """Whether there is such a bucket, or repository of the hub, and it may be looked at.

        Raises:
            StoreError: If not.
        """
        parts = self._root.split("/")
        bucket = "/".join(parts[: 3 if self.address.startswith("hf:") else 1])
        with self.explained():
            (found,) = self._files.get_file_info([bucket])
        if found.type is fs.FileType.NotFound:
            raise StoreError(_no_bucket(self.address, bucket))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _file(self, info: fs.FileInfo) -> StoredFile:
        # An address may be that of one object.
        name = info.path.removeprefix(self._root).lstrip("/") or info.base_name
        return StoredFile(name, info.size, str(info.mtime_ns))

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn whatever its library raises into one sentence; faults in what was read stay."""
        try:
            yield
        except (StoreError, FileNotFoundError, ValueError):
            raise
        except Exception as error:
            # The hub's library has classes of its own beside those of the system.
            raise StoreError(_reason(self.address, error)) from error


def open_store(address: str) -> Store:
    """Open an address: ``s3://bucket/path``, ``gs://bucket/path``, ``hf://datasets/owner/name``.

    Keys and endpoints are those that its library finds: variables such as ``AWS_ACCESS_KEY_ID`` and
    ``AWS_ENDPOINT_URL``, a profile, the machine's own role.

    Raises:
        StoreError: If the address names no bucket, holds a secret, or cannot be opened.
    """
    scheme, place, known = scheme_of(address), place_of(address), shown(address)
    if scheme != "hf" and known.partition("://")[2] != place:
        raise StoreError(
            f"The address '{known}' was given with a secret in it, which would be kept and shown. "
            "Give keys by variables such as AWS_ACCESS_KEY_ID, and the address without."
        )
    if not place:
        raise StoreError(f"'{address}' names no bucket. Give an address such as {scheme}://bucket.")
    try:
        return Store(known, _file_system(scheme, place.partition("/")[0]), place)
    except Exception as error:
        # A region that cannot be told, a profile that is damaged.
        raise StoreError(_reason(known, error)) from error


def _file_system(scheme: str, bucket: str) -> fs.FileSystem:
    if scheme == "hf":
        from huggingface_hub import HfFileSystem

        bound_waits()
        return fs.PyFileSystem(fs.FSSpecHandler(HfFileSystem(skip_instance_cache=True)))
    if scheme == "gs":
        return fs.GcsFileSystem(retry_time_limit=timedelta(seconds=READ_SECONDS))
    endpoint = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None and endpoint is None:
        region = fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(
        endpoint_override=endpoint,
        region=region,
        connect_timeout=CONNECT_SECONDS,
        request_timeout=READ_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
        allow_bucket_creation=False,
    )


def _reason(address: str, error: Exception) -> str:
    """What went wrong, in one sentence that says what to do."""
    kind, text = type(error).__name__, " ".join(str(error).partition("; Details")[0].split())[:300]
    said = f"{kind} {text}".upper()
    if "NO_SUCH_BUCKET" in said or "NOSUCHBUCKET" in said or "BUCKET DOES NOT EXIST" in said:
        return _no_bucket(address, place_of(address).partition("/")[0])
    if any(word in said for word in ("ACCESS_DENIED", "FORBIDDEN", "CREDENTIAL", "ACCESS_KEY")):
        return (
            f"'{address}' may not be read or written with the credentials that are set, if any are "
            f"({text}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in as its provider "
            "says."
        )
    if isinstance(error, TimeoutError | ConnectionError) or any(
        word in said for word in ("NETWORK", "CONNECT", "TIMEOUT", "TIMED OUT", "CURL")
    ):
        return (
            f"The store of '{address}' does not answer ({text or kind}). Check the connection and "
            "its endpoint, and run this again."
        )
    return f"'{address}' cannot be used: {text or kind}"


def _no_bucket(address: str, bucket: str) -> str:
    return f"There is no bucket '{bucket}' for '{address}'. Check its spelling, or make it."
