"""Work: what runs on the other machines, and how they are held against this one."""

from __future__ import annotations

import hashlib
import platform
import socket
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import ray

from pipeline import __version__
from pipeline.building.rows import Embedded, embed_rows
from pipeline.encoder import Encoder
from pipeline.errors import WorkersError

PACKAGES = (
    "ray",
    "torch",
    "transformers",
    "openvino",
    "numpy",
    "pillow",
    "pi-heif",
    "pyvips",
    "safetensors",
)
"""Those on which a byte of an embedding or a thumbnail may depend, and what carries them."""
MISSING = "not installed"
_loaded: dict[str, Encoder] = {}
"""The encoder of the build that this process works for; loading it for every shard would take
longer than the shard."""


@cache
def versions() -> dict[str, str]:
    """What must be the same on every machine, by its name."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2]), "Lookalike": _code()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = MISSING
    return found


def embed_unit(
    held: Sequence[ray.ObjectRef],
    expected: Mapping[str, str],
    precision: str,
    start: int,
    pictures: Sequence[bytes | str],
) -> tuple[Embedded, tuple[int, ...]]:
    """Embed the pictures of a shard, on one processor.

    Args:
        held: Where the encoder is held: one reference, in a list so that Ray hands it on unread.
        expected: The `versions` of the machine that builds.
        precision: What its encoder computes in.
        start: The row of the first picture.
        pictures: The encoded picture of each row, or the path of its file.

    Returns:
        The rows, and those of them whose file cannot be opened on this machine.

    Raises:
        WorkersError: If this machine would not embed as the one that builds.
    """
    here = socket.gethostname()
    for name, wanted in expected.items():
        if (found := versions().get(name, MISSING)) != wanted:
            raise WorkersError(
                f"The worker '{here}' has {name} {found}, and this machine has {wanted}. Install "
                "the same on all machines, since embeddings could differ."
            )
    encoder = _encoder(held[0])
    if encoder.runtime.precision != precision:
        raise WorkersError(
            f"The worker '{here}' computes in {encoder.runtime.precision} where this machine does "
            f"in {precision}. Build with --precision fp32, which every machine has."
        )
    unopened = tuple(
        start + number
        for number, picture in enumerate(pictures)
        if isinstance(picture, str) and not _opens(picture)
    )

    def picture_of(row: int) -> bytes | Path:
        picture = pictures[row - start]
        return Path(picture) if isinstance(picture, str) else picture

    rows = range(start, start + len(pictures))
    parts = embed_rows(picture_of, encoder, rows, threads=1)
    return Embedded.join(parts, encoder.identity.dimension), unopened


def _encoder(held: ray.ObjectRef) -> Encoder:
    key = held.hex()
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = ray.get(held)
    return _loaded[key]


def _opens(path: str) -> bool:
    try:
        with Path(path).open("rb"):
            return True
    except OSError:
        return False


def _code() -> str:
    """The version of this project with a checksum of its code, which may be one in between."""
    root = Path(__file__).resolve().parents[2]
    whole = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        whole.update(file.relative_to(root).as_posix().encode())
        whole.update(file.read_bytes())
    return f"{__version__} ({whole.hexdigest()[:8]})"
