"""Folders: written aside, and put in their place whole, whatever is killed on the way."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

PART, REPLACED, LOCK = ".part", ".replaced", ".lock"
WINDOWS = os.name == "nt"
SWAP_SECONDS = 5.0
"""Longer than anybody takes between the two renames of a replacement."""


_LEFTOVER = re.compile(r"(\.[0-9a-f]{8})?\.(part|replaced)$")


def lock_of(folder: Path) -> FileLock:
    """The lock of those who write a folder: one at a time, and none while it is healed."""
    return FileLock(folder.with_name(folder.name + LOCK))


def replace_folder(part: Path, folder: Path) -> None:
    """Put a finished folder in the place of another, if there is one.

    Its files are on the disk before it gets its name, so that not even a cut of power leaves
    half of one under it. Hold `lock_of` the folder. A kill between the two renames leaves the
    earlier folder beside its place, from where `heal_folder` puts it back.

    Args:
        part: The finished folder, beside the other.
        folder: The place.
    """
    for file in [*part.rglob("*"), part]:
        _sync(file)
    old = folder.with_name(folder.name + REPLACED)
    is_replaced = folder.exists()
    if is_replaced:
        shutil.rmtree(old, ignore_errors=True)
        _patiently(folder.rename, old)
    try:
        _patiently(part.rename, folder)
    except OSError:
        if is_replaced:
            old.rename(folder)
        raise
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def put_in_place(part: Path, file: Path) -> None:
    """Give a finished file its name, in place of an earlier one if there is one, on any system."""
    _patiently(part.replace, file)


def link_folder(source: Path, target: Path) -> None:
    """Make a folder of the same files: by hard links, which cost nothing, else by copies.

    Args:
        source: Holds files only; none of them may be written to later, but for being replaced.
        target: The folder to make.
    """
    target.mkdir()
    for file in source.iterdir():
        link_file(file, target / file.name)


def link_file(source: Path, target: Path) -> None:
    """Give a file a second name, where the file system knows such, else copy it."""
    try:
        target.hardlink_to(source)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target)


def heal_folder(folder: Path) -> None:
    """Put an earlier folder back whose replacement was killed, or wait for one under way."""
    old = folder.with_name(folder.name + REPLACED)
    deadline = time.monotonic() + SWAP_SECONDS
    while not folder.exists() and old.is_dir() and time.monotonic() < deadline:
        try:
            with lock_of(folder).acquire(timeout=0.05):
                if not folder.exists() and old.is_dir():
                    old.rename(folder)
        except Timeout:
            continue  # somebody is at it
        except OSError:
            return  # a folder that may not be written is what it is


def remove_leftovers(folder: Path, keep: str | None = None) -> None:
    """Remove what kills have left beside the folders of ``folder``, unless somebody is at it.

    Args:
        folder: Holds folders that are written aside.
        keep: A file by which a part is known that the next run goes on from.
    """
    for left in [*folder.glob(f"*{PART}"), *folder.glob(f"*{REPLACED}")]:
        place = left.with_name(_LEFTOVER.sub("", left.name))
        if keep is not None and (left / keep).is_file():
            continue
        with contextlib.suppress(Timeout, OSError), lock_of(place).acquire(timeout=0):
            if left.suffix == PART or place.exists():
                shutil.rmtree(left, ignore_errors=True)


def _patiently(rename: Callable[[Path], object], place: Path) -> None:
    """Rename; on Windows wait a while for those who have the files open, as scanners of viruses."""
    deadline = time.monotonic() + SWAP_SECONDS
    while True:
        try:
            rename(place)
        except PermissionError:
            if not WINDOWS or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _sync(path: Path) -> None:
    """Have a file or a folder written to the disk itself, where the system can."""
    if path.is_dir() and WINDOWS:
        return  # Windows opens no folders
    with contextlib.suppress(OSError):  # some network disks sync no folders
        # Windows syncs what is open for writing only.
        handle = os.open(path, os.O_RDWR if WINDOWS else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
