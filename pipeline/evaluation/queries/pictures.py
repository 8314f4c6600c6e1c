"""Pictures of the two sides: an evaluation needs every one, and says which cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from pipeline.catalogue import Catalogue, picture_digests, split_catalogue
from pipeline.errors import CatalogueError, PictureError


def picture_of(catalogue: Catalogue, row: int) -> Image.Image:
    """Decode the picture of an item to RGB.

    Raises:
        CatalogueError: If it cannot be read.
    """
    try:
        return catalogue.read_picture(row)
    except PictureError as error:
        raise CatalogueError(
            f"The picture of '{catalogue.ids[row]}' in '{catalogue.source}' cannot be read: {error}"
        ) from error


def digests_of(catalogue: Catalogue) -> list[bytes]:
    """The checksum of every item's undecoded picture.

    Raises:
        CatalogueError: If a picture's file cannot be read.
    """
    with _files_of(catalogue):
        return picture_digests(catalogue)


def split_of(catalogue: Catalogue) -> tuple[list[int], list[int]]:
    """The rows that are searched and those held out by id; no picture is among both.

    Raises:
        CatalogueError: If a picture's file cannot be read.
    """
    with _files_of(catalogue):
        return split_catalogue(catalogue)


@contextmanager
def _files_of(catalogue: Catalogue) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CatalogueError(
            f"A picture of '{catalogue.source}' cannot be read ({error}); an evaluation needs "
            "every one. Mend or remove it."
        ) from error
