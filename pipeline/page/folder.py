"""The folder of one running page: what was uploaded to it and the pictures that it shows."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath

from filelock import FileLock, Timeout

PREFIX = "lookalike-page-"


class PageFolder:
    """Where a page keeps files, and the only place from which it opens any for a caller.

    Args:
        root: An existing folder that is this page's alone.

    Attributes:
        uploads: What callers have uploaded.
        pictures: The page's own pictures: its examples, and the matches of late.
    """

    def __init__(self, root: Path) -> None:
        # Resolved once: what Gradio hands out must lie in it letter by letter.
        self.root = root.resolve()
        self.uploads = self.root / "uploads"
        self.pictures = self.root / "pictures"
        for folder in (self.uploads, self.pictures):
            folder.mkdir(mode=0o700, exist_ok=True)

    @classmethod
    @contextlib.contextmanager
    def made(cls) -> Iterator[PageFolder]:
        """Make one for as long as the page runs, and remove those of pages that were killed.

        It lies in the folder that ``GRADIO_TEMP_DIR`` names, else in the system's for temporary
        files, and Gradio keeps the uploads in it.
        """
        chosen = os.environ.get("GRADIO_TEMP_DIR")
        parent = Path(chosen or tempfile.gettempdir())
        parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(parent)
        root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        # Held while the page lives: the system lets go of it however the process ends.
        with FileLock(_lock_of(root)):
            folder = cls(root)
            os.environ["GRADIO_TEMP_DIR"] = str(folder.uploads)
            try:
                yield folder
            finally:
                _set("GRADIO_TEMP_DIR", chosen)
                shutil.rmtree(root, ignore_errors=True)
        _lock_of(root).unlink(missing_ok=True)

    def holds(self, path: str) -> bool:
        r"""Whether a caller may have a file opened: one in here, and no link that leads out.

        The name is judged before anything is looked up, since to look up a name such as
        ``\\host\share\file`` makes Windows call that host.
        """
        named = PurePath(path)
        if not any(lies_within(named, folder) for folder in (self.uploads, self.pictures)):
            return False
        try:
            real = Path(path).resolve(strict=True)
        except (OSError, ValueError):
            return False
        return real.is_file() and real.is_relative_to(self.root)


def lies_within(path: PurePath, folder: PurePath) -> bool:
    """Whether a path names, letter by letter, something in a folder.

    Absolute, without ``..``, without a stream of NTFS or a null character; on Windows whatever the
    case, and on the same drive or share.
    """
    parts = path.parts[len(folder.parts) :]
    return (
        path.is_absolute()
        and path != folder
        and path.is_relative_to(folder)
        and not any(part == ".." or ":" in part or "\0" in part for part in parts)
    )


def _lock_of(root: Path) -> Path:
    return root.with_name(f"{root.name}.lock")


def _remove_leftovers(parent: Path) -> None:
    """Remove the folders of pages that were killed: nobody holds their locks."""
    for root in parent.glob(f"{PREFIX}*"):
        if not root.is_dir() or root.is_symlink() or not _lock_of(root).is_file():
            continue
        with contextlib.suppress(Timeout, OSError):
            with FileLock(_lock_of(root), timeout=0):
                shutil.rmtree(root, ignore_errors=True)
            _lock_of(root).unlink(missing_ok=True)


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
