"""The originals: larger pictures of items, from the source that the catalogue was built of."""

from __future__ import annotations

import io
import logging
import os
import threading
from pathlib import Path

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import Catalogue, open_catalogue, open_picture, picture_digest
from pipeline.errors import LookalikeError

log = logging.getLogger(__name__)

LARGE = 1024
MOST_BESIDE, MOST_OF_AN_ITEM = 5_000, 10
"""Files of a source beside those of its items, and of each of them: one that has more is not read,
since it may be any folder of this machine that a stranger names."""
"""Pixels of the longer side of a larger picture, at most."""


class Originals:
    """The larger pictures of one built catalogue, where its source still lies on this machine.

    A manifest may be a stranger's, and name any folder of this machine. So a picture is shown only
    if it is, to the byte, the one that was embedded.

    Args:
        built: The catalogue.

    Attributes:
        built: The same.
    """

    def __init__(self, built: BuiltCatalogue) -> None:
        self.built = built
        self._opening = threading.Lock()
        self._is_opened = False
        self._source: Catalogue | None = None

    def row_of(self, item: str) -> int | None:
        """The row of an item, or None where the catalogue has no such id."""
        return self.built.row_of(item)

    def picture(self, row: int) -> bytes:
        """The picture of an item, a JPEG of up to `LARGE` pixels a side, or else its thumbnail.

        Raises:
            ArtifactError: If the thumbnail cannot be read.
        """
        source = self._open()
        if source is not None:
            try:
                original = source.picture_source(row)
                if picture_digest(original) != self.built.pictures[row].tobytes():
                    return self.built.thumbnail(row)
                image = open_picture(original, LARGE)
            except (LookalikeError, OSError) as error:
                log.info("The original of an item cannot be read: %s", error)
            else:
                image.thumbnail((LARGE, LARGE))
                stream = io.BytesIO()
                image.save(stream, "JPEG", quality=88)
                return stream.getvalue()
        return self.built.thumbnail(row)

    def _open(self) -> Catalogue | None:
        """The source, if it is here and has the same items still; looked for once.

        Who asks while it is being opened is not kept waiting, and goes without it.
        """
        with self._opening:
            is_first, self._is_opened = not self._is_opened, True
        if is_first:
            self._source = self._find()
        return self._source

    def _find(self) -> Catalogue | None:
        named = self.built.manifest.catalogue
        # By no digest at all, as of what was pulled, nothing there could be shown.
        if not self.built.pictures.any() or not self._may_be_here(named):
            return None
        try:
            source = open_catalogue(named, asks_web=False)
        except (LookalikeError, OSError) as error:
            log.info("The source of the catalogue cannot be read: %s", error)
            return None
        rows = np.flatnonzero(self.built.ids.rows_of(source.ids) >= 0).tolist()
        # Items whose picture could not be read are in the source, and not in the catalogue.
        source = source.select(rows)
        is_same = source.ids == self.built.ids
        return source if is_same else None

    def _may_be_here(self, named: str) -> bool:
        """Whether a source lies here that is worth reading, unlike ``/`` and ``/home``."""
        try:
            path = Path(named).expanduser().resolve()
            # What is on the hub is not asked for: a picture must not wait for it.
            if not path.exists() or self.built.folder.resolve().is_relative_to(path):
                return False
        except (OSError, RuntimeError, ValueError):
            return False  # no name that this machine could have
        if path.suffix.lower() == ".parquet" and path.is_file():
            return True
        # Of a table, the folder that it lies in is read.
        most = MOST_BESIDE + MOST_OF_AN_ITEM * len(self.built)
        return not _holds_more(path if path.is_dir() else path.parent, most)


def _holds_more(folder: Path, most: int) -> bool:
    """Whether a folder has more files and folders in it than that, links not followed."""
    found = 0
    for _, folders, files in os.walk(folder):
        found += len(folders) + len(files)
        if found > most:
            return True
    return False
