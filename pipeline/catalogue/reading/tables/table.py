"""Tables: rows of text as spreadsheets, shops and scripts save them, and which are broken."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.catalogue.reading.contents import WORKBOOK, WORKBOOKS
from pipeline.catalogue.reading.tables.cell import Cell, without_errors
from pipeline.catalogue.reading.tables.decoding import decode
from pipeline.catalogue.reading.tables.dialect import (
    SAMPLE_LINES,
    SEPARATOR_LINE,
    SEPARATORS,
    dialect_of,
    fit_row,
    is_cut,
    read_rows,
)
from pipeline.catalogue.reading.tables.header import header_line
from pipeline.catalogue.reading.tables.objects import (
    Objects,
    names_of,
    read_lines,
    read_list,
    rows_of,
)
from pipeline.errors import CatalogueError
from pipeline.letters import stripped, whole_letters

JSON = ".json"
JSON_LINES = frozenset((".jsonl", ".ndjson"))
MAX_BYTES = 2**30
_BREAKS = re.compile(r"[\r\n]+")
_FORMULA = re.compile(r'="([^"]*)"')
_NO_FORMULA = re.compile(r"'[=+\-@\t\r]")
"""How a shop's program begins a cell that spreadsheets would take for a formula."""


@dataclass
class Table:
    """The rows of a table that could be read, column by column.

    Attributes:
        path: Its file.
        columns: The cells of each column by its name; ``None`` where one is empty.
        lines: The line of the file, from 1, at which each row begins.
        bad: The lines of rows that could not be read, and why.
        notes: What was decided on the way, for people.
        is_text: Whether the cells are text that may stand for numbers, as in a CSV.
        unit: What ``lines`` counts, where a file has no lines of its own.
        header: What the header says above each column, as a cell.
        is_cut: Whether its file ends within the last row, as where a download broke off.
    """

    path: Path
    columns: dict[str, list[Cell]]
    lines: list[int]
    bad: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_text: bool = True
    unit: str = "line"
    header: dict[str, Cell] = field(default_factory=dict)
    is_cut: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def without_variants(self) -> Table:
        """What is said of each item itself: in JSON, a row of each variant may stand behind it."""
        kept = [row for row, line in enumerate(self.lines) if line not in self.lines[row - 1 : row]]
        if len(kept) == len(self.lines):
            return self
        columns = {name: [cells[row] for row in kept] for name, cells in self.columns.items()}
        said = {name: own for name, own in columns.items() if any(one is not None for one in own)}
        notes = [*self.notes, "lists variants of items, which are left out"]
        return replace(self, columns=said, lines=[self.lines[row] for row in kept], notes=notes)

    def without_header(self) -> Table:
        """The same rows with what is taken for the header as the first of them."""
        columns = {
            f"column {place}": [self.header.get(name), *cells]
            for place, (name, cells) in enumerate(self.columns.items(), start=1)
        }
        notes = [*self.notes, "has no header that names its columns, which are numbered"]
        return replace(self, columns=columns, lines=[1, *self.lines], notes=notes)


def read_table(path: Path) -> Table:
    """Read a table of text: CSV with commas, semicolons, tabs or bars, or objects of JSON.

    Raises:
        CatalogueError: If it cannot be read, or holds no header.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CatalogueError(
                f"The table '{path}' has more than {MAX_BYTES // 2**20} MB. Split it in several "
                "folders."
            )
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(
            f"The table '{path}' cannot be read ({error.strerror or error}). Check its permissions."
        ) from error
    if data.startswith(WORKBOOKS):
        raise CatalogueError(f"The table '{path}' is {WORKBOOK}.")
    text, note = decode(data)
    table = (_read_json if path.suffix.lower() in (JSON, *JSON_LINES) else _read_csv)(path, text)
    if note:
        table.notes.insert(0, note)
    return table


def _read_csv(path: Path, text: str) -> Table:
    text = text.lstrip("\ufeff").replace("\0", "").rstrip("\x1a")  # as DOS ends a text
    lines = list(io.StringIO(text, newline=""))
    first, separator = 0, None
    if lines and (said := SEPARATOR_LINE.fullmatch(lines[0])):
        first, separator = 1, said[1]
    while first < len(lines) and not lines[first].strip(" \t\r\n" + SEPARATORS):
        first += 1
    titles_above = header_line(lines, first) - first
    first += titles_above
    sample = lines[first : first + SAMPLE_LINES]
    dialect = dialect_of(sample, separator)
    rows = read_rows(lines, first, dialect)
    header = next((cells for _, cells in rows if isinstance(cells, list)), None)
    if header is None:
        raise CatalogueError(f"The table '{path}' is empty. Its first line must name the columns.")
    notes: list[str] = []
    if titles_above:
        notes.append(f"has its header in line {first + 1}; what stands above it is left out")
    titles = [stripped(title) for title in header]
    table = Table(path, {}, [], notes=notes)
    kept: list[list[Cell]] = []
    line = len(lines) + 1
    for line, cells in rows:
        if isinstance(cells, str):
            table.bad.append((line, cells))
        elif any(cell.strip() for cell in cells):
            whole = fit_row(cells, len(header))
            if stripped(cells[0]) == titles[0] and list(map(stripped, cells)) == titles:
                table.bad.append((line, "is the header again"))
            elif whole is None:
                reason = f"has {len(cells)} cells where the header has {len(header)}"
                table.bad.append((line, reason))
            else:
                kept.append([_value(cell) for cell in whole])
                table.lines.append(line)
    table.is_cut = is_cut(lines[line - 1 :], dialect, len(header))
    values = [list(column) for column in zip(*kept, strict=True)] or [[] for _ in header]
    table.columns, places = name_columns(header, values, notes)
    table.header = {name: _value(header[place]) for name, place in places.items()}
    return table


def _value(cell: str) -> Cell:
    cell = stripped(cell)
    if _NO_FORMULA.match(cell):
        cell = stripped(cell[1:])
    # As Excel is told to leave a number alone.
    formula = _FORMULA.fullmatch(cell)
    return (formula[1] if formula else cell) or None


def name_columns(
    header: list[str], values: list[list[Cell]], notes: list[str]
) -> tuple[dict[str, list[Cell]], dict[str, int]]:
    """The columns by names that tell them apart, without those that have neither name nor cell.

    The errors of spreadsheets are no cells.

    Returns:
        Their cells, and their places in the header.
    """
    columns: dict[str, list[Cell]] = {}
    places: dict[str, int] = {}
    times: Counter[str] = Counter()
    values = without_errors(values, notes)
    for place, (title, cells) in enumerate(zip(header, values, strict=True)):
        name = " ".join(map(stripped, _BREAKS.split(whole_letters(stripped(title)))))
        if not name and all(cell is None for cell in cells):
            continue
        if not name:
            name = f"column {place + 1}"
            notes.append(f"has a column without a name, kept as '{name}'")
        if name in columns:
            if columns[name] == cells:
                notes.append(f"has the column '{name}' twice with the same cells, kept once")
                continue
            twice = name
            while name in columns:
                times[twice] += 1
                name = f"{twice} ({times[twice] + 1})"
            notes.append(f"has the column '{twice}' more than once, kept as '{name}'")
        columns[name] = cells
        places[name] = place
    return columns, places


def _read_json(path: Path, text: str) -> Table:
    text = text.lstrip("\ufeff")
    table = Table(path, {}, [], is_text=False)
    if path.suffix.lower() in JSON_LINES:
        objects = read_lines(text)
    else:
        try:
            objects = read_list(text)
            table.unit = "item"
        except (ValueError, RecursionError) as error:
            objects = read_lines(text)
            # One object alone may be about one picture, or about no picture at all.
            if len(objects.rows) < 2 or len(objects.bad) >= len(objects.rows):
                raise CatalogueError(
                    f"The table '{path}' holds no list of items ({error}). Write a list of objects,"
                    " or one object a line into a file that ends in .jsonl."
                ) from error
    table.is_cut, table.bad = table.unit == "line" and _is_cut_json(text, objects), objects.bad
    found = rows_of(objects)
    table.lines, table.notes = found.numbers, found.notes
    names = names_of(path, found.rows)
    values = [[_plain_json(row.get(name)) for row in found.rows] for name in names]
    table.columns, _ = name_columns(names, values, table.notes)
    return table


def _is_cut_json(text: str, objects: Objects) -> bool:
    """Whether objects with one a line end within the last of them, which then is none."""
    last = max(text.rfind("\n"), text.rfind("\r")) + 1
    is_bad = max(objects.bad, default=(0, ""))[0] > max(objects.numbers, default=0)
    return is_bad and text[last:].lstrip().startswith("{")


def _plain_json(value: Cell) -> Cell:
    if isinstance(value, str):
        return stripped(value) or None
    if isinstance(value, float) and math.isnan(value):
        return None  # as pandas writes an empty cell
    return value
