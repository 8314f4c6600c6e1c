"""Tables of events, streamed a batch of rows at a time, whatever their form."""

from __future__ import annotations

import io
from collections.abc import Collection, Generator, Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.errors import EventsError
from pipeline.events.columns import Columns, find_columns, known_names
from pipeline.events.tables.batches import Batch
from pipeline.events.tables.csv_table import read_csv
from pipeline.events.tables.decoding import SAMPLE_BYTES, Decoded, find_encoding
from pipeline.events.tables.header import find_header
from pipeline.events.tables.json_table import JSON, read_json
from pipeline.events.tables.parquet_table import PARQUET, read_parquet

PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
}
"""By what a file begins with, whatever it is called."""
HEAD_BYTES = 65_536
"""The beginning of a file, which tells its form."""
ARCHIVE = b"PK\x03\x04"


def read_batches(
    path: Path,
    said: Columns,
    found: dict[str, str],
    ignored: Collection[str] = (),
    *,
    names: list[str] | None = None,
) -> Generator[Batch]:
    """Read a log a batch at a time.

    Args:
        path: A file of CSV or JSON, packed or not, or of parquet.
        said: The columns that somebody has named.
        found: Is told the columns that are read.
        ignored: The parts of an event that are not read.
        names: Is told the columns that there are.

    Raises:
        EventsError: If it is an archive, or a column is missing or holds more than one value a row.
        OSError: If it cannot be read; likewise an error of pyarrow's or of `csv`.
    """
    with path.open("rb") as stream:
        first = stream.read(max(map(len, PACKED)))
    if first == ARCHIVE:
        raise EventsError(
            f"The events '{path}' are an archive or a workbook. Unpack it, or save it as CSV."
        )

    def find(there: list[str]) -> dict[str, str]:
        if names is not None:
            names.extend(there)
        found.update(find_columns(there, said, path.name, ignored))
        return found

    packing = next((packing for mark, packing in PACKED.items() if first.startswith(mark)), None)
    if first == PARQUET:
        yield from read_parquet(path, said, find)
        return

    def known(there: Sequence[str]) -> int:
        return known_names(there, said)

    with pa.input_stream(str(path), compression=packing) as packed:
        sample = packed.read(SAMPLE_BYTES)
    encoding = find_encoding(sample, lambda text: find_header(text[:HEAD_BYTES], known).known)
    with io.BufferedReader(Decoded(path, packing, encoding), HEAD_BYTES) as text:
        head = text.peek().decode("utf-8", "ignore")
        if JSON.match(head):
            yield from read_json(path, text, find)
        else:
            yield from read_csv(path, text, find_header(head, known), find)
