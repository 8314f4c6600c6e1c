"""Moving: a query taken from where items have one value to where they have another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.preprocessing import normalize


class ValueMeans:
    """The means of items' embeddings by their value of an attribute, for cosine.

    Args:
        embeddings: ``(n, dimension)`` float32.
        values: The value of each item, ``(n,)`` text.
    """

    def __init__(self, embeddings: np.ndarray, values: np.ndarray) -> None:
        self._values = values
        self._directions = normalize(embeddings)
        self._sums: dict[str, np.ndarray] = {}

    def move(
        self, query: np.ndarray, source: str, target: str, barred: Sequence[int] = ()
    ) -> np.ndarray:
        """Move a query by the difference of two values' means: ``q - mean(source) + mean(target)``.

        As with the means of a few pictures in Radford et al. (2016, arXiv 1511.06434, section
        6.3.2). All embeddings are divided by their length first, so that none counts for more.

        Args:
            query: ``(dimension,)`` float32.
            source: The value that it has.
            target: The value that is wanted.
            barred: Rows of items that do not count.

        Returns:
            ``(dimension,)`` float32.
        """
        own = normalize(query[None])[0]
        moved = own - self._mean(source, barred) + self._mean(target, barred)
        return np.asarray(moved, dtype=np.float32)

    def _mean(self, value: str, barred: Sequence[int]) -> np.ndarray:
        having = self._values == value
        if value not in self._sums:
            self._sums[value] = self._directions[having].sum(axis=0, dtype=np.float64)
        without = [row for row in barred if having[row]]
        rest = self._sums[value] - self._directions[without].sum(axis=0, dtype=np.float64)
        mean: np.ndarray = rest / (having.sum() - len(without))
        return mean
