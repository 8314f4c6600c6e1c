"""The files of a built catalogue: one of embeddings, which can be memory-mapped, and its items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Value
from datasets import Image as ImageFeature
from safetensors.numpy import load, save

from pipeline.artifacts.manifest import FLOAT32_BYTES, FileRecord

ITEMS_PREFIX = "items-"
ITEMS = ITEMS_PREFIX + "{:05d}.parquet"
ROWS_IN_GROUP = 16
"""Rows of a parquet row group: what reading one thumbnail reads."""
PICTURE_TYPE = pa.struct({"bytes": pa.binary(), "path": pa.string()})
"""How `datasets` stores a picture."""
MAX_HEADER = 10_000
PICTURES = "pictures.safetensors"
DIGEST_BYTES = 32


def write_embeddings(
    path: Path, parts: Iterable[np.ndarray], count: int, dimension: int
) -> FileRecord:
    """Write embeddings as the tensor ``embeddings`` of a safetensors file.

    Args:
        path: The file to write.
        parts: Arrays ``(rows, dimension)`` float32 that add up to ``count`` rows.
        count: The number of rows.
        dimension: The length of an embedding.
    """
    floats = (np.ascontiguousarray(part, dtype="<f4") for part in parts)
    return _write_tensor(path, "embeddings", floats, (count, dimension), FLOAT32_BYTES)


def write_tensors(
    path: Path, tensors: dict[str, np.ndarray], about: dict[str, str] | None = None
) -> None:
    """Write tensors as a safetensors file, with texts about them in its header.

    Raises:
        OSError: If it cannot be written; `safetensors` itself says a full disk by an error of its
            own.
    """
    path.write_bytes(save(tensors, about))


def map_embeddings(path: Path) -> np.ndarray:
    """Memory-map the float32 tensor ``embeddings`` of a safetensors file.

    Raises:
        ValueError: If the file holds something else.
    """
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        if size > MAX_HEADER:
            raise ValueError(f"{path.name} has no safetensors header")
        header = stream.read(size)
    try:
        entry = json.loads(header)["embeddings"]
        (rows, dimension), (start, stop) = entry["shape"], entry["data_offsets"]
        numbers = (rows, dimension, start, stop)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} has no safetensors header") from error
    is_known = entry.get("dtype") == "F32" and all(type(n) is int and n >= 0 for n in numbers)
    if not is_known or stop - start != rows * dimension * FLOAT32_BYTES:
        raise ValueError(f"{path.name} holds {entry}")
    if path.stat().st_size < 8 + size + stop:
        raise ValueError(f"{path.name} is cut short")
    # A map of nothing is an error.
    if rows * dimension == 0:
        return np.empty((rows, dimension), np.float32)
    return np.memmap(path, "<f4", "r", offset=8 + size + start, shape=(rows, dimension))


def write_items(
    path: Path, ids: Sequence[str], attributes: pa.Table, thumbnails: Sequence[bytes]
) -> FileRecord:
    """Write items as parquet: ``id``, the attributes, and ``image``, which `datasets` decodes.

    Args:
        path: The file to write.
        ids: The ids.
        attributes: One row an item.
        thumbnails: One encoded picture an item.
    """
    images = pa.array([{"bytes": data, "path": None} for data in thumbnails], type=PICTURE_TYPE)
    columns = {"id": pa.array(ids, type=pa.string())}
    columns |= {name: attributes[name] for name in attributes.column_names} | {"image": images}
    # The metadata by which `datasets` knows the column as pictures.
    features = Features(
        {"id": Value("string")}
        | Features.from_arrow_schema(attributes.schema)
        | {"image": ImageFeature()}
    )
    metadata = features.arrow_schema.metadata
    pq.write_table(
        pa.table(columns).replace_schema_metadata(metadata), path, row_group_size=ROWS_IN_GROUP
    )
    return FileRecord.of(path)


def write_digests(path: Path, parts: Iterable[np.ndarray], count: int) -> FileRecord:
    """Write the SHA-256 of each item's picture as the tensor ``pictures`` of a safetensors file.

    Args:
        path: The file to write.
        parts: Arrays ``(rows, 32)`` uint8 that add up to ``count`` rows, zeros where nobody has
            taken one.
        count: The number of items.
    """
    digests = (np.ascontiguousarray(part, dtype=np.uint8) for part in parts)
    return _write_tensor(path, "pictures", digests, (count, DIGEST_BYTES), 1)


def read_digests(path: Path, count: int) -> np.ndarray:
    """Read what `write_digests` wrote of so many pictures.

    Raises:
        ValueError: If it holds something else.
    """
    if path.stat().st_size > count * DIGEST_BYTES + MAX_HEADER:
        raise ValueError(f"{path.name} is too long for {count:,} pictures")
    digests: np.ndarray | None = load(path.read_bytes()).get("pictures")
    wanted = (count, DIGEST_BYTES)
    if digests is None or digests.dtype != np.uint8 or digests.shape != wanted:
        raise ValueError(f"{path.name} does not hold one digest an item")
    return digests


def _write_tensor(
    path: Path,
    name: str,
    parts: Iterable[np.ndarray],
    shape: tuple[int, int],
    bytes_each: int,
) -> FileRecord:
    """Write one tensor of a safetensors file: a length, a header in JSON, and the numbers.

    It is written a part at a time, so that memory stays flat at any count.
    """
    entry = {"dtype": "F32" if bytes_each == FLOAT32_BYTES else "U8", "shape": list(shape)}
    offsets = {"data_offsets": [0, shape[0] * shape[1] * bytes_each]}
    header = json.dumps({name: entry | offsets}).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        for part in parts:
            stream.write(part.tobytes())
    return FileRecord.of(path)
