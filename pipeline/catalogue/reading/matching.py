"""Matching: which file a table means, as it is spelt there and as it lies here.

Tables are written on other machines: with backslashes, in another case or Unicode normal form, with
the folders of that machine or as an address. Only files of the folder are ever matched so.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from pipeline.catalogue.places import check_places
from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.catalogue.reading.spelling import (
    counted,
    fold,
    is_possible,
    number_in,
    one_format,
)
from pipeline.catalogue.reading.walking import WalkedFile, is_file_here, is_folder, own_folders

_Key = TypeVar("_Key", str, Path)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:[\\/]|\\\\", re.IGNORECASE)


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
            if is_file_here(plain):
                if not self._allow_outside:
                    check_places(self._source, [str(plain)], own_folders(self._root))
                return self._by_real.get(os.path.realpath(plain)) or self._same(plain) or plain
        return None

    def _same(self, path: Path) -> Path | None:
        """The picture of another spelling that a disk which tells none apart means by a path."""
        relative = os.path.relpath(path, self._root).replace(os.sep, "/")
        alike = self._folded.get(fold(relative), [])
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
            if (found := self._means(fold(spelling), folder, taken, ends)) is not None:
                return found
        return None

    def _means(
        self, text: str, folder: Path, taken: set[Path], ends: Mapping[str, int]
    ) -> Path | None:
        for start in (folder, self._root):
            relative = posixpath.normpath(posixpath.join(fold(self.name_of(start)), text))
            here = [path for path in self._folded.get(relative, []) if path not in taken]
            if (found := _only(here)) is not None:
                return found
        parts = _parts(text)
        if not parts or ".." in parts:
            return None
        for index in (self._endings, self._stems):
            for length in range(len(parts), 0, -1):
                end = "/".join(parts[-length:])
                here = index.get(end, [])
                if len(one_format(here)) > 1 and length < len(parts):
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

        None too where a folder lies there.

        Raises:
            CatalogueError: If it would lie outside of the catalogue's folder.
        """
        is_elsewhere = _ADDRESS.match(named) or _DRIVE.match(named) or named.startswith("/")
        if is_elsewhere or not is_possible(named):
            return None
        path = folder / named.replace("\\", "/")
        if not self._allow_outside:
            check_places(self._source, [str(path)], own_folders(self._root))
        return None if is_folder(folder, named) else path

    def but_for_zeros(self, named: str) -> list[Path]:
        """The pictures called by this number, but for zeros before it, in one format each."""
        return one_format(self._numbered.get(number_in(named), []))

    def counted(self, named: str) -> list[Path]:
        """The pictures called by this and a number, as ``SKU_1`` and ``SKU-2``, in their order.

        None where they lie in several folders: they are of several things.
        """
        found = self._counted.get(fold(named), [])
        return found if len({path.parent for path in found}) == 1 else []

    def are_called(self, named: str) -> list[Path]:
        """All the pictures that this may name by what they are called, in one format each."""
        end = fold(named)
        exact = [*self._stems.get(end, []), *self._counted.get(end, [])]
        return one_format(dict.fromkeys([*exact, *self.but_for_zeros(named)]))

    def below(self, folder: Path) -> int:
        """How many of the pictures lie in a folder, or in one of its own, in one format each."""
        return len(one_format(p.path for p in self._pictures if folder in p.path.parents))

    def folders_called(self, named: str) -> list[Path]:
        """The folders of pictures called so; where none is, those called so but for zeros."""
        end = fold(named.replace("\\", "/").strip("/"))
        return self._folders.get(end) or self._numbered_folders.get(number_in(named), [])

    def inside(self, folder: Path) -> Sequence[Path]:
        """The pictures in a folder, and in its own folders."""
        return self._inside.get(folder, [])

    def has(self, path: Path) -> bool:
        """Whether it is one of the pictures."""
        return os.path.normpath(path) in self._known

    def name_of(self, path: Path) -> str:
        """The path of a picture, or of a folder, from the catalogue's folder on."""
        return path.relative_to(self._root).as_posix()

    @cached_property
    def _by_real(self) -> dict[str, Path]:
        return {os.path.realpath(path): path for path in self._known.values()}

    @cached_property
    def _folded(self) -> dict[str, list[Path]]:
        return _index((fold(self.name_of(p.path)), p.path) for p in self._pictures)

    @cached_property
    def _endings(self) -> dict[str, list[Path]]:
        """The pictures by each end of their path: ``a/b.png`` and ``b.png``."""
        pairs = ((fold(self.name_of(p.path)).split("/"), p.path) for p in self._pictures)
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
    def _inside(self) -> dict[Path, list[Path]]:
        pairs = ((folder, p.path) for p in self._pictures for folder in p.path.parents)
        return _index((folder, path) for folder, path in pairs if self._root in folder.parents)

    @cached_property
    def _folders(self) -> dict[str, list[Path]]:
        """The folders of pictures by each end of their path: ``a/b`` and ``b``."""
        pairs = ((fold(self.name_of(folder)).split("/"), folder) for folder in self._inside)
        return _index(("/".join(e[-n:]), f) for e, f in pairs for n in range(1, len(e) + 1))

    @cached_property
    def _numbered_folders(self) -> dict[str, list[Path]]:
        pairs = ((number_in(folder.name), folder) for folder in self._inside)
        return _index((number, folder) for number, folder in pairs if number)

    @cached_property
    def _numbered(self) -> dict[str, list[Path]]:
        pairs = ((number_in(p.path.stem), p.path) for p in self._pictures)
        return _index((number, path) for number, path in pairs if number)

    @cached_property
    def _counted(self) -> dict[str, list[Path]]:
        """The pictures that are each one of several of a name, by it, in the order of numbers."""
        paths = one_format(self._known.values())
        several = [(said, path) for path in paths if (said := counted(path.stem)) is not None]
        in_order = sorted(several, key=lambda one: (one[0][1], one[1]))
        return _index((name, path) for (name, _), path in in_order)


def ends_of(names: Iterable[str]) -> Counter[str]:
    """In how many names each end of a path comes: ``b.png`` in both of ``x/b.png``, ``y/b.png``."""
    folded = ([_parts(fold(path)) for path in _paths_in(name)] for name in names)
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


def _index(pairs: Iterable[tuple[_Key, Path]]) -> dict[_Key, list[Path]]:
    index: defaultdict[_Key, list[Path]] = defaultdict(list)
    for key, path in pairs:
        index[key].append(path)
    return index


def _only(paths: Sequence[Path]) -> Path | None:
    """The one picture that these are, if they are one; it may be here in several formats."""
    pictures = one_format(paths) if len(paths) > 1 else paths
    return pictures[0] if len(pictures) == 1 else None
