"""Trimming: a folder of the page keeps within limits, and the oldest files go first."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

EVERY = "**/*"


def trim(folder: Path, size: int, count: int) -> None:
    """Remove the oldest files of a folder until it keeps within limits.

    Args:
        folder: The folder.
        size: The bytes that it may keep.
        count: How many files it may keep.
    """
    oldest = sorted(_files(folder), key=lambda file: file[1])
    total = sum(file[2] for file in oldest)
    for number, (path, _, length) in enumerate(oldest):
        if total <= size and len(oldest) - number <= count:
            break
        remove(path)
        total -= length


def remove_old(folder: Path, seconds: float, which: str = EVERY) -> None:
    """Remove the files of a pattern that nobody has used for so long."""
    now = time.time()
    for path, modified, _ in _files(folder, which):
        if now - modified > seconds:
            remove(path)


def remove(path: Path) -> None:
    """Remove a file, and the folder of its own that Gradio made for it."""
    with contextlib.suppress(OSError):
        path.unlink()
        if path.parent.name not in ("uploads", "pictures"):
            path.parent.rmdir()


def _files(folder: Path, which: str = EVERY) -> list[tuple[Path, float, int]]:
    """The files of a folder by a pattern, with when they were used and their bytes."""
    found = []
    for path in folder.glob(which):
        with contextlib.suppress(OSError):
            stat = path.lstat()
            if not path.is_dir():
                found.append((path, stat.st_mtime, stat.st_size))
    return found
