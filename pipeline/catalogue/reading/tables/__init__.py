"""Tables: takes files of rows, gives columns of one type each, and what could not be read."""

from pipeline.catalogue.reading.tables.columns import (
    attribute_table,
    column_of,
    free_name,
    id_column,
    no_attributes,
    picture_columns,
    plain_column,
    plain_name,
    plain_value,
    stack_tables,
    text_of,
    texts_of,
    typed,
)
from pipeline.catalogue.reading.tables.decoding import decode
from pipeline.catalogue.reading.tables.letters import Cell, without_unseen
from pipeline.catalogue.reading.tables.objects import names_of
from pipeline.catalogue.reading.tables.sets import load_set
from pipeline.catalogue.reading.tables.table import TITLE_LINES, Table, read_table

__all__ = [
    "TITLE_LINES",
    "Cell",
    "Table",
    "attribute_table",
    "column_of",
    "decode",
    "free_name",
    "id_column",
    "load_set",
    "names_of",
    "no_attributes",
    "picture_columns",
    "plain_column",
    "plain_name",
    "plain_value",
    "read_table",
    "stack_tables",
    "text_of",
    "texts_of",
    "typed",
    "without_unseen",
]
