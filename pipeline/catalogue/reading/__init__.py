"""Reading: takes a folder, a file or a set of the hub, gives items, and what is none with why."""

from pipeline.catalogue.reading.source import read_local, stamp_source
from pipeline.catalogue.reading.stored import read_hub
from pipeline.catalogue.reading.tables import plain_value, stack_tables
from pipeline.catalogue.reading.walking import printable

__all__ = ["plain_value", "printable", "read_hub", "read_local", "stack_tables", "stamp_source"]
