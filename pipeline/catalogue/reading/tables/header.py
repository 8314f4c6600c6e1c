"""Header: the row of a table that names its columns, whatever stands above it."""

from __future__ import annotations

import csv
import re
from itertools import pairwise

from pipeline.catalogue.reading.tables.columns import id_column, is_called_id, picture_columns
from pipeline.catalogue.reading.tables.dialect import SEPARATORS, row_end
from pipeline.letters import stripped

TITLE_LINES = 10
"""Above a header, at most: what a report is called, and of which day it is."""
LONGEST_NAME = 60
"""Letters of a column's name, at most, that is known for one."""
_PICTURE = re.compile(r"image|picture|photo|img|bild|foto", re.IGNORECASE)
_OTHER = re.compile(
    r"(title|name|price|preis|prix|precio|brand|colou?r|size|category|description)$", re.IGNORECASE
)
_OF_PROGRAMS = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def header_line(lines: list[str], first: int) -> int:
    """Where the header is: the first row, unless one below it is known for one, and it is not.

    A header of labels may have another below it, of the names that programs know: the lower one is
    taken, as in the flat files of Amazon.
    """
    starts, last = [first], min(first + TITLE_LINES, len(lines))
    while starts[-1] < last:
        starts.append(row_end(lines, starts[-1]))
    found: list[tuple[int, int]] = []
    for separator in SEPARATORS:
        rows = [next(csv.reader(lines[a:b], delimiter=separator), []) for a, b in pairwise(starts)]
        rows = [[stripped(cell) for cell in row] for row in rows]
        place, known = _best_known(rows)
        if known:
            is_doubled = place + 1 < len(rows) and _is_of_programs(rows[place + 1], rows[place])
            found.append((known, starts[place + is_doubled]))
    return max(found, key=lambda one: one[0], default=(0, first))[1]


def _best_known(rows: list[list[str]]) -> tuple[int, int]:
    """Which of the first rows is known best for a header, and by how many names; 0 for none."""
    if rows and (_is_header(rows[0]) or _known(rows[0]) > 1):
        return 0, max(1, _known(rows[0]))
    best = (0, 0)
    width, is_open = (len(list(filter(None, rows[0]))), not _known(rows[0])) if rows else (0, True)
    for place, row in enumerate(rows[1:], start=1):
        is_wider = _is_header(row) and len(list(filter(None, row))) > max(1, width)
        known = max(_known(row), 1) if is_wider else _known(row) * (is_open and _known(row) > 1)
        if known > best[1]:
            best = (place, known)
    return best


def _is_header(names: list[str]) -> bool:
    return bool(picture_columns(names)) or id_column(names) is not None


def _known(names: list[str]) -> int:
    """How many of these are names of columns, where one names the item or its picture."""
    short = [name for name in names if 0 < len(name) <= LONGEST_NAME and name[0] != "#"]
    leading = [name for name in short if is_called_id(name) or _PICTURE.search(name)]
    return len({*leading, *filter(_OTHER.search, short)}) if leading else 0


def _is_of_programs(names: list[str], labels: list[str]) -> bool:
    """Whether a row has the names that programs know of what the row above it says for people."""
    held = list(filter(None, names))
    is_plain = all(map(_OF_PROGRAMS.fullmatch, held)) and len(set(held)) == len(held)
    are_labels = not all(map(_OF_PROGRAMS.fullmatch, filter(None, labels)))
    return len(names) == len(labels) and is_plain and are_labels and _known(held) > 1
