"""Dialect: what separates the cells of a text, and the rows that are read by that.

Python's own `csv` reads them: of the readers at hand (pandas, pyarrow, clevercsv) it alone tells
the line of a row, which is what people need to mend it. The header tells what separates the cells.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

SEPARATORS = ",;\t|"
SEPARATOR_LINE = re.compile(r'"?sep=([^"\w\r\n])"?[,;\s]*', re.IGNORECASE)
"""The line by which Excel is told what parts cells."""
SAMPLE_LINES = 200
"""Of a table, that tell it otherwise."""
ROW_LINES = 10
"""Of a header with line breaks in its cells, at most."""
_QUOTED = re.compile(r'"[^"]*"')
_OPEN = re.compile(rf'(^|[{SEPARATORS}]) *"')
"""A quotation mark that a cell begins with."""
UNCLOSED = "has a quotation mark that does not close"
"""Why a row is bad that has no cells at all."""
_NO_END = "unexpected end of data"
"""What Python's `csv` says of a text that ends within quotation marks."""
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Dialect:
    """What separates cells, whether blanks follow it, and what escapes a quotation mark."""

    separator: str
    has_blanks: bool
    escape: str | None

    def read(self, lines: Iterable[str], strict: bool = False) -> _csv.Reader:
        """Python's reader of such lines."""
        return csv.reader(
            lines,
            delimiter=self.separator,
            skipinitialspace=self.has_blanks,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=strict,
        )


def dialect_of(sample: list[str], separator: str | None) -> Dialect:
    """The dialect of a table.

    Args:
        sample: Its first lines, from its header on.
        separator: What it says itself that separates its cells, if it does.
    """
    separator = separator or _separator(sample)
    text, edge = "".join(sample), re.escape(separator)
    # `, "a, b"`: the mark would be part of the cell if the blank were.
    has_blanks = separator not in "\t " and bool(re.search(rf'{edge} +"', text))
    # `"a 12\" ruler"`, as databases write it, where others double the mark.
    escaped = rf'\\"(?!\s*({edge}|$))'
    # `"12\""` and `""` end a cell; any other two marks are one that is doubled.
    doubled = rf'(?<![\\ {edge}])(?<!^)""|""(?!\s*({edge}|$))'
    escapes = re.search(escaped, text, re.MULTILINE), re.search(doubled, text, re.MULTILINE)
    return Dialect(separator, has_blanks, "\\" if escapes[0] and not escapes[1] else None)


def _separator(sample: list[str]) -> str:
    """What separates the cells: of what stands in the header, what gives most rows as many."""
    quoteless = _QUOTED.sub("", "".join(sample[: row_end(sample, 0)]))
    found = [one for one in SEPARATORS if one in quoteless]
    if len(found) < 2:
        return found[0] if found else ","

    def regularity(separator: str) -> tuple[float, int]:
        rows = [cells for cells in csv.reader(sample, delimiter=separator) if any(cells)]
        width = len(rows[0])
        return sum(len(cells) == width for cells in rows) / len(rows), width

    return max(found, key=regularity)


def row_end(lines: list[str], start: int) -> int:
    """The line after a row near the top, whose cells may have line breaks in quotation marks.

    Args:
        lines: The lines of a table.
        start: Where the row begins. One with a mark that does not close soon is one line.
    """
    text = ""
    for end in range(start, min(start + ROW_LINES, len(lines))):
        text += lines[end]
        if not _OPEN.search(_QUOTED.sub("", text)):
            return end + 1
    return start + 1


def read_rows(
    lines: list[str], start: int, dialect: Dialect
) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its line, counted from 1: its cells, or the reason why it has none.

    After a row with a quotation mark that does not close, reading goes on at the very next line,
    so that no more than this row is lost.
    """
    width = 0
    while start < len(lines):
        reader = dialect.read(map(lines.__getitem__, range(start, len(lines))), strict=True)
        begun = 0
        restart = None
        while restart is None:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            spanned = reader.line_num - begun
            if cells and spanned > 1 and width and fit_row(cells, width) is None:
                cells = None
            if cells is None:
                restart = start + begun + 1
                line = lines[restart - 1]
                # Of a single line, what quotation marks are odd is all the same.
                alone: list[str] = next(dialect.read([line]), []) if spanned <= 1 else []
                yield restart, alone or UNCLOSED
                width = width or len(alone)
            else:
                yield start + begun + 1, cells
                width = width or len(cells)
                begun = reader.line_num
        start = restart


def is_cut(row: list[str], dialect: Dialect, width: int) -> bool:
    """Whether a text ends within its last row: within quotation marks, or before its last cell.

    A row of one cell alone is none that is cut, but a footer, as `Total: 2 products`.

    Args:
        row: The lines of that row, the last without its end where it is cut.
        dialect: How it is read.
        width: The cells of the header.
    """
    if not row or row[-1].endswith(("\r", "\n")):
        return False
    try:
        next(dialect.read(row, strict=True), None)
    except csv.Error as error:
        if str(error) == _NO_END:
            return True
    return 1 < len(next(dialect.read(row), [])) < width


def fit_row(cells: list[str], width: int) -> list[str] | None:
    """A row as wide as the header, without empty cells beyond it; None where it is not."""
    extra = cells[width:]
    if len(cells) < width or any(cell.strip() for cell in extra):
        return None
    return cells[:width]
