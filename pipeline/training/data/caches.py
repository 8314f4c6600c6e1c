"""What training computes once and keeps: pictures at one size, cut-outs, grounds, features."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm import tqdm
from transformers import PreTrainedModel

from pipeline.catalogue import Catalogue
from pipeline.encoder.preprocessing import normalise, resize
from pipeline.errors import CatalogueError, PictureError
from pipeline.folders import put_in_place
from pipeline.scenes import border_ground, cut_out, drawn_ground

GROUND_SIDE = 128
BATCH = 64


def cache_pictures(catalogue: Catalogue, side: int, folder: Path) -> np.ndarray:
    """Decode every picture once to ``(n, side, side, 3)`` uint8, memory-mapped from ``folder``.

    Each is cut to its middle square, as encoders' preprocessing does. Pictures smaller than
    ``side`` are kept at their own size. An unreadable one becomes white.

    Raises:
        CatalogueError: If none can be read.
    """
    side = min(side, _first_side(catalogue))
    file = folder / f"{_key(catalogue)}-{side}-middle.npy"
    rows = (_square(catalogue, row, side) for row in range(len(catalogue)))
    return _cached(file, (len(catalogue), side, side, 3), rows, "Decoding")


def cache_cuts(catalogue: Catalogue, pictures: np.ndarray, folder: Path) -> np.ndarray:
    """What of each picture is garment, ``(n, side, side)`` uint8: see `pipeline.scenes.cut_out`.

    A picture that cannot be cut out has nothing but zeros.
    """
    nothing = np.zeros(pictures.shape[1:3], dtype=np.uint8)
    cuts = (nothing if (cut := cut_out(picture)) is None else cut for picture in pictures)
    file = folder / f"{_key(catalogue)}-{pictures.shape[1]}-cuts.npy"
    return _cached(file, pictures.shape[:3], cuts, "Cutting")


def cache_grounds(photos: list[np.ndarray], count: int, folder: Path, seed: int) -> np.ndarray:
    """Grounds for scenes, ``(count, GROUND_SIDE, GROUND_SIDE, 3)`` uint8.

    Args:
        photos: Photos, each array ``(n, side, side, 3)`` uint8; every other ground is the border
            of one of them, the rest is drawn. Without photos all are drawn.
        count: How many.
        folder: Where they are kept.
        seed: Chooses and draws them.
    """
    generator = np.random.default_rng(seed)
    sizes = [len(some) for some in photos]

    def draw() -> Iterator[np.ndarray]:
        for number in range(count):
            if number % 2 and photos:
                some = photos[generator.choice(len(photos), p=np.array(sizes) / sum(sizes))]
                photo = some[generator.integers(len(some))]
                yield border_ground(photo, GROUND_SIDE, generator)
            else:
                yield drawn_ground(GROUND_SIDE, generator)

    name = hashlib.sha256(f"{seed} {count} {sizes}".encode()).hexdigest()[:16]
    shape = (count, GROUND_SIDE, GROUND_SIDE, 3)
    return _cached(folder / f"{name}-grounds.npy", shape, draw(), "Drawing grounds")


def cache_features(
    catalogue: Catalogue,
    pictures: np.ndarray,
    teacher: PreTrainedModel,
    key: str,
    folder: Path,
) -> np.ndarray:
    """The teacher's pooled features of every picture as it is, ``(n, dimension)`` float32.

    Args:
        catalogue: What the pictures are of.
        pictures: ``(n, side, side, 3)`` uint8.
        teacher: The network to imitate.
        key: Tells one teacher from another.
        folder: Where they are kept.
    """
    side = pictures.shape[1]
    batches = (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))
    first = pooled(teacher, np.array(pictures[:1]), side)
    rows = (row for batch in batches for row in pooled(teacher, np.array(batch), side))
    file = folder / f"{_key(catalogue)}-{side}-{key[:16]}.npy"
    return _cached(file, (len(pictures), first.shape[1]), rows, "Asking the teacher", np.float32)


def pooled(network: PreTrainedModel, pictures: np.ndarray, side: int) -> np.ndarray:
    """Pooled features of ``(n, h, w, 3)`` uint8 scaled to ``side``, ``(n, dimension)`` float32."""
    network.eval()
    device = next(network.parameters()).device
    pixels = normalise(resize(torch.from_numpy(pictures).permute(0, 3, 1, 2), side)).to(device)
    with torch.inference_mode():
        output = network(pixels.contiguous(memory_format=torch.channels_last))
    features: np.ndarray = output.pooler_output.flatten(1).float().cpu().numpy()
    return features


def _cached(
    file: Path,
    shape: tuple[int, ...],
    rows: Iterator[np.ndarray],
    title: str,
    dtype: type = np.uint8,
) -> np.ndarray:
    """Write rows to a file once, aside and renamed, and map it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part.npy")
        array = np.lib.format.open_memmap(part, mode="w+", dtype=dtype, shape=shape)
        bar = tqdm(rows, desc=title, total=shape[0], leave=False, mininterval=1)
        for number, row in enumerate(bar):
            array[number] = row
        array.flush()
        del array  # Windows renames no file that is mapped
        put_in_place(part, file)
    mapped: np.ndarray = np.load(file, mmap_mode="r")
    return mapped


def _first_side(catalogue: Catalogue) -> int:
    """The longer side of the first picture that can be read."""
    for row in range(len(catalogue)):
        with suppress(PictureError):
            return max(catalogue.read_picture(row).size)
    raise CatalogueError(f"No picture of '{catalogue.source}' can be read.")


def _square(catalogue: Catalogue, row: int, side: int) -> np.ndarray:
    try:
        picture = catalogue.read_picture(row)
    except PictureError:
        return np.full((side, side, 3), 255, dtype=np.uint8)
    return np.asarray(ImageOps.fit(picture, (side, side), Image.Resampling.BICUBIC))


def _key(catalogue: Catalogue) -> str:
    text = "\n".join([catalogue.source, *catalogue.ids])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
