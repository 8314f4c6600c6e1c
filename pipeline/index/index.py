"""The index: which embeddings of a catalogue are nearest to a query."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np

from pipeline.errors import QueryError
from pipeline.index.colour import ColourQuery

TIE = 1e-6
"""Scores closer than this are a tie: below what float32 sums of 2048 products can tell apart."""


LONGEST_SHOWN = 40
"""Characters of an unknown name that are said again."""


class Metric(StrEnum):
    """How alike two embeddings are.

    ``COSINE`` scores the angle, in [-1, 1], higher is more alike. ``EUCLIDEAN`` scores the
    distance between the raw embeddings, from 0 up, lower is more alike.
    """

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"

    @classmethod
    def parse(cls, name: str) -> Metric:
        """Read a metric's name, whatever its case.

        Raises:
            QueryError: If there is no such metric.
        """
        try:
            return cls(str(name).strip().lower())
        except ValueError:
            text = str(name)
            shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
            raise QueryError(
                f"There is no metric '{shown}'. Choose one of: {', '.join(cls)}."
            ) from None


class Index(Protocol):
    """What every search engine offers.

    Attributes:
        name: The engine's name.
        metric: What it searches by.
    """

    name: str
    metric: Metric

    def search(
        self,
        queries: np.ndarray,
        k: int,
        allowed: np.ndarray | None = None,
        colours: Sequence[ColourQuery] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the nearest rows.

        Args:
            queries: ``(m, dimension)`` float32.
            k: How many, from 1 to the number of embeddings that are allowed.
            allowed: ``(n,)`` bool, which rows may be found; None for all.
            colours: What to weigh beside the embeddings, one a query; None for nothing.

        Returns:
            Rows ``(m, k)`` int64 and scores ``(m, k)`` float32, most alike first, ties by row.
        """
        ...
