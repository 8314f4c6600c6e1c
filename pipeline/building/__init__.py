"""Building: takes a catalogue and an encoder, gives a built catalogue, and its next versions."""

from pipeline.building.build import build
from pipeline.building.changing import Update, add, remove, update
from pipeline.building.embedding import PLAN, Progress, Workers
from pipeline.building.opening import open_or_build, with_closeness
from pipeline.building.shipped import SHIPPED, contents_of, ship, unpack_shipped
from pipeline.building.workers import open_workers

__all__ = [
    "PLAN",
    "SHIPPED",
    "Progress",
    "Update",
    "Workers",
    "add",
    "build",
    "contents_of",
    "open_or_build",
    "open_workers",
    "remove",
    "ship",
    "unpack_shipped",
    "update",
    "with_closeness",
]
