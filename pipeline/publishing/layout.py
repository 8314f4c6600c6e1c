"""The published layout: a built catalogue as parquet that `datasets.load_dataset` opens.

A published folder holds ``manifest.json`` and ``data/train-NNNNN-of-NNNNN.parquet`` with the
columns ``id``, the attributes, ``image`` (unless the pictures are referenced) and ``embedding``, a
list of fixed length of float32. Besides, in ``data/learnt.safetensors``, what was learnt from a
shop's events of these items, and in ``data/views.safetensors`` and the file of their colours, the
embeddings of the further pictures of items that have several; where these were described in
another way than today's, no colours are weighed. The colours of the items are not in it: whoever
pulls it describes them anew from the pictures, which costs little beside decoding them, and trusts
no stranger's.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, List, Value

from pipeline.artifacts import (
    COLOURS,
    EMBEDDINGS,
    FLOAT32_BYTES,
    ITEMS,
    PICTURE_TYPE,
    VIEWS,
    BuiltCatalogue,
    FileRecord,
    LearntRecord,
    Manifest,
    copy_views,
    open_built,
    write_embeddings,
    write_items,
)
from pipeline.catalogue import make_thumbnail, open_picture
from pipeline.colour import DIMENSION, describe_colour
from pipeline.errors import ArtifactError, PictureError
from pipeline.folders import PART, replace_folder
from pipeline.index import index_embeddings
from pipeline.learning import LEARNT, carry_learnt, publish_learnt, restore_learnt
from pipeline.plane import keep_plane

DATA = "data"
PUBLISHED_FILE = "train-{:05d}-of-{:05d}.parquet"
_PUBLISHED_NAME = re.compile(r"train-\d{5}-of-\d{5}\.parquet")
ID, IMAGE, EMBEDDING = "id", "image", "embedding"
FURTHER = (VIEWS, "views-colour-names-*.safetensors")
"""Patterns of the files of further pictures, whatever describes their colours."""
FILE_ROWS = 40_960
"""A third of a gigabyte of embeddings a file: few enough files, none too large to send again."""
GROUP_ROWS = 512
MAX_ITEM_BYTES = 200_000
"""Of an item besides its embedding, decompressed; a thumbnail has up to 40,000."""

REPUBLISH = "Update Lookalike, or ask its owner to publish it again."

PictureOf = Callable[[list[str]], list[bytes]]
"""Gives the encoded pictures of these ids, where a published catalogue only references them."""


def write_published(
    built: BuiltCatalogue,
    folder: Path,
    manifest: Manifest,
    *,
    with_pictures: bool,
    with_learnt: bool,
) -> Manifest:
    """Write a built catalogue in the published layout.

    The same catalogue gives the same files, byte for byte.

    Args:
        built: What to write.
        folder: An empty folder.
        manifest: The manifest to publish; its files are replaced by those written.
        with_pictures: Whether the thumbnails go along.
        with_learnt: Whether what was learnt from events does.

    Returns:
        The manifest that was written.

    Raises:
        ArtifactError: If what was learnt is damaged, or was learnt for another catalogue.
    """
    (folder / DATA).mkdir(parents=True)
    count = -(-len(built) // FILE_ROWS)
    records = []
    for number in range(count):
        start = number * FILE_ROWS
        rows = range(start, min(start + FILE_ROWS, len(built)))
        path = folder / DATA / PUBLISHED_FILE.format(number, count)
        _write_file(path, built, rows, with_pictures)
        records.append(FileRecord.of(path))
    learnt = publish_learnt(built, folder / DATA) if with_learnt else None
    try:
        records += copy_views(built.manifest, built.folder, folder / DATA)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"The further pictures of '{built.folder}' are damaged: {error}."
        ) from error
    published = replace(
        manifest, files=tuple(records), search=(), learnt=learnt, words=None, plane=None
    )
    published.write(folder)
    return published


def restore(
    folder: Path,
    called: str,
    out: Path,
    picture_of: PictureOf | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> BuiltCatalogue:
    """Turn a published folder into a built catalogue; nothing of it is trusted.

    Args:
        folder: The published folder.
        called: What people call the catalogue.
        out: The folder to write, aside and then renamed; an earlier one is replaced.
        picture_of: Where pictures come from that are only referenced.
        on_progress: Told the items done and the items in all.

    Raises:
        ArtifactError: If the folder is not what its manifest claims.
    """
    manifest = Manifest.read(folder, called, REPUBLISH)
    out.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: nothing of another's work is in it, whatever was killed.
    part = out.with_name(f"{out.name}.{uuid.uuid4().hex[:8]}{PART}")
    part.mkdir()
    try:
        for record in manifest.files:
            _check_file(folder / DATA / record.name, record)
        tables = [record for record in manifest.files if _PUBLISHED_NAME.fullmatch(record.name)]
        files = [_open_file(folder / DATA / record.name, manifest) for record in tables]
        if sum(file.metadata.num_rows for file in files) != manifest.count:
            raise ValueError("its files do not hold the items that its manifest counts")
        items: list[FileRecord] = []
        colours: list[np.ndarray] = []
        parts = _unpack(files, part, items, colours, picture_of=picture_of, on_progress=on_progress)
        dimension = manifest.encoder.dimension
        embeddings = write_embeddings(part / EMBEDDINGS, parts, manifest.count, dimension)
        described = write_embeddings(part / COLOURS, colours, manifest.count, DIMENSION)
        further = copy_views(manifest, folder / DATA, part)
        restored = replace(manifest, files=(embeddings, described, *items, *further))
        learnt = _restore_learnt(folder, manifest, items, part, out)
        restored = replace(restored, learnt=learnt, words=None)
        search, plane = index_embeddings(part), keep_plane(part)
        replace(restored, search=search, plane=plane).write(part)
        replace_folder(part, out)
    except (pa.ArrowException, ValueError, KeyError, TypeError, PictureError) as error:
        raise ArtifactError(
            f"The published catalogue '{called}' is damaged: {error}. {REPUBLISH}"
        ) from error
    except OSError as error:
        raise ArtifactError(
            f"The catalogue '{called}' cannot be written to '{out}' ({error.strerror or error}). "
            "Free some space or choose another folder, and run it again."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return open_built(out)


def _restore_learnt(
    folder: Path, manifest: Manifest, items: list[FileRecord], part: Path, out: Path
) -> LearntRecord | None:
    """What was published as learnt; else what was learnt of the catalogue that is replaced."""
    ids = (
        item
        for record in items
        for item in pq.read_table(part / record.name, columns=[ID])[ID].to_pylist()
    )
    if manifest.learnt is None:
        return carry_learnt(out, part, ids)
    return restore_learnt(folder / DATA / LEARNT, manifest.learnt, list(ids), part)


def _write_file(path: Path, built: BuiltCatalogue, rows: range, with_pictures: bool) -> None:
    dimension = built.embeddings.shape[1]
    writer: pq.ParquetWriter | None = None
    for start in range(rows.start, rows.stop, GROUP_ROWS):
        stop = min(start + GROUP_ROWS, rows.stop)
        table = built.items(start, stop)
        if not with_pictures:
            table = table.drop_columns([IMAGE])
        numbers = pa.array(np.asarray(built.embeddings[start:stop]).ravel())
        column = pa.FixedSizeListArray.from_arrays(numbers, dimension)
        features = Features.from_arrow_schema(table.schema) | {
            EMBEDDING: List(Value("float32"), length=dimension)
        }
        table = table.append_column(EMBEDDING, column).cast(Features(features).arrow_schema)
        # Embeddings do not compress; left plain, their size can be checked before they are read.
        writer = writer or pq.ParquetWriter(
            path,
            table.schema,
            compression={name: "snappy" for name in table.column_names if name != EMBEDDING},
            use_dictionary=[name for name in table.column_names if name not in (EMBEDDING, IMAGE)],
        )
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _check_file(path: Path, record: FileRecord) -> None:
    is_further = any(fnmatch(record.name, pattern) for pattern in FURTHER)
    if not (_PUBLISHED_NAME.fullmatch(record.name) or is_further):
        raise ValueError(f"'{record.name}' is no file of a published catalogue")
    if not path.is_file() or FileRecord.of(path) != record:
        raise ValueError(f"{record.name} is not the file that its manifest describes")


def _open_file(path: Path, manifest: Manifest) -> pq.ParquetFile:
    """Open one parquet file and check what it claims before anything is decompressed."""
    file = pq.ParquetFile(path, memory_map=True)
    schema, dimension = file.schema_arrow, manifest.encoder.dimension
    for name, kind in ((ID, pa.string()), (EMBEDDING, pa.list_(pa.float32(), dimension))):
        if name not in schema.names or schema.field(name).type != kind:
            raise ValueError(f"{path.name} has no column '{name}' of {kind}")
    if IMAGE in schema.names and schema.field(IMAGE).type != PICTURE_TYPE:
        raise ValueError(f"the column '{IMAGE}' of {path.name} holds no pictures")
    for name in _attributes(schema.names):
        kind = schema.field(name).type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_dictionary(kind):
            raise ValueError(f"the attribute '{name}' of {path.name} is of {kind}")
    for group in range(file.num_row_groups):
        claims = file.metadata.row_group(group)
        most = claims.num_rows * (dimension * FLOAT32_BYTES + MAX_ITEM_BYTES)
        if claims.num_rows > GROUP_ROWS or claims.total_byte_size > most:
            raise ValueError(f"a row group of {path.name} is larger than any that is published")
    return file


def _unpack(
    files: list[pq.ParquetFile],
    part: Path,
    items: list[FileRecord],
    colours: list[np.ndarray],
    *,
    picture_of: PictureOf | None,
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[np.ndarray]:
    """Write the items a row group at a time, note their colours, and give their embeddings."""
    done, total = 0, sum(file.metadata.num_rows for file in files)
    for file in files:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            ids = table[ID].to_pylist()
            if IMAGE in table.column_names:
                pictures = [cell["bytes"] for cell in table[IMAGE].to_pylist()]
            elif picture_of is not None:
                pictures = picture_of(ids)
            else:
                raise ValueError("its pictures are elsewhere, and its manifest does not say where")
            attributes = table.select(_attributes(table.column_names))
            path = part / ITEMS.format(len(items))
            with ThreadPoolExecutor() as pool:
                opened = list(pool.map(_open, pictures))
            thumbnails, described = zip(*opened, strict=True)
            colours.append(np.stack(described))
            items.append(write_items(path, ids, attributes, list(thumbnails)))
            column = table[EMBEDDING].combine_chunks()
            yield column.flatten().to_numpy().reshape(len(ids), -1)
            done += len(ids)
            if on_progress:
                on_progress(done, total)


def _attributes(names: list[str]) -> list[str]:
    return [name for name in names if name not in (ID, IMAGE, EMBEDDING)]


def _open(source: bytes) -> tuple[bytes, np.ndarray]:
    """The thumbnail and the colours of a picture from elsewhere, hostile until decoded."""
    picture = open_picture(source)
    return make_thumbnail(source, picture), describe_colour(picture)
