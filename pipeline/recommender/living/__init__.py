"""Living: takes what has changed of a catalogue, gives its next version, which then answers."""

from pipeline.recommender.living.changing import (
    add_items,
    load_catalogue,
    remove_items,
    update_catalogue,
)
from pipeline.recommender.living.live import LiveRecommender, open_live

__all__ = [
    "LiveRecommender",
    "add_items",
    "load_catalogue",
    "open_live",
    "remove_items",
    "update_catalogue",
]
