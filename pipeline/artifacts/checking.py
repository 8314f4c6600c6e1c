"""Checking: what the files of a built catalogue claim, before anything of them is believed.

A built catalogue may come from a stranger, so a small file must not unpack to a large one, no file
may lie elsewhere, and no number may be none.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.artifacts.files import ITEMS_PREFIX, PICTURE_TYPE, PICTURES, ROWS_IN_GROUP
from pipeline.artifacts.manifest import (
    EMBEDDINGS,
    MANIFEST,
    VIEWS,
    FileRecord,
    Manifest,
)

ID, IMAGE = "id", "image"
MAX_ITEM_BYTES = 200_000
"""Of an item besides its embedding, unpacked; a thumbnail has up to 40,000."""
MAX_TEXT_BYTES = 8_192
"""Of the attributes of an item, in the mean."""
SPARE_TEXT_BYTES = 64 * 2**20
"""Left to the texts of any catalogue, however few its items are."""
MAX_GROUP_ROWS = 4 * ROWS_IN_GROUP
PAGE_BYTES = 1_000
"""What a column of a row group takes besides its values."""
CODECS = {"SNAPPY", "UNCOMPRESSED"}
"""Those that are written. Others pack a thousand times denser, and so unpack to more."""
LARGEST = 1e15
"""The squares of 2,048 such numbers add up to less than the largest float32, 3.4e38."""
CHECKED_ROWS = 4096
_COLOURS_NAME = re.compile(r"(views-)?colour-names-\d{1,3}\.safetensors")
"""Those of another descriptor than today's are left unread."""
_ITEMS_NAME = re.compile(re.escape(ITEMS_PREFIX) + r"\d{5,}\.parquet")


def check_names(manifest: Manifest) -> list[FileRecord]:
    """The files of items, in order, of a manifest that lists what a build writes and no more.

    Raises:
        ValueError: If it lists anything else, twice, or in another order.
    """
    names = [record.name for record in manifest.files]
    items = [name for name in names if _ITEMS_NAME.fullmatch(name)]
    known = {EMBEDDINGS, *items, *(name for name in names if _COLOURS_NAME.fullmatch(name))}
    known |= {VIEWS} if manifest.views else set()
    if sorted(names) != sorted(known | ({PICTURES} & set(names))):
        odd = sorted(set(names) - known) or names
        raise ValueError(f"{MANIFEST} lists {odd[0]} among its files, or one of them twice")
    if not items or items != sorted(items, key=lambda name: (len(name), name)):
        raise ValueError(f"{MANIFEST} lists its files of items out of order, or none")
    return [record for record in manifest.files if record.name in items]


def check_file(folder: Path, record: FileRecord) -> None:
    """Whether a file is the one that the manifest describes, and lies where it seems to.

    Raises:
        ValueError: If it is not, or does not.
    """
    path = folder / record.name
    if not path.is_file():
        raise ValueError(f"{record.name} is missing")
    if path.resolve().parent != folder.resolve():
        raise ValueError(f"{record.name} is a link to a file outside of it")
    if path.stat().st_size != record.bytes or FileRecord.of(path).sha256 != record.sha256:
        raise ValueError(f"{record.name} is not the file that {MANIFEST} describes")


def open_items(path: Path) -> pq.ParquetFile:
    """Open a file of items, checked by what it claims; nothing of it is unpacked yet.

    Raises:
        ValueError: If it holds other columns than items have, or row groups that are too large.
    """
    schema = pq.read_schema(path)
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
    file = pq.ParquetFile(path, memory_map=True, pre_buffer=False, read_dictionary=texts)
    for group in range(file.num_row_groups):
        claims = file.metadata.row_group(group)
        most = claims.num_rows * MAX_ITEM_BYTES + claims.num_columns * PAGE_BYTES
        if claims.num_rows > MAX_GROUP_ROWS or claims.total_byte_size > most:
            raise ValueError(f"a row group of {path.name} is larger than any that is built")
        for column in range(claims.num_columns):
            if claims.column(column).compression not in CODECS:
                raise ValueError(f"{path.name} is packed in a way that no build packs")
    return file


def plain_items(files: list[pq.ParquetFile], count: int) -> pa.Table:
    """Read the texts and numbers of all the items, if they are of a size that items have.

    Args:
        files: What `open_items` gives.
        count: How many items the manifest counts.

    Raises:
        ValueError: If their texts are far longer.
    """
    names = [name for name in files[0].schema_arrow.names if name != IMAGE]
    tables = [file.read(columns=names) for file in files]
    unpacked = sum(_text_bytes(column) for table in tables for column in table.columns)
    if unpacked > SPARE_TEXT_BYTES + count * MAX_TEXT_BYTES:
        raise ValueError(f"the texts of its {count:,} items unpack to {unpacked:,} bytes")
    if any(table.column_names != names for table in tables):
        raise ValueError("its files of items have different columns")
    return pa.concat_tables(plain(table) for table in tables)


def plain(table: pa.Table) -> pa.Table:
    """A table without dictionaries."""
    columns = zip(table.column_names, table.columns, strict=True)
    return pa.table({name: _plain(column) for name, column in columns})


def _text_bytes(column: pa.ChunkedArray) -> int:
    """How long the texts of a column are that is kept as dictionaries."""
    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = (pc.take(pc.binary_length(c.dictionary), c.indices) for c in column.chunks)
    return sum(pc.sum(pc.cast(each, pa.int64())).as_py() or 0 for each in lengths)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_dictionary = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if is_dictionary else column


def check_numbers(embeddings: np.ndarray) -> None:
    """Whether every number of the embeddings is one that can be searched with.

    Raises:
        ValueError: If one is infinite or none, or too large.
    """
    for start in range(0, len(embeddings), CHECKED_ROWS):
        rows = embeddings[start : start + CHECKED_ROWS]
        if not np.isfinite(rows).all():
            raise ValueError(f"{EMBEDDINGS} holds numbers that are infinite, or none at all")
        if max(rows.max(initial=0), -rows.min(initial=0)) > LARGEST:
            raise ValueError(f"{EMBEDDINGS} holds numbers too large to be searched with")
