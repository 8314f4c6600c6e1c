"""The files of items of a built catalogue: checked, their texts read, their rows when asked for."""

from pipeline.artifacts.items.claims import open_items
from pipeline.artifacts.items.opened import ItemFiles

__all__ = ["ItemFiles", "open_items"]
