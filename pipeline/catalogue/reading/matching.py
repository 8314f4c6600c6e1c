"""Matching: which file a table means, as it is spelt there and as it lies here.

Tables are written on other machines: with backslashes, in another case or Unicode normal form, with
the folders of that machine or as an address. Only files of the folder are ever matched so.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.catalogue.places import check_places
from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.catalogue.reading.tables import without_unseen
from pipeline.catalogue.reading.walking import WalkedFile, own_folders

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:[\\/]|\\\\", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;|\r\n]+")
_LONGEST_NAME, _LONGEST_PATH = 255, 4096
"""In bytes: no system that this runs on has longer ones (`NAME_MAX` and `PATH_MAX` of Linux)."""


class PictureNames:
    """The pictures of a folder, found by what tables call them.

    Args:
        source: What to call the catalogue in errors.
        root: Its folder.
        pictures: Its pictures.
        allow_outside: Whether tables may name pictures outside of the folder.
    """

    def __init__(
        self, source: str, root: Path, pictures: Sequence[WalkedFile], allow_outside: bool
    ) -> None:
        self._source, self._root, self._pictures = source, root, pictures
        self._allow_outside = allow_outside
        self._known = {os.path.normpath(picture.path): picture.path for picture in pictures}

    def exactly(self, named: str, folder: Path) -> Path | None:
        """The file of this very name, if there is one; slashes may lean either way.

        Args:
            named: What the table says.
            folder: Where the table lies, which names are relative to.

        Raises:
            CatalogueError: If it lies outside of the catalogue's folder.
        """
        for spelling in dict.fromkeys((named, named.replace("\\", "/"))):
            path = os.path.normpath(os.path.join(folder, spelling))  # noqa: PTH118
            if path in self._known:
                return self._known[path]
            # Normalised, `link/..` would be another folder.
            plain = folder / spelling
            if _exists(plain):
                if not self._allow_outside:
                    check_places(self._source, [str(plain)], own_folders(self._root))
                return self._by_real.get(os.path.realpath(plain)) or self._same(plain) or plain
        return None

    def _same(self, path: Path) -> Path | None:
        """The picture of another spelling that a disk which tells none apart means by a path."""
        relative = os.path.relpath(path, self._root).replace(os.sep, "/")
        alike = self._folded.get(_fold(relative), [])
        with contextlib.suppress(OSError):  # a link to nothing is the same as none
            return next((one for one in alike if one.samefile(path)), None)
        return None

    def nearly(
        self, named: str, folder: Path, taken: set[Path], ends: Mapping[str, int]
    ) -> Path | None:
        """The one file that the name can only mean, though it is spelt otherwise.

        Args:
            named: What the table says.
            folder: Where the table lies.
            taken: Files that are named exactly, which no other name means.
            ends: In how many names of the table each end of a path comes; see `ends_of`.
        """
        for spelling in _paths_in(named):
            if (found := self._means(_fold(spelling), folder, taken, ends)) is not None:
                return found
        return None

    def _means(
        self, text: str, folder: Path, taken: set[Path], ends: Mapping[str, int]
    ) -> Path | None:
        for start in (folder, self._root):
            relative = posixpath.normpath(posixpath.join(_fold(self._name(start)), text))
            if (found := _only(self._folded.get(relative, []))) is not None:
                return found
        parts = _parts(text)
        if not parts or ".." in parts:
            return None
        for index in (self._endings, self._stems):
            for length in range(len(parts), 0, -1):
                end = "/".join(parts[-length:])
                here = index.get(end, [])
                if len(here) > 1 and length < len(parts):
                    # But for one with no folder, each is in another than is named: `hat/1.jpg`.
                    here = self._folded.get(end, [])
                found = _only([path for path in here if path not in taken])
                if found is None:
                    continue
                is_of_other = length < min(len(parts), self._depth(found)) and ends[end] > 1
                return None if is_of_other else found
        return None

    def _depth(self, path: Path) -> int:
        return len(path.relative_to(self._root).parts)

    def missing(self, named: str, folder: Path) -> Path | None:
        """Where a picture would lie that is not there; None where that is on another machine.

        Raises:
            CatalogueError: If it would lie outside of the catalogue's folder.
        """
        is_elsewhere = _ADDRESS.match(named) or _DRIVE.match(named) or named.startswith("/")
        if is_elsewhere or not is_possible(named):
            return None
        path = folder / named.replace("\\", "/")
        if not self._allow_outside:
            check_places(self._source, [str(path)], own_folders(self._root))
        return path

    def but_for_zeros(self, named: str) -> list[Path]:
        """The pictures called by this number, but for zeros before it."""
        return self._numbered.get(number_in(named), [])

    def below(self, folder: Path) -> int:
        """How many of the pictures lie in a folder, or in one of its own."""
        return sum(folder in picture.path.parents for picture in self._pictures)

    def has(self, path: Path) -> bool:
        """Whether it is one of the pictures."""
        return os.path.normpath(path) in self._known

    def _name(self, folder: Path) -> str:
        return folder.relative_to(self._root).as_posix()

    @cached_property
    def _by_real(self) -> dict[str, Path]:
        return {os.path.realpath(path): path for path in self._known.values()}

    @cached_property
    def _folded(self) -> dict[str, list[Path]]:
        return _index((_fold(self._relative(p)), p.path) for p in self._pictures)

    @cached_property
    def _endings(self) -> dict[str, list[Path]]:
        """The pictures by each end of their path: ``a/b.png`` and ``b.png``."""
        pairs = ((_fold(self._relative(p)).split("/"), p.path) for p in self._pictures)
        return _index(
            ("/".join(parts[-length:]), path)
            for parts, path in pairs
            for length in range(1, len(parts) + 1)
        )

    @cached_property
    def _stems(self) -> dict[str, list[Path]]:
        """The same without the ending of the file's name."""
        pairs = ((posixpath.splitext(end), paths) for end, paths in self._endings.items())
        return _index(
            (stem, path)
            for (stem, ending), paths in pairs
            if ending in PICTURE_ENDINGS
            for path in paths
        )

    @cached_property
    def _numbered(self) -> dict[str, list[Path]]:
        pairs = ((number_in(p.path.stem), p.path) for p in self._pictures)
        return _index((number, path) for number, path in pairs if number)

    def _relative(self, picture: WalkedFile) -> str:
        return picture.path.relative_to(self._root).as_posix()


def names_in(cell: str) -> list[str]:
    """The names of pictures that a cell holds, between commas, semicolons, bars or lines.

    None where any of them has no ending of a picture: a name may have a comma in it.
    """
    listed = cell[1:-1] if cell.startswith("[") and cell.endswith("]") else cell
    names = [name for part in _BETWEEN.split(listed) if (name := part.strip().strip("\"'").strip())]
    bare = (re.split(r"[?#]", name, maxsplit=1)[0] for name in names)
    are_pictures = (posixpath.splitext(name)[1].lower() in PICTURE_ENDINGS for name in bare)
    return names if all(are_pictures) else []


def number_in(named: str) -> str:
    """A name that is a number without the zeros before it, which spreadsheets take off.

    Empty where it is no number.
    """
    folded = _fold(named)
    return (folded.lstrip("0") or "0") if folded.isdecimal() else ""


def is_address(named: str) -> bool:
    """Whether a table names a picture by its address on the web."""
    return named.lower().startswith(("http://", "https://", "//"))


def is_possible(named: str) -> bool:
    """Whether any file can be called so: a text that encodes, without zeros, of bearable length."""
    try:
        encoded = os.fsencode(named)
    except UnicodeEncodeError:
        return False
    longest = max(map(len, re.split(rb"[/\\]", encoded)))
    return b"\0" not in encoded and longest <= _LONGEST_NAME and len(encoded) < _LONGEST_PATH


def ends_of(names: Iterable[str]) -> Counter[str]:
    """In how many names each end of a path comes: ``b.png`` in both of ``x/b.png``, ``y/b.png``."""
    folded = ([_parts(_fold(path)) for path in _paths_in(name)] for name in names)
    return Counter(
        end
        for paths in folded
        for end in {"/".join(p[-length:]) for p in paths for length in range(1, len(p) + 1)}
    )


def parts_of(address: str) -> tuple[str, str]:
    """The path and the query of an address; both empty where it is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:  # of brackets in the host, or letters that look like slashes
        return "", ""
    return parts.path, parts.query


def _paths_in(named: str) -> Iterator[str]:
    """The paths that an address or a name of another machine may mean, ``/`` between the parts.

    What follows a ``?`` asks a server for a size or a version. Programs that download keep it in
    the name of the file, with an ``@`` for it where the system takes no ``?`` (wget on Windows).
    """
    if _ADDRESS.match(named) or named.startswith("//"):
        address, query = parts_of(named)
        path = unquote(address).lstrip("/")
        yield path
        if query:
            yield from (f"{path}{mark}{query}" for mark in "?@")
        return
    path = named.replace("\\", "/")
    path = re.sub(r"^[A-Za-z]:", "", path) if _DRIVE.match(named) else path
    path = (unquote(path) if "%" in path else path).lstrip("/")
    yield path
    bare = re.split(r"[?#]", path, maxsplit=1)[0]
    if bare != path and posixpath.splitext(bare)[1].lower() in PICTURE_ENDINGS:
        yield bare


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _fold(name: str) -> str:
    """A name without what systems spell differently: normal form, case, what is not seen."""
    return "/".join(
        part.strip()
        for part in unicodedata.normalize("NFC", without_unseen(name)).casefold().split("/")
    )


def _index(pairs: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    index: defaultdict[str, list[Path]] = defaultdict(list)
    for key, path in pairs:
        index[key].append(path)
    return index


def _only(paths: Sequence[Path]) -> Path | None:
    return paths[0] if len(paths) == 1 else None


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path) and not path.is_dir()
    except (OSError, ValueError):
        return False  # no name that a file can have
