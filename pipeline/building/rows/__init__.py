"""Rows: takes the pictures of some rows of a catalogue, gives what a shard of them holds."""

from pipeline.building.rows.batches import embed_rows
from pipeline.building.rows.embedded import Embedded

__all__ = ["Embedded", "embed_rows"]
