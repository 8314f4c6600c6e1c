"""Events in CSV, whatever parts its cells, with rows that are broken."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, SESSION, TIME, USER, VISITOR
from pipeline.events.tables.batches import Batch, Find
from pipeline.events.tables.decoding import Decoded
from pipeline.events.tables.header import Header

BLOCK_BYTES = 16 * 2**20
MOST_LINES = 20
"""Of one row: a text that somebody wrote into a cell is hardly longer."""
NOTHING = ["", "NA", "NaN", "nan", "NULL", "null", "None"]
"""What writers put where there is nothing."""


def read_csv(
    path: Path, stream: io.BufferedReader[Decoded], header: Header, find: Find
) -> Iterator[Batch]:
    """Read a table of CSV.

    Args:
        path: The file.
        stream: Its UTF-8.
        header: What its beginning says of it.
        find: Finds its columns.

    Raises:
        EventsError: If it is no table, or a quotation mark does not close.
    """
    names = header.names
    if not any(names) or any("\0" in name for name in names):
        raise EventsError(f"The events '{path}' are empty, or no table. Give a CSV with a header.")
    found = find(names)
    broken = _Broken(header)
    # Numbered, since columns that are not read may have names twice, or none.
    numbers = {part: names.index(name) for part, name in found.items()}
    beyond = range(len(names), header.width)
    kept = [f"c{place}" for place in dict.fromkeys((*numbers.values(), *beyond))]
    reader = pacsv.open_csv(
        stream,
        read_options=pacsv.ReadOptions(
            block_size=BLOCK_BYTES,
            column_names=[f"c{place}" for place in range(header.width)],
            skip_rows=header.lines,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=header.separator, invalid_row_handler=broken, newlines_in_values=True
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=kept,
            column_types=dict.fromkeys(kept, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=NOTHING,
        ),
    )
    seen = 0
    for batch in reader:
        whole = broken.without_wider(batch, [f"c{place}" for place in beyond])
        columns = {part: whole.column(f"c{place}") for part, place in numbers.items()}
        columns = broken.without_swallowed(columns)
        broken.check(path)
        yield columns, broken.count - seen
        seen = broken.count
    broken.check(path)
    rows = broken.fitted
    if rows or broken.count > seen:
        columns = {
            part: pa.array([row[place] for row in rows], pa.string())
            for part, place in numbers.items()
        }
        yield broken.without_swallowed(columns), broken.count - seen


class _Broken:
    """Leaves out rows that have too many cells, or too few, and counts their lines.

    A quotation mark that does not close takes the lines up to the next mark into its cell.

    Attributes:
        count: How many lines are left out.
        fitted: The cells of rows that are as wide as the header but for empty cells beyond it, and
            not as wide as most.
    """

    def __init__(self, header: Header) -> None:
        self.count = 0
        self.fitted: list[list[str | None]] = []
        self._header = header
        self._most, self._begins = 1, ""

    def __call__(self, row: pacsv.InvalidRow) -> str:
        width = len(self._header.names)
        if row.actual_columns >= width and row.text.count("\n") < MOST_LINES:
            lines = io.StringIO(row.text, newline="")
            cells = next(csv.reader(lines, delimiter=self._header.separator), [])
            if len(cells) >= width and not any(cell.strip() for cell in cells[width:]):
                self.fitted.append([None if cell in NOTHING else cell for cell in cells[:width]])
                return "skip"
        self._leave([row.text])
        return "skip"

    def without_wider(self, batch: pa.RecordBatch, beyond: list[str]) -> pa.RecordBatch:
        """The rows of a batch but for those with something in a cell beyond the header."""
        for name in beyond:
            text = pc.utf8_trim_whitespace(batch.column(name).fill_null(""))
            is_empty = pc.equal(text, "")
            self.count += len(batch) - pc.sum(is_empty).as_py() if len(batch) else 0
            batch = batch.filter(is_empty)
        return batch

    def without_swallowed(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """The rows of a batch but for those whose user, item or time goes over several lines."""
        swallowed: np.ndarray | None = None
        for part, column in columns.items():
            if part.startswith((USER, VISITOR, SESSION, ITEM)) or part == TIME:
                text = pc.utf8_trim_whitespace(column.fill_null(""))
                here = np.asarray(pc.match_substring(text, "\n"))
                self._leave(text.filter(pa.array(here)).to_pylist())
                swallowed = here if swallowed is None else swallowed | here
        if swallowed is None or not swallowed.any():
            return columns
        return {part: column.filter(pa.array(~swallowed)) for part, column in columns.items()}

    def check(self, path: Path) -> None:
        """Refuse a log of which an open quotation mark has taken more than a few lines.

        Raises:
            EventsError: If it has.
        """
        if self._most > MOST_LINES:
            raise EventsError(
                f"The events '{path}' have a quotation mark that does not close, at "
                f"'{self._begins}': {self._most:,} lines would be one row. Close or remove it."
            )

    def _leave(self, texts: list[str]) -> None:
        for text in texts:
            lines = text.rstrip("\r\n").count("\n") + 1
            self.count += lines
            if lines > self._most:
                self._most, self._begins = lines, text.strip().splitlines()[0][:60]
