"""Versions: the last states of a built catalogue, kept beside it and taken back.

A catalogue begins to have versions when it is first changed. From then on they lie in a folder
beside it, ``NAME.versions/NNNNN``, each a built catalogue of its own. Their files are hard links
where the file system has such, so that what did not change costs nothing. The one that is current
lies there too: whoever serves a catalogue opens that, which stays as it is while the catalogue's
own folder is replaced.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.artifacts.built import BuiltCatalogue, open_built
from pipeline.artifacts.manifest import MANIFEST, Manifest
from pipeline.artifacts.versions.version import Version, iso_time
from pipeline.errors import ArtifactError
from pipeline.folders import (
    PART,
    heal_folder,
    link_file,
    link_folder,
    lock_of,
    put_in_place,
    replace_folder,
)

VERSIONS = ".versions"
KEPT = 5
"""Versions, the current one included."""
NEXT = "next"
"""The folder within a catalogue's part in which its next version is put together."""
_NUMBER = re.compile(r"\d{5,9}")


def versions_of(folder: Path) -> list[Version]:
    """The versions of a built catalogue that are kept, in order, the current one among them.

    Raises:
        ArtifactError: If there is no built catalogue.
    """
    folder = folder.expanduser()
    heal_folder(folder)
    Manifest.read(folder)
    known = {number: Version.read(place) for number, place in _kept(folder).items()}
    current = Version.read(folder)
    known[current.number] = current
    return [known[number] for number in sorted(known)]


def is_current(built: BuiltCatalogue, folder: Path) -> bool:
    """Whether what was opened is still what lies in a folder.

    Raises:
        ArtifactError: If no built catalogue lies there.
    """
    heal_folder(folder)
    return _content(Manifest.read(folder), folder) == _content(built.manifest, built.folder)


def stamp_version(folder: Path) -> str:
    """What changes when something else comes to lie in the folder of a built catalogue.

    Raises:
        ArtifactError: If no built catalogue lies there.
    """
    heal_folder(folder)
    return repr(_content(Manifest.read(folder), folder))


def has_versions(folder: Path) -> bool:
    """Whether a catalogue has begun to have versions."""
    return _place(folder).is_dir()


def kept_folders(folder: Path) -> list[Path]:
    """Where the kept versions of a catalogue lie, the latest first."""
    kept = _kept(folder)
    return [kept[number] for number in sorted(kept, reverse=True)]


def settled(folder: Path) -> Path:
    """Where the current version lies so that no later one takes its place, if it is kept."""
    place = _place(folder) / f"{Version.read(folder).number:05d}"
    is_kept = (place / MANIFEST).is_file() and _is_same(place, folder)
    return place if is_kept and not _newer(place, folder) else folder


def keep_version(folder: Path) -> Path:
    """Keep the current version of a catalogue, if it is not yet; hold `lock_of` the folder.

    Returns:
        Where it lies among the kept.
    """
    current = Version.read(folder)
    kept = _kept(folder)
    if (place := kept.get(current.number)) is not None:
        if _is_same(place, folder):
            for file in _newer(place, folder):
                link_file(file, place / (file.name + PART))
                put_in_place(place / (file.name + PART), place / file.name)
            return place
        # Something came into the folder that was made elsewhere.
        current = replace(current, number=1 + max(kept), previous=None)
    current.write(folder)
    place = _place(folder) / f"{current.number:05d}"
    place.parent.mkdir(exist_ok=True)
    aside = place.with_name(place.name + PART)
    shutil.rmtree(aside, ignore_errors=True)
    link_folder(folder, aside)
    replace_folder(aside, place)
    return place


def publish_version(part: Path, folder: Path, change: str, source: str | None = None) -> Version:
    """Put a finished built catalogue in the place of another as its next version.

    A kill at any moment leaves the one or the other. Hold `lock_of` the folder.

    Args:
        part: The finished catalogue.
        folder: The place; what lies there is kept.
        change: What made it, for people.
        source: Where its items were read, from the root.
    """
    previous = None
    if (folder / MANIFEST).is_file():
        keep_version(folder)
        previous = Version.read(folder).number
    number = 1 + max([previous or 0, *_kept(folder)])
    made = iso_time(datetime.now(UTC).timestamp())
    version = Version(number, made, change, source, previous, Manifest.read(part).count)
    version.write(part)
    replace_folder(part, folder)
    keep_version(folder)
    _forget_old(folder)
    return version


def roll_back(folder: Path, number: int | None = None) -> Version:
    """Make an earlier version of a catalogue the current one again; none is lost by it.

    Args:
        folder: The built catalogue.
        number: Which; None for the one that the current one was made from.

    Raises:
        ArtifactError: If there is no such version, or it is damaged.
    """
    folder = folder.expanduser().resolve()
    heal_folder(folder)
    Manifest.read(folder)
    try:
        with lock_of(folder):
            return _roll_back(folder, number)
    except OSError as error:
        raise ArtifactError(
            f"The built catalogue '{folder}' cannot be written ({error.strerror or error}). It is "
            "as it was. Free some space or allow it to be written, and run this again."
        ) from error


def _content(manifest: Manifest, folder: Path) -> tuple[object, ...]:
    """What tells a built catalogue from all others; its manifest may have been read earlier."""
    return manifest.files, manifest.learnt, Version.read(folder)


def _roll_back(folder: Path, number: int | None) -> Version:
    keep_version(folder)
    kept, current = _kept(folder), Version.read(folder)
    number = _before(current, kept) if number is None else number
    if number not in kept:
        numbers = ", ".join(map(str, sorted(kept)))
        is_named = number is not None
        wanted = f"version {number}" if is_named else "version before the current one"
        raise ArtifactError(
            f"No {wanted} of '{folder}' is kept. There are: {numbers}. Name one of them."
        )
    if number != current.number:
        open_built(kept[number])
        aside = next_folder(folder)
        link_folder(kept[number], aside)
        replace_folder(aside, folder)
        with contextlib.suppress(OSError):
            aside.parent.rmdir()  # unless a build is to go on from it
    return Version.read(folder)


def next_folder(folder: Path) -> Path:
    """A place, not yet made, to put the next version of a catalogue together in."""
    aside = folder.with_name(folder.name + PART) / NEXT
    aside.parent.mkdir(exist_ok=True)
    # Never written over: files in it may be those of a version by another name.
    shutil.rmtree(aside, ignore_errors=True)
    return aside


def _before(current: Version, kept: dict[int, Path]) -> int | None:
    if current.previous in kept:
        return current.previous
    return max((number for number in kept if number < current.number), default=None)


def _forget_old(folder: Path) -> None:
    """Remove what is more than is kept; what somebody on Windows has open stays until later."""
    kept, current = _kept(folder), Version.read(folder)
    needed = {current.number, current.previous} & kept.keys()
    others = sorted(kept.keys() - needed)
    for number in others[: max(0, len(kept) - KEPT)]:
        # Renamed first, so that a kill leaves no version of which files are missing.
        with contextlib.suppress(OSError):
            kept[number].rename(kept[number].with_suffix(PART))
    for left in _place(folder).glob(f"*{PART}"):
        shutil.rmtree(left, ignore_errors=True)


def _kept(folder: Path) -> dict[int, Path]:
    places = _place(folder).glob("*") if has_versions(folder) else ()
    return {
        int(place.name): place
        for place in places
        if _NUMBER.fullmatch(place.name) and (place / MANIFEST).is_file()
    }


def _place(folder: Path) -> Path:
    return folder.with_name(folder.name + VERSIONS)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two folders hold one version; what its manifest tells besides may differ."""
    with contextlib.suppress(ArtifactError):
        same_files = Manifest.read(one).files == Manifest.read(other).files
        return same_files and Version.read(one) == Version.read(other)
    return False


def _newer(place: Path, folder: Path) -> list[Path]:
    """What was written into a catalogue since it was kept, as what was learnt; manifest last."""
    newer = []
    for file in folder.iterdir():
        kept, stat = place / file.name, file.stat()
        known = kept.stat() if kept.is_file() else None
        if known is None or (stat.st_size, stat.st_mtime_ns) != (known.st_size, known.st_mtime_ns):
            newer.append(file)
    return sorted((f for f in newer if f.is_file()), key=lambda file: file.name == MANIFEST)
