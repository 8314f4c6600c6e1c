"""Stored: sets with their pictures in parquet files, or on the hub, opened through `datasets`."""

from __future__ import annotations

import glob
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.catalogue.found import Found, Pictures, Record, StoredPictures, Why
from pipeline.catalogue.places import check_places, hub_folders, named_only
from pipeline.catalogue.reading.contents import HEAD_BYTES, is_picture
from pipeline.catalogue.reading.tables import (
    attribute_table,
    commit_of,
    described,
    id_columns,
    ids_of_set,
    is_bytes,
    is_list,
    load_set,
    readable,
    stack_tables,
)
from pipeline.catalogue.reading.walking import WalkedFile, listed, own_folders
from pipeline.errors import CatalogueError, lines_of
from pipeline.hub import bound_waits
from pipeline.ids import Ids

IMAGE = "image"
READ_BYTES = 4 * 2**20
"""Of a column of a parquet file, read at once."""
LOOKED_AT = 256
"""Of the cells of a column of bytes: what was downloaded in vain may lie before the pictures."""
_SPLIT = re.compile(
    r"(?P<split>train|test|validation|valid|val|dev|eval)(-\d{5}-of-\d{5}(-[0-9a-f]+)?)?\.parquet",
    re.IGNORECASE,
)
_SAME_SPLIT = {"valid": "validation", "val": "validation", "dev": "validation", "eval": "test"}
DAMAGED = "a parquet file that is damaged or cut short: get it again"


def is_whole(path: Path) -> bool:
    """Whether the end of a parquet file is there, which says what the file holds."""
    try:
        pq.read_schema(path)
    except (pa.ArrowException, ValueError, OSError):
        return False
    return True


def has_pictures(path: Path) -> bool:
    """Whether a parquet file holds pictures, and not only words about them."""
    try:
        return _any_picture_column(path) is not None
    except (pa.ArrowException, ValueError, OSError):
        return False


def open_parquet(source: Path | BinaryIO) -> pq.ParquetFile:
    """A parquet file of which a page is read at once: else a row group's whole column would be."""
    return pq.ParquetFile(source, buffer_size=READ_BYTES, pre_buffer=False)


def picture_column(source: Path | BinaryIO) -> str | None:
    """The column of a parquet file that holds a picture a row: by its type, or by its values."""
    file = open_parquet(source)
    schema = file.schema_arrow
    known = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    features = ((known.get("info") or {}).get("features") or {}) if isinstance(known, dict) else {}
    for name in schema.names:
        if isinstance(features.get(name), dict) and features[name].get("_type") == "Image":
            return str(name)
    for field in schema:
        if _is_struct_of_picture(field.type):
            return str(field.name)
    for field in schema:
        if is_bytes(field.type) and any(map(_is_picture, _filled(file, field.name))):
            return str(field.name)
    return None


def _any_picture_column(path: Path) -> str | None:
    """The column that holds pictures, be it one or several of them a row."""
    if (column := picture_column(path)) is not None:
        return column
    file = open_parquet(path)
    for field in file.schema_arrow:
        kind = field.type.value_type if is_list(field.type) else None
        if kind is None or not (is_bytes(kind) or _is_struct_of_picture(kind)):
            continue
        lists = _filled(file, field.name)
        if _is_struct_of_picture(kind) or any(
            map(_is_picture, itertools.chain.from_iterable(lists))
        ):
            return str(field.name)
    return None


def _is_struct_of_picture(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and {"bytes", "path"} <= {part.name for part in kind}


def _is_picture(cell: bytes | None) -> bool:
    return cell is not None and is_picture(cell[:HEAD_BYTES])


def _filled(file: pq.ParquetFile, column: str) -> Iterator[Any]:
    """The first cells of a column that hold anything: a few hundred, a few of them at once."""
    batches = file.iter_batches(batch_size=16, columns=[column])
    cells = (cell.as_py() for batch in batches for cell in batch.column(0))
    return itertools.islice(filter(None, cells), LOOKED_AT)


def rows_in(files: Sequence[WalkedFile]) -> int:
    """How many rows parquet files have together; one at least, so that an empty set is one."""
    return max(1, sum(int(pq.ParquetFile(file.path).metadata.num_rows) for file in files))


def read_stored(
    root: Path, files: Sequence[WalkedFile], split: str, record: Record, allow_outside: bool
) -> Found:
    """Read parquet files of pictures, all of them, or those of one split.

    Args:
        root: The catalogue's folder.
        files: Its parquet files that hold pictures.
        split: The split, where every file is named as one of a split.
        record: Where what is no item is noted.
        allow_outside: Whether they may name pictures outside of the folder.

    Raises:
        CatalogueError: If they cannot be opened, hold no items, or name a picture outside.
    """
    chosen = of_split(root, files, split, record)
    try:
        found = _load(root, chosen, record, allow_outside)
    except CatalogueError:
        raise
    except ValueError as error:
        reason = "it has no items" if "corresponds to no data" in str(error) else error
        raise CatalogueError(f"The catalogue '{root}' cannot be opened: {reason}") from error
    except Exception as error:
        # `datasets` lets errors of pyarrow and its own out; each is a bad catalogue here.
        raise CatalogueError(f"The catalogue '{root}' cannot be opened: {error}") from error
    return found


def read_hub(hub_id: str, revision: str | None, split: str) -> tuple[Found, str | None]:
    """Open a set of the hub, from its cache where that has it, and tell its commit.

    Raises:
        CatalogueError: If the hub does not give it.
    """
    bound_waits()
    record = Record()
    try:
        loaded = load_set(hub_id, split, revision=revision)
        check_places(hub_id, named_only(loaded), hub_folders())
    except CatalogueError:
        raise
    except Exception as error:
        # Offline, missing, private and damaged sets each raise another library's class.
        reason = lines_of(error)[0]
        raise CatalogueError(
            f"The catalogue '{hub_id}' cannot be loaded from the hub ({reason}). "
            "There is no folder of that name here either. Check the name and the connection."
        ) from error
    return _found(hub_id, [loaded], record), commit_of(loaded)


def of_split(
    root: Path | str, files: Sequence[WalkedFile], split: str, record: Record
) -> list[WalkedFile]:
    """The files of a split, where all are named as of one; else all, since names are just names."""
    splits = {file: _split_of(file.path) for file in files}
    named = sorted({name for name in splits.values() if name is not None})
    if None not in splits.values() and split in named:
        for file, name in splits.items():
            if name != split:
                record.leave(file.name, Why.OTHER, f"of the split '{name}', not '{split}'")
        return [file for file, name in splits.items() if name == split]
    if split != "train":
        raise CatalogueError(
            f"The catalogue '{root}' has no split '{split}'; its files are of "
            f"{', '.join(named) or 'none'}. Name one of those, or leave it out."
        )
    return list(files)


def _split_of(path: Path) -> str | None:
    found = _SPLIT.fullmatch(path.name)
    name = found["split"] if found else path.parent.name
    name = _SAME_SPLIT.get(name.lower(), name.lower())
    return name if name in ("train", "test", "validation") else None


def _load(root: Path, files: Sequence[WalkedFile], record: Record, allow_outside: bool) -> Found:
    """Open the files through `datasets`, those of the same columns together."""
    groups: defaultdict[str, list[WalkedFile]] = defaultdict(list)
    for file in files:
        schema = pq.read_schema(file.path)
        groups[str(sorted(zip(schema.names, map(str, schema.types), strict=True)))].append(file)
    sets = []
    for group in groups.values():
        # A name is no pattern, whatever brackets are in it.
        paths = [glob.escape(str(file.path.resolve())) for file in group]
        whole = pq.read_schema(group[0].path)
        column = _any_picture_column(group[0].path)
        schema = readable(whole, column, record.notes.append)
        options = {"data_files": {"train": paths}, "features": described(root, schema)}
        is_changed = not schema.equals(whole)
        loaded = load_set("parquet", "train", schema if is_changed else None, **options)
        if column is not None and not isinstance(loaded.features[column], datasets.Image):
            # Its writer did not mark the column as pictures.
            loaded = loaded.cast_column(column, datasets.Image())
        if not allow_outside:
            folder = root if root.is_dir() else root.parent
            check_places(root, named_only(loaded), own_folders(folder))
        sets.append(loaded)
    return _found(str(root), sets, record)


def _found(source: str, sets: Sequence[datasets.Dataset], record: Record) -> Found:
    columns = [_image_column(source, loaded) for loaded in sets]
    pictures = StoredPictures(_pictures_of(sets, columns), IMAGE)
    return find_items(source, sets, columns, pictures, record)


def find_items(
    source: str,
    sets: Sequence[datasets.Dataset],
    columns: Sequence[str],
    pictures: Pictures,
    record: Record,
) -> Found:
    """The ids and attributes of sets, and their pictures, which are held apart.

    Args:
        source: What to call the catalogue.
        sets: The sets.
        columns: The column of each that is no attribute: that of pictures.
        pictures: The pictures, in the order of the sets.
        record: What was noted on the way.

    Raises:
        CatalogueError: If there are no items, or one has no id in a column of ids.
    """
    ids: list[pa.Array] = []
    count = 0
    tables = []
    for loaded, column in zip(sets, columns, strict=True):
        usual = id_columns([name for name in loaded.column_names if name != column])
        id_name, own = ids_of_set(source, loaded, usual) if usual else (None, [])
        ids += own
        if id_name is None:
            ids.append(pa.array(np.arange(count, count + len(loaded))).cast(pa.large_string()))
        count += len(loaded)
        leave = [column] if id_name is None else [column, id_name]
        tables.append(attribute_table(loaded, leave, record.notes.append))
    if not count:
        raise CatalogueError(f"The catalogue '{source}' cannot be opened: it has no items")
    files = sum(one.is_file for one in record.left_out)
    return Found(
        ids=Ids(pa.chunked_array(ids, pa.large_string())),
        pictures=pictures,
        attributes=stack_tables(tables),
        left_out=tuple(record.left_out),
        notes=tuple(dict.fromkeys(record.notes)),
        files=files,
    )


def _image_column(source: str, dataset: datasets.Dataset) -> str:
    for name, feature in dataset.features.items():
        if isinstance(feature, datasets.Image):
            return str(name)
    raise CatalogueError(
        f"The catalogue '{source}' has no column of pictures; its columns are "
        f"{listed(dataset.column_names)}. One must have the type `datasets.Image`."
    )


def _pictures_of(sets: Sequence[datasets.Dataset], columns: Sequence[str]) -> datasets.Dataset:
    only = [
        loaded.select_columns(column).rename_column(column, IMAGE)
        if column != IMAGE
        else loaded.select_columns(column)
        for loaded, column in zip(sets, columns, strict=True)
    ]
    return only[0] if len(only) == 1 else datasets.concatenate_datasets(only)
