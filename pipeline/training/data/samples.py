"""Training samples: pictures with what they teach, of several catalogues in one epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset


@dataclass(frozen=True)
class Source:
    """Pictures and labels of one catalogue, and how many of them an epoch draws.

    Attributes:
        pictures: ``(n, side, side, 3)`` uint8.
        cuts: What of them is garment, ``(n, side, side)`` uint8, zeros where that is not known.
        labels: ``(n, all classes)`` bool, what each item may be.
        words: ``(n, words)`` bool.
        teacher: ``(n, dimension)`` float32 features to imitate; no columns without a teacher.
        is_studio: Whether the garments stand on white ground, in even light.
        per_epoch: None for every item once; a number for that many at random.
        chances: ``(n,)`` float64 that sum to 1, how often each is drawn at random; None for
            equally often.
    """

    pictures: np.ndarray
    cuts: np.ndarray
    labels: np.ndarray
    words: np.ndarray
    teacher: np.ndarray
    is_studio: bool
    per_epoch: int | None = None
    chances: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.pictures) if self.per_epoch is None else self.per_epoch

    def drawn(self) -> int:
        """A row at random."""
        return int(np.random.choice(len(self.pictures), p=self.chances))


class MixedSamples(Dataset):
    """One epoch of several sources. A sample is a dict of tensors, the picture still uint8."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources

    def __len__(self) -> int:
        return sum(len(source) for source in self.sources)

    def __getitem__(self, position: int) -> dict[str, torch.Tensor]:
        for source in self.sources:
            if position < len(source):
                break
            position -= len(source)
        row = position if source.per_epoch is None else source.drawn()
        return {
            "pixels": torch.from_numpy(np.array(source.pictures[row])).permute(2, 0, 1),
            "cut": torch.from_numpy(np.array(source.cuts[row]))[None],
            "labels": torch.from_numpy(source.labels[row]),
            "words": torch.from_numpy(source.words[row]),
            "teacher": torch.from_numpy(np.array(source.teacher[row])),
            "is_studio": torch.tensor(source.is_studio),
        }
