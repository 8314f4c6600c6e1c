"""Asked: a picture as a program may hold it, as one of the kinds that are decoded."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, cast

import numpy as np
from PIL import Image

from pipeline.catalogue import MAX_BYTES, Picture
from pipeline.errors import QueryError
from pipeline.recommender.saying import shown

KINDS = "a file, an open file, encoded bytes, a PIL image, or an array of (height, width, 3) uint8"
TABLES = frozenset((".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".json"))
_ADDRESS = re.compile(r"(https?|ftp|s3|gs|data):", re.IGNORECASE)


def as_picture(given: object) -> Picture:
    """Bring a picture into a kind that is decoded; nothing of it is decoded yet.

    Args:
        given: A path, bytes of any kind, an open file, a PIL image, or an array: grey or colour,
            integers of 8 bits, truths, or floats from 0 to 1, with the channels first or last.

    Raises:
        QueryError: If it is none of these, an address, a folder or a table.
    """
    if isinstance(given, Image.Image | bytes):
        return given
    if isinstance(given, bytearray | memoryview):
        return bytes(given)
    if isinstance(given, str | os.PathLike):
        return _as_file(os.fspath(given))
    if hasattr(given, "read"):
        return _read(cast(IO[bytes], given))
    if hasattr(given, "__array__") and not isinstance(given, np.generic):
        return _as_image(np.asarray(given))
    raise QueryError(f"A picture cannot be {shown(given)}. Give {KINDS}.")


def _as_file(name: str | bytes) -> Path:
    path = Path(os.fsdecode(name))
    text = str(name)
    if _ADDRESS.match(text):
        raise QueryError(
            f"'{text[:60]}' is an address. Download the picture and give the file, or its bytes."
        )
    if path.is_dir():
        raise QueryError(f"'{path}' is a folder. Give one photo of it, a file.")
    if path.suffix.lower() in TABLES:
        raise QueryError(
            f"'{path}' is a table and no photo. Give a photo; a table is a catalogue: "
            f"--catalogue '{path}'"
        )
    return path


def _read(file: IO[bytes]) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if not data and hasattr(file, "seek"):
        # It was written, or read before.
        file.seek(0)
        data = file.read(MAX_BYTES + 1)
    if not isinstance(data, bytes):
        raise QueryError("The open file gives text. Open it in binary: open(path, 'rb').")
    return data


def _as_image(array: np.ndarray) -> Image.Image:
    pixels = array
    if pixels.ndim == 3 and pixels.shape[0] in (1, 3, 4) and pixels.shape[2] not in (1, 3, 4):
        pixels = np.moveaxis(pixels, 0, 2)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    has_shape = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))
    if not has_shape or 0 in pixels.shape:
        raise QueryError(f"An array of shape {array.shape} is no picture. Give {KINDS}.")
    if pixels.dtype == np.bool_:
        pixels = pixels * np.uint8(255)
    elif np.issubdtype(pixels.dtype, np.floating):
        if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
            raise QueryError("The floats of an array are shares from 0 to 1. Divide by the most.")
        pixels = np.rint(pixels * 255).astype(np.uint8)
    if pixels.dtype != np.uint8:
        raise QueryError(f"An array of {array.dtype} is no picture. Give {KINDS}.")
    return Image.fromarray(np.ascontiguousarray(pixels))
