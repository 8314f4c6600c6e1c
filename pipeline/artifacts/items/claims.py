"""Claims: what a file of items says that it holds, checked before anything of it is unpacked."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.artifacts.files import PICTURE_TYPE, ROWS_IN_GROUP

ID, IMAGE = "id", "image"
MAX_ITEM_BYTES = 200_000
"""Of an item besides its embedding, unpacked; a thumbnail has up to 40,000."""
MAX_GROUP_ROWS = 4 * ROWS_IN_GROUP
PAGE_BYTES = 1_000
"""What a column of a row group takes besides its values."""
CODECS = {"SNAPPY", "UNCOMPRESSED"}
"""Those that are written. Others pack a thousand times denser, and so unpack to more."""


def open_items(path: Path, source: pa.NativeFile | None = None) -> pq.ParquetFile:
    """Open a file of items, checked by what it claims; nothing of it is unpacked yet.

    Args:
        path: The file.
        source: The same, opened already; None opens it.

    Raises:
        ValueError: If it holds other columns than items have, or row groups that are too large.
    """
    source = pa.memory_map(str(path)) if source is None else source
    metadata = pq.read_metadata(source)
    schema = metadata.schema.to_arrow_schema()
    for name, kind in ((ID, pa.string()), (IMAGE, PICTURE_TYPE)):
        if name not in schema.names or schema.field(name).type != kind:
            raise ValueError(f"{path.name} has no column '{name}' of {kind}")
    if len(set(schema.names)) < len(schema.names):
        raise ValueError(f"{path.name} has two columns of one name")
    for field in schema:
        is_odd = pa.types.is_nested(field.type) or pa.types.is_dictionary(field.type)
        if field.name != IMAGE and (is_odd or pa.types.is_binary(field.type)):
            raise ValueError(f"the attribute '{field.name}' of {path.name} is of {field.type}")
    kinds = (pa.types.is_string, pa.types.is_large_string)
    texts = [field.name for field in schema if any(kind(field.type) for kind in kinds)]
    # Kept as dictionaries, in which a long text that comes in every row is there once.
    file = pq.ParquetFile(source, metadata=metadata, pre_buffer=False, read_dictionary=texts)
    for group in range(file.num_row_groups):
        claims = file.metadata.row_group(group)
        most = claims.num_rows * MAX_ITEM_BYTES + claims.num_columns * PAGE_BYTES
        if claims.num_rows > MAX_GROUP_ROWS or claims.total_byte_size > most:
            raise ValueError(f"a row group of {path.name} is larger than any that is built")
        for column in range(claims.num_columns):
            if claims.column(column).compression not in CODECS:
                raise ValueError(f"{path.name} is packed in a way that no build packs")
    return file


def plain(table: pa.Table) -> pa.Table:
    """A table without dictionaries."""
    columns = zip(table.column_names, table.columns, strict=True)
    return pa.table({name: _plain(column) for name, column in columns})


def text_bytes(column: pa.ChunkedArray) -> int:
    """How long the texts of a column are that is kept as dictionaries."""
    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = (pc.take(pc.binary_length(c.dictionary), c.indices) for c in column.chunks)
    return sum(pc.sum(pc.cast(each, pa.int64())).as_py() or 0 for each in lengths)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_dictionary = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if is_dictionary else column
