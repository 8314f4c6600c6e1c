"""Walking: every file of a folder once, links followed, never in circles and never outside.

What systems leave beside pictures is told by its name. The names are those of Apple (`.DS_Store`,
`__MACOSX`, the AppleDouble `._*`), Windows (`Thumbs.db`, `desktop.ini`), Synology (`@eaDir`,
`#recycle`), QNAP (`.@__thumb`, `@Recycle`), cameras (`.THM`, the thumbnail of a film), Lightroom
(`.lrdata`), Apple Photos and Picasa.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.found import Record, Why
from pipeline.letters import whole_letters

SYSTEM_NAMES = re.compile(
    r"""\..* | thumbs\.db(:.*)? | ehthumbs(_vista)?\.db | desktop\.ini | icon[\r\uf00d]
    | __macosx | \$recycle\.bin | recycler | system\ volume\ information | lost\+found
    | @eadir | \#recycle | \#snapshot | @tmp | @recycle | @__thumb | synofile_thumb.* | synophoto_.*
    | picasa\.ini | zbthumbnail\.info | albumart(small|_\{.*\}_(large|small))\.jpg
    | network\ trash\ folder | temporary\ items | thevolumesettingsfolder
    | .*\.(thm|lrv|ctg|lrdata|lrcat-data|photoslibrary|aplibrary|cocatalog) | ~\$.* | .*\.icloud""",
    re.IGNORECASE | re.VERBOSE,
)
MOST_LISTED = 20
"""Names that a sentence lists, as those of a table's columns."""
LEFT_IN_CLOUD = re.compile(r"\.(?P<name>.+)\.icloud", re.IGNORECASE)


@dataclass(frozen=True)
class WalkedFile:
    """A file of a folder.

    Attributes:
        path: Where it lies, under the folder as links name it.
        name: Its path in the folder with ``/`` between the parts, as text that any encoding takes.
    """

    path: Path
    name: str


def walk(root: Path, record: Record, allow_outside: bool) -> list[WalkedFile]:
    """All files of a folder that a person would see, each once, in the order of their names.

    Args:
        root: The folder.
        record: Where hidden files, what systems leave, and links that are not followed are noted.
        allow_outside: Whether links may lead outside of the folder.
    """
    inside = None if allow_outside else [os.path.realpath(folder) for folder in own_folders(root)]
    walker = _Walker(root, record, inside)
    walker.enter(root)
    # Only now, so that what is reached both ways has its own name and not that of the link; those
    # to folders, where more may be reached, come last.
    while walker.links:
        links, walker.links = sorted(walker.links, key=os.path.isdir), []
        for link in links:
            walker.follow(link)
    return sorted(walker.files, key=lambda file: file.path.parts)


def names_below(root: Path) -> Iterator[str]:
    """The names of what may be files of a folder: fast, since none of them is looked at.

    All that `walk` finds are among them.
    """
    for _, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not SYSTEM_NAMES.fullmatch(name)]
        yield from files


def own_folders(root: Path) -> list[Path]:
    """The folder, and for a snapshot in the hub's cache the one that its links lead to."""
    real = Path(os.path.realpath(root))
    return [real, real.parents[1] / "blobs"] if real.parent.name == "snapshots" else [real]


def printable(name: str) -> str:
    r"""A name that any encoding takes: bytes that are no UTF-8 as ``\xe9``."""
    try:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a letter, which JSON can say and no file is called
        return whole_letters(name)


def is_folder(folder: Path, named: str) -> bool:
    """Whether a table names a folder, from the one that it lies in."""
    path = folder / named.replace("\\", "/")
    return not Path(named).is_absolute() and os.path.isdir(path)  # noqa: PTH112 - any path


def is_file_here(path: Path) -> bool:
    """Whether a file or a link lies there, whatever a table calls it."""
    try:
        return os.path.lexists(path) and not path.is_dir()
    except (OSError, ValueError):
        return False  # no name that a file can have


def shortened(text: str, most: int = 120) -> str:
    """A text of any length as a sentence can say it: no more than its first letters."""
    whole = printable(text)
    return whole if len(whole) <= most else f"{whole[:most]}..."


def listed(names: Sequence[str]) -> str:
    """Names as a sentence can list them: the first of them, and how many more there are."""
    first = ", ".join(shortened(name, 60) for name in names[:MOST_LISTED])
    more = len(names) - MOST_LISTED
    return f"{first} and {more:,} more" if more > 0 else first


class _Walker:
    def __init__(self, root: Path, record: Record, inside: list[str] | None) -> None:
        self.root, self.record, self.inside = root, record, inside
        self.files: list[WalkedFile] = []
        self.links: list[Path] = []
        self._seen: dict[str, str] = {}

    def enter(self, folder: Path) -> None:
        self._seen[os.path.realpath(folder)] = self._name(folder) or "."
        folders = [folder]
        while folders:
            folders += self._list(folders.pop())

    def follow(self, link: Path) -> None:
        """Take a link to a file or folder, unless what it leads to is there already."""
        real, name = os.path.realpath(link), self._name(link)
        try:
            leads_somewhere = link.exists()
        except OSError as error:
            reason = f"a link that cannot be followed ({error.strerror or error})"
            self.record.leave(name, Why.SKIPPED, reason)
            return
        if not leads_somewhere:
            self.record.leave(name, Why.OTHER, "a link that leads nowhere")
        elif self.inside is not None and not _is_in(real, self.inside):
            self.record.leave(
                name,
                Why.OTHER,
                "a link that leads outside of the folder: allow it with --allow-outside",
            )
        elif real in self._seen:
            self.record.leave(name, Why.OTHER, f"a link to '{self._seen[real]}', which is here")
        elif link.is_dir():
            self.enter(link)
        else:
            self._take(link, real)

    def _list(self, folder: Path) -> Iterator[Path]:
        """Note the files of one folder, and give its folders."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            reason = f"a folder that cannot be read ({error.strerror or error})"
            self.record.leave(self._name(folder) + "/", Why.SKIPPED, reason)
            return
        real_folder = os.path.realpath(folder)
        for entry in entries:
            path, real = folder / entry.name, os.path.join(real_folder, entry.name)  # noqa: PTH118
            if cloud := LEFT_IN_CLOUD.fullmatch(entry.name):
                reason = f"'{cloud['name']}' is in iCloud and not on this machine: download it"
                self.record.leave(self._name(path), Why.SKIPPED, reason)
            elif SYSTEM_NAMES.fullmatch(entry.name):
                is_hidden = entry.name.startswith(".")
                reason = "hidden" if is_hidden else "left by the system or another program"
                is_folder = entry.is_dir(follow_symlinks=False)
                self.record.leave(self._name(path) + "/" * is_folder, Why.SYSTEM, reason)
            elif _is_link(path, real):
                self.links.append(path)
            elif real in self._seen:
                reason = f"'{self._seen[real]}' again, reached through a link"
                self.record.leave(self._name(path), Why.OTHER, reason)
            elif entry.is_dir(follow_symlinks=False):
                self._seen[real] = self._name(path)
                yield path
            else:
                self._take(path, real)

    def _take(self, path: Path, real: str) -> None:
        name = self._name(path)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            reason = f"a file that cannot be read ({error.strerror or error})"
            self.record.leave(name, Why.SKIPPED, reason)
            return
        if not stat.S_ISREG(mode):
            self.record.leave(name, Why.OTHER, "no file but a device or a pipe")
            return
        self._seen[real] = name
        self.files.append(WalkedFile(path, name))

    def _name(self, path: Path) -> str:
        relative = path.relative_to(self.root).as_posix()
        return "" if relative == "." else printable(relative)


def _is_link(path: Path, real: str) -> bool:
    """Whether it leads elsewhere: a link, or a junction of Windows, which is no link there."""
    return path.is_symlink() or (os.name == "nt" and os.path.realpath(path) != real)


def _is_in(path: str, folders: list[str]) -> bool:
    return any(path == folder or path.startswith(os.path.join(folder, "")) for folder in folders)  # noqa: PTH118
