"""The plan of a training: what is learnt from what, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class TrainingPlan:
    """What to train on and how.

    Attributes:
        catalogues: The labelled catalogues, each with the number of its pictures that an epoch
            draws, or None for all of them once; a share of each is held out to judge.
        out: The folder of the finished encoder.
        attributes: The columns to learn; ``a+b`` learns the pair.
        mix: Further sources of which nothing is held out, likewise.
        encoder: What to start from: a hub id, a folder or the name of a card; None for a
            ResNet-50 with random weights.
        same: A CSV file that says which values of two columns can mean the same.
        words: The column of names whose words are learnt besides; None for none.
        side: The side of the square pictures that it learns from, in pixels.
        embed_side: The side at which the finished encoder sees pictures; None for the same. A
            little larger often serves better, since training zooms in (Touvron et al. 2019,
            arXiv:1906.06423).
        patience: Epochs without better retrieval after which it stops early.
        teacher: An encoder to imitate besides; None for none.
    """

    catalogues: tuple[tuple[str, int | None], ...]
    out: Path
    attributes: tuple[str, ...]
    mix: tuple[tuple[str, int | None], ...] = ()
    encoder: str | None = None
    same: Path | None = None
    words: str | None = None
    epochs: float = 10
    side: int = 128
    embed_side: int | None = None
    batch: int = 64
    learning_rate: float = 1e-3
    patience: int = 4
    teacher: str | None = None
    work: Path = field(default_factory=lambda: Path("work"))
    seed: int = 7
