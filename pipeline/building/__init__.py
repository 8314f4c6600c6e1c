"""Building: takes a catalogue and an encoder, gives a built catalogue."""

from pipeline.building.build import PLAN, Progress, build, open_or_build, with_closeness
from pipeline.building.shipped import SHIPPED, contents_of, ship, unpack_shipped

__all__ = [
    "PLAN",
    "SHIPPED",
    "Progress",
    "build",
    "contents_of",
    "open_or_build",
    "ship",
    "unpack_shipped",
    "with_closeness",
]
