"""Outfits: which kinds of items go together, by what was worn, and by what a log's baskets hold."""

from pipeline.learning.outfits.baskets import (
    BASKETS,
    LONGEST,
    MOST_KINDS,
    Baskets,
    count_baskets,
    tabulate,
)
from pipeline.learning.outfits.kinds import kinds_of, texts_of
from pipeline.learning.outfits.pieces import (
    WORDS,
    covers_the_same,
    piece_of,
    pieces_with,
    place_of,
    worn_together,
)

__all__ = [
    "BASKETS",
    "LONGEST",
    "MOST_KINDS",
    "WORDS",
    "Baskets",
    "count_baskets",
    "covers_the_same",
    "kinds_of",
    "piece_of",
    "pieces_with",
    "place_of",
    "tabulate",
    "texts_of",
    "worn_together",
]
