"""Tables: takes files of rows, gives columns of one type each, and what could not be read."""

from pipeline.catalogue.reading.tables.attributes import (
    attribute_table,
    no_attributes,
    plain_column,
    stack_tables,
)
from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.catalogue.reading.tables.columns import (
    column_of,
    free_name,
    id_column,
    id_columns,
    is_called_id,
    is_called_thing,
    picture_columns,
    plain_value,
    text_of,
    texts_of,
    typed,
    whole_id_column,
)
from pipeline.catalogue.reading.tables.decoding import decode
from pipeline.catalogue.reading.tables.header import TITLE_LINES
from pipeline.catalogue.reading.tables.objects import OF_VARIANTS, names_of
from pipeline.catalogue.reading.tables.sets import (
    commit_of,
    described,
    ids_of_set,
    is_bytes,
    is_list,
    load_set,
    readable,
)
from pipeline.catalogue.reading.tables.table import Table, name_columns, read_table

__all__ = [
    "OF_VARIANTS",
    "TITLE_LINES",
    "Cell",
    "Table",
    "attribute_table",
    "column_of",
    "commit_of",
    "decode",
    "described",
    "free_name",
    "id_column",
    "id_columns",
    "ids_of_set",
    "is_bytes",
    "is_called_id",
    "is_called_thing",
    "is_list",
    "load_set",
    "name_columns",
    "names_of",
    "no_attributes",
    "picture_columns",
    "plain_column",
    "plain_value",
    "read_table",
    "readable",
    "stack_tables",
    "text_of",
    "texts_of",
    "typed",
    "whole_id_column",
]
