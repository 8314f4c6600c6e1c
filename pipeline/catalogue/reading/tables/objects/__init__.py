"""Objects: takes JSON of programs and the servers of shops, gives rows of plain cells."""

from pipeline.catalogue.reading.tables.objects.cells import joined
from pipeline.catalogue.reading.tables.objects.listing import Objects, read_lines, read_list
from pipeline.catalogue.reading.tables.objects.pictures import pictures_in
from pipeline.catalogue.reading.tables.objects.rows import OF_VARIANTS, Rows, names_of, rows_of

__all__ = [
    "OF_VARIANTS",
    "Objects",
    "Rows",
    "joined",
    "names_of",
    "pictures_in",
    "read_lines",
    "read_list",
    "rows_of",
]
