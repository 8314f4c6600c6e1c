"""Training samples: pictures at one size in a memory-mapped file, and their labels as numbers."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset
from tqdm import tqdm

from pipeline.catalogue import Catalogue, attribute_values
from pipeline.errors import CatalogueError, PictureError

NO_LABEL = -100
"""What `torch.nn.functional.cross_entropy` leaves out."""
MIN_CLASS_SIZE = 5
"""Rarer values teach nothing that holds; such items train the other attributes only."""


@dataclass(frozen=True)
class Labels:
    """The classes of each attribute, in a fixed order."""

    classes: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, catalogues: list[Catalogue], attributes: list[str]) -> Labels:
        """Collect the values of each attribute that at least `MIN_CLASS_SIZE` items have."""
        classes = {}
        for attribute in attributes:
            counts = Counter(
                value
                for catalogue in catalogues
                for value in attribute_values(catalogue, attribute)
                if value is not None
            )
            names = tuple(sorted(v for v, count in counts.items() if count >= MIN_CLASS_SIZE))
            if len(names) < 2:
                raise CatalogueError(
                    f"The attribute '{attribute}' has {len(names)} values with at least "
                    f"{MIN_CLASS_SIZE} items each; learning needs two. The attributes are "
                    f"{', '.join(catalogues[0].attribute_names)}."
                )
            classes[attribute] = names
        return cls(classes)

    def encode(self, catalogue: Catalogue) -> np.ndarray:
        """Labels of a catalogue, ``(n, attributes)`` int64, `NO_LABEL` where there is none."""
        encoded = np.full((len(catalogue), len(self.classes)), NO_LABEL, dtype=np.int64)
        for column, (attribute, names) in enumerate(self.classes.items()):
            number = {name: position for position, name in enumerate(names)}
            values = attribute_values(catalogue, attribute)
            encoded[:, column] = [number.get(value or "", NO_LABEL) for value in values]
        return encoded


def cache_pictures(catalogue: Catalogue, side: int, folder: Path) -> np.ndarray:
    """Decode every picture once to ``(n, side, side, 3)`` uint8, memory-mapped from ``folder``.

    Pictures smaller than ``side`` are kept at their own size. An unreadable one becomes white.
    """
    first = catalogue.read_picture(0)
    side = min(side, max(first.size))
    key = hashlib.sha256("\n".join([catalogue.source, *catalogue.ids]).encode()).hexdigest()[:16]
    file = folder / f"{key}-{side}.npy"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part.npy")
        shape = (len(catalogue), side, side, 3)
        pictures = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
        for row in tqdm(range(len(catalogue)), desc="Decoding", unit="picture", leave=False):
            pictures[row] = _square(catalogue, row, side)
        pictures.flush()
        part.rename(file)
    cached: np.ndarray = np.load(file, mmap_mode="r")
    return cached


def _square(catalogue: Catalogue, row: int, side: int) -> np.ndarray:
    try:
        picture = catalogue.read_picture(row)
    except PictureError:
        return np.full((side, side, 3), 255, dtype=np.uint8)
    return np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))


@dataclass(frozen=True)
class Source:
    """Pictures and labels of one catalogue, and how many of them an epoch draws.

    Attributes:
        pictures: ``(n, side, side, 3)`` uint8.
        labels: ``(n, attributes)`` int64.
        per_epoch: None for every item once; a number for that many at random.
        teacher: ``(n, dimension)`` float32 features to imitate, or None.
    """

    pictures: np.ndarray
    labels: np.ndarray
    per_epoch: int | None = None
    teacher: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.pictures) if self.per_epoch is None else self.per_epoch


class MixedSamples(Dataset):
    """One epoch of several sources. A sample is a dict of tensors, the picture still uint8."""

    def __init__(self, sources: list[Source], teacher_dimension: int = 0) -> None:
        self.sources = sources
        self.teacher_dimension = teacher_dimension

    def __len__(self) -> int:
        return sum(len(source) for source in self.sources)

    def __getitem__(self, position: int) -> dict[str, torch.Tensor]:
        for source in self.sources:
            if position < len(source):
                break
            position -= len(source)
        row = position if source.per_epoch is None else random.randrange(len(source.pictures))
        teacher = np.zeros(self.teacher_dimension, dtype=np.float32)
        if source.teacher is not None:
            teacher = source.teacher[row]
        return {
            "pixels": torch.from_numpy(np.array(source.pictures[row])).permute(2, 0, 1),
            "labels": torch.from_numpy(source.labels[row]),
            "teacher": torch.from_numpy(teacher),
        }
