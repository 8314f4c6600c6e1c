"""Events in CSV, whatever parts its cells, with rows that are broken."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, TIME, USER
from pipeline.events.tables.batches import HEAD_BYTES, Batch, Find

BLOCK_BYTES = 16 * 2**20
SEPARATORS = ",;\t|"
ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OTHER = "cp1252"
"""Of what is not UTF-8: ids are of ASCII in nearly every log, and read the same in all of these."""
EXCEL = re.compile(r"sep=(.)", re.IGNORECASE)
"""The line by which Excel is told what parts cells."""
MOST_LINES = 20
"""Of one row: a text that somebody wrote into a cell is hardly longer."""


def read_csv(path: Path, packing: str | None, head: bytes, find: Find) -> Iterator[Batch]:
    """Read a table of CSV.

    Args:
        path: The file.
        packing: How it is packed, as pyarrow calls it; None if it is not.
        head: Its beginning, unpacked.
        find: Finds its columns.

    Raises:
        EventsError: If it is no table, or a quotation mark does not close.
    """
    encoding = _encoding(head)
    lines, names, separator = _header(head, encoding)
    if not any(names) or any("\0" in name for name in names):
        raise EventsError(f"The events '{path}' are empty, or no table. Give a CSV with a header.")
    found = find(names)
    broken = _Broken()
    # Numbered, since columns that are not read may have names twice, or none.
    numbers = {part: f"c{names.index(name)}" for part, name in found.items()}
    reader = pacsv.open_csv(
        pa.input_stream(str(path), compression=packing),
        read_options=pacsv.ReadOptions(
            block_size=BLOCK_BYTES,
            column_names=[f"c{place}" for place in range(len(names))],
            skip_rows=lines,
            encoding=encoding,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=separator, invalid_row_handler=broken, newlines_in_values=True
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=list(dict.fromkeys(numbers.values())),
            column_types=dict.fromkeys(numbers.values(), pa.binary()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=["", "NA", "NaN", "nan", "NULL", "null", "None"],
        ),
    )
    seen = 0
    for batch in reader:
        columns = {part: _decoded(batch.column(number)) for part, number in numbers.items()}
        whole = broken.without_swallowed(columns)
        broken.check(path)
        yield whole, broken.count - seen
        seen = broken.count
    broken.check(path)
    if broken.count > seen:
        yield {part: pa.array([], pa.string()) for part in numbers}, broken.count - seen


def _decoded(column: pa.Array) -> pa.Array:
    """Texts of bytes, each of which is UTF-8 or else `OTHER`, however late in a file."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        encoded = column.dictionary_encode()
        texts = [_text(data) for data in encoded.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(texts)).cast(pa.string())


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(OTHER, "replace")


def _encoding(head: bytes) -> str:
    for mark, encoding in ENCODINGS.items():
        if head.startswith(mark):
            return encoding if encoding != "utf-8-sig" else "utf-8"
    if head.count(0) >= max(2, len(head) // 3):
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    return "utf-8"


def _header(head: bytes, encoding: str) -> tuple[int, list[str], str]:
    """How many lines there are up to the end of the header, its names, and what parts them."""
    text = head.decode(encoding, "ignore") if encoding != "utf-8" else _text(_whole(head))
    lines = io.StringIO(text.lstrip("\ufeff"), newline="").readlines()
    separator = ""
    before = 0
    for line in lines:
        plain = line.strip()
        told = EXCEL.fullmatch(plain)
        if plain and plain[0] != "#" and not told:
            break
        separator = told[1] if told else separator
        before += 1
    rest = lines[before:]
    if not rest:
        return before, [], SEPARATORS[0]
    separator = separator or max(SEPARATORS, key=rest[0].count)
    reader = csv.reader(rest, delimiter=separator)
    names = [name.strip() for name in next(reader, [])]
    return before + reader.line_num, names, separator


def _whole(head: bytes) -> bytes:
    """The beginning of a file without a letter that is cut in two."""
    for cut in range(min(4, len(head)) if len(head) == HEAD_BYTES else 1):
        part = head[: len(head) - cut]
        with contextlib.suppress(UnicodeDecodeError):
            part.decode()
            return part
    return head


class _Broken:
    """Leaves out rows that have too many cells, or too few, and counts their lines.

    A quotation mark that does not close takes the lines up to the next mark into its cell.
    """

    def __init__(self) -> None:
        self.count = 0
        self._most, self._begins = 1, ""

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self._leave([row.text])
        return "skip"

    def without_swallowed(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """The rows of a batch but for those whose user, item or time goes over several lines."""
        swallowed: np.ndarray | None = None
        for part in (USER, ITEM, TIME):
            if part in columns:
                text = pc.utf8_trim_whitespace(columns[part].fill_null(""))
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
