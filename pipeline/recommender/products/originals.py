"""The originals: larger pictures of items, from the source that the catalogue was built of."""

from __future__ import annotations

import io
import logging
import threading
from pathlib import Path

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import Catalogue, open_catalogue, open_picture
from pipeline.errors import LookalikeError

log = logging.getLogger(__name__)

LARGE = 1024
"""Pixels of the longer side of a larger picture, at most."""


class Originals:
    """The larger pictures of one built catalogue, where its source still lies on this machine.

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
                image = open_picture(source.picture_source(row), LARGE)
            except (LookalikeError, OSError) as error:
                log.info("The original of an item cannot be read: %s", error)
            else:
                image.thumbnail((LARGE, LARGE))
                stream = io.BytesIO()
                image.save(stream, "JPEG", quality=88)
                return stream.getvalue()
        return self.built.thumbnail(row)

    def _open(self) -> Catalogue | None:
        """The source, if it is here and has the same items still; looked for once."""
        with self._opening:
            if not self._is_opened:
                self._is_opened = True
                self._source = self._find()
        return self._source

    def _find(self) -> Catalogue | None:
        manifest = self.built.manifest
        # What is on the hub is not asked for: a picture must not wait for it.
        if not Path(manifest.catalogue).expanduser().exists():
            return None
        try:
            source = open_catalogue(manifest.catalogue)
        except (LookalikeError, OSError) as error:
            log.info("The source of the catalogue cannot be read: %s", error)
            return None
        rows = np.flatnonzero(self.built.ids.rows_of(source.ids) >= 0).tolist()
        # Items whose picture could not be read are in the source, and not in the catalogue.
        source = source.select(rows)
        is_same = source.ids == self.built.ids
        return source if is_same else None
