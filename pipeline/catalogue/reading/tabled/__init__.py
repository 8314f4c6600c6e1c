"""Tabled: takes the tables of a folder, gives the items that they name, row by row."""

from pipeline.catalogue.reading.tabled.choosing import METADATA, choose_tables, why_unused
from pipeline.catalogue.reading.tabled.items import rows_to_items
from pipeline.catalogue.reading.tabled.naming import open_rows
from pipeline.catalogue.reading.tabled.rows import Rows
from pipeline.catalogue.reading.tabled.sizes import sizes_of

__all__ = [
    "METADATA",
    "Rows",
    "choose_tables",
    "open_rows",
    "rows_to_items",
    "sizes_of",
    "why_unused",
]
