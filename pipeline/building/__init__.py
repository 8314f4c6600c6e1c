"""Building: takes a catalogue and an encoder, gives a built catalogue."""

from pipeline.building.build import PLAN, Progress, build, open_or_build, with_closeness
from pipeline.building.shipped import SHIPPED, open_shipped, ship

__all__ = [
    "PLAN",
    "SHIPPED",
    "Progress",
    "build",
    "open_or_build",
    "open_shipped",
    "ship",
    "with_closeness",
]
