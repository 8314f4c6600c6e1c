"""Header: which line of a CSV names its columns, what parts its cells, how wide its rows are."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.catalogue.reading.tables import TITLE_LINES
from pipeline.catalogue.reading.tables.dialect import SAMPLE_LINES, SEPARATOR_LINE, SEPARATORS

Known = Callable[[Sequence[str]], int]
"""Tells how many of some names are those of columns that are known."""
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Header:
    """What the beginning of a CSV says of it.

    Attributes:
        lines: How many there are up to the end of the header.
        names: Of its columns.
        separator: What parts cells.
        known: How many of the names are known.
        width: The cells of most rows: more than the names where all end with a separator.
    """

    lines: int
    names: list[str]
    separator: str
    known: int
    width: int


def find_header(head: str, known: Known) -> Header:
    """The header of a CSV: the first line, unless more names are known in one of those below it.

    Args:
        head: Its beginning.
        known: Tells how many names are known.
    """
    lines = io.StringIO(head.lstrip("\ufeff"), newline="").readlines()
    before, told = 0, ""
    for line in lines:
        plain = line.strip()
        says = SEPARATOR_LINE.fullmatch(plain)
        if plain.strip(SEPARATORS + " \t") and plain[0] != "#" and not says:
            break
        told = says[1] if says else told
        before += 1
    by_separator = [_headers(lines[before:], one, known) for one in told or SEPARATORS]
    if not by_separator[0]:
        return Header(before, [], SEPARATORS[0], 0, 0)
    unquoted = _QUOTED.sub("", lines[before])
    first = max(
        (headers[0] for headers in by_separator),
        key=lambda header: (header.known, unquoted.count(header.separator)),
    )
    best = max(itertools.chain(*by_separator), key=lambda header: header.known)
    chosen = best if best.known > max(1, first.known) else first
    return replace(chosen, lines=before + chosen.lines)


def _headers(lines: list[str], separator: str, known: Known) -> list[Header]:
    """Each of the first rows as the header that it may be."""
    reader = csv.reader(lines[:SAMPLE_LINES], delimiter=separator)
    rows = [(reader.line_num, row) for row in reader]
    headers = []
    for place, (end, row) in enumerate(rows[:TITLE_LINES]):
        names = [name.strip() for name in row]
        while names and not names[-1]:
            names.pop()
        # The last row may be cut.
        below = rows[place + 1 : -1] or rows[-1:]
        widths = Counter(len(cells) for _, cells in below if cells)
        width = max(widths, key=lambda width: widths[width], default=0)
        headers.append(Header(end, names, separator, known(names), max(width, len(names))))
    return headers
