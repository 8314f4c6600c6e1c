"""Pictures of the two sides: an evaluation needs every one, and says which cannot be read."""

from __future__ import annotations

from PIL import Image

from pipeline.catalogue import Catalogue
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
