"""Events: take a shop's log of who chose what and when, give it as numbers, each row accounted."""

from pipeline.events.cells.kinds import KIND_WEIGHTS
from pipeline.events.columns import Columns
from pipeline.events.events import Counts, Events
from pipeline.events.reading import read_events
from pipeline.events.writing import KEPT, OPENED, SHOWN, EventLog

__all__ = [
    "KEPT",
    "KIND_WEIGHTS",
    "OPENED",
    "SHOWN",
    "Columns",
    "Counts",
    "EventLog",
    "Events",
    "read_events",
]
