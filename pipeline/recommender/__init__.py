"""The recommender: takes settings and a photo, gives the items that look most like it."""

from pipeline.recommender.framing import AUTO
from pipeline.recommender.live import LiveRecommender, open_live
from pipeline.recommender.opening import build_catalogue, open_catalogue_built, open_recommender
from pipeline.recommender.recommender import (
    NOTHING_ALIKE,
    Example,
    Match,
    Recommender,
    nothing_alike,
)

__all__ = [
    "AUTO",
    "NOTHING_ALIKE",
    "Example",
    "LiveRecommender",
    "Match",
    "Recommender",
    "build_catalogue",
    "nothing_alike",
    "open_catalogue_built",
    "open_live",
    "open_recommender",
]
