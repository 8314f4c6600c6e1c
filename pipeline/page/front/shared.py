"""Shared links: the name and the picture that other sites show of the page, or of one item."""

from __future__ import annotations

import io
import threading
from functools import lru_cache

from PIL import Image, ImageOps

from pipeline.errors import LookalikeError
from pipeline.recommender import Example, LiveRecommender

SIZE = (1200, 630)
"""Pixels, as large sites ask for (Open Graph, *summary_large_image*)."""
TILE = 300
KEPT = 128
"""Pictures, of 0.2 MB or so."""
GROUND = (255, 255, 255)
MAX_ITEM = 300
"""Characters of an id."""


class ShareCards:
    """What shared links show.

    Args:
        recommender: What knows the items.
        telling: Whether anybody may see the items; else links show the shop alone.
    """

    def __init__(self, recommender: LiveRecommender, telling: bool) -> None:
        self._live = recommender
        self._telling = telling
        self._drawn = lru_cache(maxsize=KEPT)(_draw)
        self._drawing = threading.Lock()

    def name(self, item: str) -> str | None:
        """The name of an item; None where there is none, or none that may be told."""
        found = self._find(item)
        return found.name if found is not None else None

    def picture(self, item: str) -> bytes:
        """A PNG of the item, or of a few items where none is named."""
        found = self._find(item)
        shown = [found] if found is not None else self._live.examples(8) if self._telling else []
        with self._drawing:  # one at a time: it keeps a core busy
            return self._drawn(tuple(example.thumbnail for example in shown))

    def _find(self, item: str) -> Example | None:
        built = self._live.current.built
        row = built.row_of(item) if item and self._telling else None
        try:
            return Example.of(built, row) if row is not None else None
        except LookalikeError:
            return None  # the picture is damaged: the link shows the shop


def _draw(thumbnails: tuple[bytes, ...]) -> bytes:
    """One picture in the middle, or up to eight in two rows, on white."""
    sheet = Image.new("RGB", SIZE, GROUND)
    side = SIZE[1] if len(thumbnails) == 1 else TILE
    across = 1 if len(thumbnails) == 1 else 4
    left, top = (SIZE[0] - across * side) // 2, 0 if across == 1 else (SIZE[1] - 2 * side) // 2
    for number, thumbnail in enumerate(thumbnails):
        with Image.open(io.BytesIO(thumbnail)) as picture:
            tile = ImageOps.pad(picture.convert("RGB"), (side, side), color=GROUND)
        sheet.paste(tile, (left + number % across * side, top + number // across * side))
    stream = io.BytesIO()
    sheet.save(stream, "PNG")
    return stream.getvalue()
