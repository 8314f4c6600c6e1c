"""Changing: takes a built catalogue and what its source is now, gives its next version."""

from pipeline.building.changing.taking_place import Update
from pipeline.building.changing.updating import add, remove, update

__all__ = ["Update", "add", "remove", "update"]
