"""Reading a store: which of its objects are items; of pictures nothing is fetched for it.

Objects are told by their names: to look into each, as is done with files, would be a request for
every one of them. Tables are small, and are copied here.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.catalogue.found import Found, Record, Why
from pipeline.catalogue.reading.contents import PICTURE_ENDINGS, TABLE_ENDINGS, UNREAD_ENDINGS
from pipeline.catalogue.reading.folder import read_listed
from pipeline.catalogue.reading.stored import (
    find_items,
    of_split,
    open_parquet,
    picture_column,
)
from pipeline.catalogue.reading.tables import id_column, plain_column
from pipeline.catalogue.reading.walking import SYSTEM_NAMES, WalkedFile, printable
from pipeline.catalogue.stores.pictures import ObjectPictures, ParquetPictures
from pipeline.errors import CatalogueError
from pipeline.store import Store, StoredFile, open_store

MAX_TABLE_BYTES = 512 * 2**20


def read_store(address: str, split: str) -> Found:
    """Read a folder of pictures with or without tables, or parquet files of pictures.

    Args:
        address: Where they lie in a store: a folder, a table beside pictures, or a parquet file.
        split: Which of the parquet files to read where they are of several splits.

    Raises:
        CatalogueError: If there is no picture, or what is there cannot be read.
        StoreError: If the store does not answer, or has nothing there.
    """
    folder, table = _parted(address)
    store, record = open_store(folder), Record()
    files = store.listed()
    if table and not any(file.name == table for file in files):
        raise CatalogueError(f"There is no '{table}' at '{store.address}'. Check the spelling.")
    pictures, tables, sets = _sort(files, record)
    stamp = hashlib.sha256("\n".join(f"{f.name} {f.bytes} {f.stamp}" for f in files).encode())
    if table:
        tables = [file for file in tables if file.name == table]
        sets = [file for file in sets if file.name == table]
        record = Record()
    stored = {file.name: opened for file in sets if (opened := _open_set(store, file)) is not None}
    tables += [file for file in sets if file.name not in stored]
    if stored and (table or _rows_in(stored) >= len(pictures)):
        found = _read_sets(store, stored, split, record)
    else:
        found = _read_pictures(store, pictures, tables, record, only_named=bool(table))
    return replace(found, stamp=stamp.hexdigest())


def _parted(address: str) -> tuple[str, str]:
    """The folder of an address and, where it is that of a table, the table's name."""
    ending = PurePosixPath(address).suffix.lower()
    if ending == ".parquet" or ending in TABLE_ENDINGS:
        folder, _, name = address.rstrip("/").rpartition("/")
        return folder, name
    return address, ""


def _sort(
    files: Sequence[StoredFile], record: Record
) -> tuple[list[StoredFile], list[StoredFile], list[StoredFile]]:
    """The pictures, the tables and the parquet files; the rest is noted."""
    pictures, tables, sets = [], [], []
    for file in files:
        name, parts = printable(file.name), file.name.split("/")
        ending = PurePosixPath(file.name).suffix.lower()
        if any(part in ("", ".", "..") for part in parts) or "\\" in file.name or "\0" in file.name:
            record.leave(name, Why.OTHER, "of a name that no file can have")
        elif any(SYSTEM_NAMES.fullmatch(part) for part in parts):
            record.leave(name, Why.SYSTEM, "hidden, or left by the system or another program")
        elif ending in PICTURE_ENDINGS:
            pictures.append(file)
        elif ending == ".parquet":
            sets.append(file)
        elif ending in TABLE_ENDINGS and file.bytes <= MAX_TABLE_BYTES:
            tables.append(file)
        elif ending in UNREAD_ENDINGS:
            reason = f"{UNREAD_ENDINGS[ending]}, which is not read: save it as a JPEG"
            record.leave(name, Why.SKIPPED, reason)
        else:
            record.leave(name, Why.OTHER, "no picture, by its name")
    return pictures, tables, sets


def _open_set(store: Store, file: StoredFile) -> tuple[pq.ParquetFile, str] | None:
    """A parquet file of pictures with the name of their column; None for one of words."""
    stream = store.open(file.name)
    with store.explained(), _readable(f"{store.address}/{file.name}"):
        column = picture_column(stream)
        return (open_parquet(stream), column) if column is not None else None


@contextlib.contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise CatalogueError(f"The catalogue '{name}' cannot be opened: {error}") from error


def _rows_in(stored: dict[str, tuple[pq.ParquetFile, str]]) -> int:
    return max(1, sum(int(file.metadata.num_rows) for file, _ in stored.values()))


def _read_sets(
    store: Store, stored: dict[str, tuple[pq.ParquetFile, str]], split: str, record: Record
) -> Found:
    """Parquet files of pictures: all of them but the pictures is read now."""
    names = {WalkedFile(Path(name), printable(name)): name for name in stored}
    chosen = of_split(store.address, list(names), split, record)
    opened = [stored[names[file]] for file in chosen]
    with store.explained(), _readable(store.address):
        sets = [_without_pictures(file, column) for file, column in opened]
    columns = [column for _, column in opened]
    pictures = ParquetPictures(store, [file for file, _ in opened], columns)
    return find_items(store.address, sets, columns, pictures, record)


def _without_pictures(file: pq.ParquetFile, column: str) -> datasets.Dataset:
    """A set of all but its pictures; in their column, which is no attribute, it has a number.

    Other columns that can be no attribute, such as further pictures, are empty: they are not read.
    """
    schema, count = file.schema_arrow, file.metadata.num_rows
    features = datasets.Features.from_arrow_schema(schema)
    others = [field for field in schema if field.name != column]
    id_name = id_column([field.name for field in others])
    read = [f.name for f in others if f.name == id_name or _may_be_attribute(f.type)]
    table = file.read(columns=read)
    columns = {name: table[name] for name in read}
    columns |= {f.name: pa.nulls(count, f.type) for f in others if f.name not in read}
    columns[column], features[column] = pa.array(np.arange(count)), datasets.Value("int64")
    whole = pa.table({name: columns[name] for name in features})
    described = whole.replace_schema_metadata(features.arrow_schema.metadata)
    return datasets.Dataset(datasets.table.InMemoryTable(described))


def _may_be_attribute(kind: pa.DataType) -> bool:
    return plain_column(pa.chunked_array([], kind)) is not None


def _read_pictures(
    store: Store,
    pictures: Sequence[StoredFile],
    tables: Sequence[StoredFile],
    record: Record,
    *,
    only_named: bool,
) -> Found:
    """Pictures, and the tables that describe them, which are copied here to be read."""
    with tempfile.TemporaryDirectory(prefix="lookalike-") as place:
        root = Path(place)
        for table in tables:
            (root / table.name).parent.mkdir(parents=True, exist_ok=True)
            store.fetch(table.name, root / table.name, table.bytes)
        names = {root / file.name: file.name for file in pictures}
        shown = [WalkedFile(path, printable(name)) for path, name in names.items()]
        walked = [WalkedFile(root / table.name, printable(table.name)) for table in tables]
        try:
            found = read_listed(root, shown, walked, record, only_named=only_named)
        except CatalogueError as error:
            raise CatalogueError(str(error).replace(place, store.address)) from error
        paths = [Path(str(found.pictures[row])) for row in range(len(found.ids))]
        missing = [path not in names for path in paths]
        objects = [names.get(path, path.relative_to(root).as_posix()) for path in paths]
    notes = found.notes
    if found.further:
        count = sum(map(len, found.further))
        notes += (f"{count:,} further pictures are left out: of a store the first is taken.",)
    pictures_of = ObjectPictures(store, objects, missing)
    return replace(found, pictures=pictures_of, notes=notes, further=())
