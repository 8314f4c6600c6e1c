"""Living: takes what has changed of a catalogue, gives the next version of what is built."""

from pipeline.recommender.living.changing import (
    add_items,
    load_catalogue,
    remove_items,
    update_catalogue,
)
from pipeline.recommender.living.reopening import reopen, settle

__all__ = ["add_items", "load_catalogue", "remove_items", "reopen", "settle", "update_catalogue"]
