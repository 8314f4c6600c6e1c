"""Events: take a shop's log of who chose what and when, give it as numbers, each row accounted."""

from pipeline.events.columns import Columns
from pipeline.events.events import Counts, Events
from pipeline.events.kinds import KIND_WEIGHTS
from pipeline.events.reading import read_events

__all__ = ["KIND_WEIGHTS", "Columns", "Counts", "Events", "read_events"]
