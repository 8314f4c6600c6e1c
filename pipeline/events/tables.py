"""Tables of events, streamed: CSV and parquet of any size, a batch of rows at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, Columns, find_columns

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

Batch = tuple[dict[str, pa.Array], int]
"""The columns of some rows by their parts of an event, and how many rows were broken."""


def read_batches(path: Path, said: Columns, found: dict[str, str]) -> Iterator[Batch]:
    """Read a log a batch at a time.

    Args:
        path: A file of CSV, packed or not, or of parquet.
        said: The columns that somebody has named.
        found: Is told the columns that are read.

    Raises:
        EventsError: If it cannot be read, or a column is missing.
    """
    try:
        with path.open("rb") as stream:
            is_parquet = stream.read(len(PARQUET)) == PARQUET
        yield from (_parquet if is_parquet else _csv)(path, said, found)
    except (OSError, pa.ArrowException, csv.Error, UnicodeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise EventsError(
            f"The events '{path}' cannot be read ({reason[:200]}). Give a CSV file with a header, "
            "or a parquet file."
        ) from error


def _parquet(path: Path, said: Columns, found: dict[str, str]) -> Iterator[Batch]:
    file = pq.ParquetFile(path, memory_map=True)
    schema = file.schema_arrow
    nested = _nested(schema)
    flat = [*(n for n in schema.names if n != NESTED or not nested), *([nested] if nested else [])]
    found.update(find_columns(flat, said, path.name))
    is_nested = found[ITEM] == nested
    wanted = [NESTED if name == nested else name for name in found.values()]
    for batch in file.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(wanted))):
        columns = {n: batch.column(NESTED if n == nested else n) for n in found.values()}
        if is_nested:
            lists = columns[found[ITEM]]
            rows = pc.list_parent_indices(lists)
            items = pc.struct_field(pc.list_flatten(lists), "item_id")
            columns = {n: c.take(rows) for n, c in columns.items() if n != nested}
            columns[found[ITEM]] = items
        yield {part: columns[name] for part, name in found.items()}, 0


def _nested(schema: pa.Schema) -> str:
    """The name of the items' ids in lists of rows; empty where there are no such lists."""
    if NESTED not in schema.names or not pa.types.is_list(schema.field(NESTED).type):
        return ""
    inner = schema.field(NESTED).type.value_type
    is_known = pa.types.is_struct(inner) and inner.get_field_index("item_id") >= 0
    return "items.item_id" if is_known else ""


def _csv(path: Path, said: Columns, found: dict[str, str]) -> Iterator[Batch]:
    with pa.input_stream(str(path), compression="detect") as stream:
        head = stream.read(HEAD_BYTES)
    encoding = _encoding(head)
    blank, first = _first_line(head, encoding)
    separator = max(SEPARATORS, key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    if not any(names) or "\0" in first:
        raise EventsError(f"The events '{path}' are empty, or no table. Give a CSV with a header.")
    found.update(find_columns(names, said, path.name))
    broken = _Broken()
    # Numbered, since columns that are not read may have names twice, or none.
    numbers = {part: f"c{names.index(name)}" for part, name in found.items()}
    reader = pacsv.open_csv(
        pa.input_stream(str(path), compression="detect"),
        read_options=pacsv.ReadOptions(
            block_size=BLOCK_BYTES,
            column_names=[f"c{place}" for place in range(len(names))],
            skip_rows=blank + 1,
            encoding=encoding,
        ),
        parse_options=pacsv.ParseOptions(delimiter=separator, invalid_row_handler=broken),
        convert_options=pacsv.ConvertOptions(
            include_columns=list(dict.fromkeys(numbers.values())),
            column_types=dict.fromkeys(numbers.values(), pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=["", "NA", "NaN", "nan", "NULL", "null", "None"],
            check_utf8=False,
        ),
    )
    seen = 0
    for batch in reader:
        yield {part: batch.column(number) for part, number in numbers.items()}, broken.count - seen
        seen = broken.count
    if broken.count > seen:
        yield {part: pa.array([], pa.string()) for part in numbers}, broken.count - seen


def _encoding(head: bytes) -> str:
    for mark, encoding in ENCODINGS.items():
        if head.startswith(mark):
            return encoding if encoding != "utf-8-sig" else "utf-8"
    if head.count(0) >= max(2, len(head) // 3):
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return OTHER
    return "utf-8"


def _first_line(head: bytes, encoding: str) -> tuple[int, str]:
    """How many lines are blank before the header, and the header."""
    lines = io.StringIO(head.decode(encoding, "ignore").lstrip("\ufeff")).readlines()
    blank = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return blank, lines[blank].rstrip("\r\n") if lines else ""


class _Broken:
    """Counts rows that have too many cells, or too few, and leaves them out."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self.count += 1
        return "skip"
