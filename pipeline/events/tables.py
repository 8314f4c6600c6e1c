"""Tables of events, streamed: CSV, JSON and parquet, a batch of rows at a time."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, TIME, USER, Columns, find_columns, find_nested

BATCH_ROWS = 500_000
BLOCK_BYTES = 16 * 2**20
HEAD_BYTES = 65_536
PARQUET = b"PAR1"
SEPARATORS = ",;\t|"
NESTED = "items"
"""Google Analytics' export to BigQuery has a list of items in each row."""
ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OTHER = "cp1252"
"""Of what is not UTF-8: ids are of ASCII in nearly every log, and read the same in all of these."""
PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
}
"""By what a file begins with, whatever it is called."""
EXCEL = re.compile(r"sep=(.)", re.IGNORECASE)
"""The line by which Excel is told what parts cells."""
ARCHIVE = b"PK\x03\x04"
MOST_LINES = 20
"""Of one row: a text that somebody wrote into a cell is hardly longer."""

JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*\{)")
"""How a file of JSON begins."""

Batch = tuple[dict[str, pa.Array], int]
"""The columns of some rows by their parts of an event, and how many rows were broken."""
NESTED_TYPES = (dict, list)
"""What a row of JSON may hold instead of a single value."""
Find = Callable[[list[str]], dict[str, str]]
"""Finds the columns that are read among those that there are, by their parts of an event."""


def read_batches(
    path: Path, said: Columns, found: dict[str, str], ignored: Collection[str] = ()
) -> Iterator[Batch]:
    """Read a log a batch at a time.

    Args:
        path: A file of CSV or JSON, packed or not, or of parquet.
        said: The columns that somebody has named.
        found: Is told the columns that are read.
        ignored: The parts of an event that are not read.

    Raises:
        EventsError: If it is an archive, or a column is missing or holds more than one value a row.
        OSError: If it cannot be read; likewise an error of pyarrow's, of `csv` or of Unicode.
    """
    with path.open("rb") as stream:
        first = stream.read(max(map(len, PACKED)))
    if first == ARCHIVE:
        raise EventsError(
            f"The events '{path}' are an archive or a workbook. Unpack it, or save it as CSV."
        )

    def find(names: list[str]) -> dict[str, str]:
        found.update(find_columns(names, said, path.name, ignored))
        return found

    packing = next((packing for mark, packing in PACKED.items() if first.startswith(mark)), None)
    if first == PARQUET:
        yield from _parquet(path, said, find)
        return
    with pa.input_stream(str(path), compression=packing) as stream:
        head = stream.read(HEAD_BYTES)
    if JSON.match(head):
        yield from _json(path, packing, find)
    else:
        yield from _csv(path, packing, head, find)


def _parquet(path: Path, said: Columns, find: Find) -> Iterator[Batch]:
    file = pq.ParquetFile(path, memory_map=True)
    schema = file.schema_arrow
    nested = _nested(schema)
    flat = [*(n for n in schema.names if n != NESTED or not nested), *([nested] if nested else [])]
    found = find(flat)
    for part in find_nested(found, schema, said, path):
        del found[part]
    is_nested = found[ITEM] == nested
    wanted = [NESTED if name == nested else name for name in found.values()]
    for batch in file.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(wanted))):
        columns = {n: _column(batch, NESTED if n == nested else n) for n in found.values()}
        if is_nested:
            lists = columns[found[ITEM]]
            rows = pc.list_parent_indices(lists)
            items = pc.struct_field(pc.list_flatten(lists), "item_id")
            columns = {n: c.take(rows) for n, c in columns.items() if n != nested}
            columns[found[ITEM]] = items
        yield {part: columns[name] for part, name in found.items()}, 0


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column, the first where several are called the same."""
    return batch.column(batch.schema.get_all_field_indices(name)[0])


def _nested(schema: pa.Schema) -> str:
    """The name of the items' ids in lists of rows; empty where there are no such lists."""
    if NESTED not in schema.names or not pa.types.is_list(schema.field(NESTED).type):
        return ""
    inner = schema.field(NESTED).type.value_type
    is_known = pa.types.is_struct(inner) and inner.get_field_index("item_id") >= 0
    return "items.item_id" if is_known else ""


def _json(path: Path, packing: str | None, find: Find) -> Iterator[Batch]:
    """Objects, one a line or in one list, each of them a row."""
    stop = (
        f"The events '{path}' are no plain JSON, one object of texts and numbers a line. Save them "
        "as CSV."
    )
    found: dict[str, str] = {}
    with pa.input_stream(str(path), compression=packing) as stream:
        objects = _objects(io.BufferedReader(stream), stop)
        while rows := list(itertools.islice(objects, BATCH_ROWS // 5)):
            whole = [row for row in rows if isinstance(row, dict)]
            if not found:
                are_nested = (
                    isinstance(cell, NESTED_TYPES) for row in whole for cell in row.values()
                )
                if len(whole) * 2 < len(rows) or all(are_nested):
                    raise EventsError(stop)
                found = find(list(dict.fromkeys(name for row in whole for name in row)))
            cells = {part: [row.get(name) for row in whole] for part, name in found.items()}
            if any(isinstance(cell, NESTED_TYPES) for column in cells.values() for cell in column):
                raise EventsError(stop)
            columns = {
                part: pa.array([_cell(cell) for cell in column], pa.string())
                for part, column in cells.items()
            }
            yield columns, len(rows) - len(whole)


def _cell(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def _objects(stream: io.BufferedReader, stop: str) -> Iterator[object]:
    """What the lines say, or the parts of a list; None for a line that is no JSON.

    Raises:
        EventsError: If it is one list that cannot be read; `stop` says so.
    """
    if stream.peek().lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"["):
        try:
            yield from json.load(stream)
        except (ValueError, RecursionError) as error:
            raise EventsError(stop) from error
        return
    for line in stream:
        if text := line.decode("utf-8-sig").strip():
            try:
                yield json.loads(text)
            except (ValueError, RecursionError):
                yield None


def _csv(path: Path, packing: str | None, head: bytes, find: Find) -> Iterator[Batch]:
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
