"""Tiled: HEIC pictures of very many pixels, decoded a tile at a time and reduced on the way."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipeline.catalogue.pictures.decoders.grid import Grid
from pipeline.catalogue.pictures.decoders.heif import BUFFERS, Heif
from pipeline.catalogue.pictures.memory import PICTURE_BYTES
from pipeline.catalogue.pictures.pixels import to_rgb

TILE_BYTES = 12
"""A pixel of a tile: its planes, their copy, and the colours."""
BAND_BYTES = 9
"""A pixel of a row of tiles: the colours, their copy, and what is converted of them."""


class TiledHeif:
    """A HEIF picture of tiles, of which a row is in memory; see `Heif` for its attributes.

    Args:
        grid: Its tiles.
        profile: The ICC profile of the whole, if any.
    """

    format = "HEIC"

    def __init__(self, grid: Grid, profile: bytes | None) -> None:
        self._grid = grid
        self.size = grid.size
        self.orientation = grid.orientation
        self.profile = profile
        width, height = grid.tile_size
        band = height * grid.size[0]
        self.bytes_needed = BUFFERS + TILE_BYTES * width * height + BAND_BYTES * band

    def read(self, factor: int) -> Image.Image:
        """Decode it, in RGB, reduced by a whole factor."""
        width, height = self.size
        result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
        tile_height = self._grid.tile_size[1]
        band = np.empty((tile_height + factor, width, 3), np.uint8)
        top = kept = 0
        for row in range(self._grid.rows):
            self._fill(band[kept : kept + tile_height], row)
            filled = min(kept + tile_height, height - top)
            # What is left over of a whole factor waits for the next row.
            done = filled if top + filled == height else filled // factor * factor
            if done:
                strip = to_rgb(Image.fromarray(band[:done]), factor, self.profile)
                result.paste(strip, (0, top // factor))
            top, kept = top + done, filled - done
            band[:kept] = band[done:filled].copy()
            if top == height:
                break
        return result

    def _fill(self, band: np.ndarray, row: int) -> None:
        """Decode a row of tiles into ``(tile height, width, 3)``."""
        tile_width, tile_height = self._grid.tile_size
        for column in range(self._grid.columns):
            left = column * tile_width
            if left >= band.shape[1]:
                return
            tile = Heif(self._grid.tile(row, column))
            if tile.size != (tile_width, tile_height):
                raise ValueError("a tile is not of the size that it says")
            tile.profile = None
            pixels = np.asarray(tile.read(1))
            band[:, left : left + tile_width] = pixels[:, : band.shape[1] - left]


def heif_of(data: bytes) -> Heif | TiledHeif:
    """Open a HEIF picture to decode it whole or, where that takes too much, by its tiles.

    Raises:
        PictureError: If `pi-heif` is not installed.
        Exception: Of almost any class, if it is damaged.
    """
    whole = Heif(data)
    if whole.bytes_needed <= PICTURE_BYTES or whole.is_clear:
        return whole
    grid = Grid.find(data)
    return whole if grid is None else TiledHeif(grid, whole.profile)
