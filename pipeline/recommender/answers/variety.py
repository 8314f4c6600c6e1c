"""Variety: near duplicates folded into one, and answers that do not all look the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.index import ColourQuery, Metric

POOL = 50
"""Nearest items among which variety is sought."""


def pairwise(
    embeddings: np.ndarray, metric: Metric, colours: ColourQuery | None, rows: np.ndarray
) -> np.ndarray:
    """The distances of some items to each other, as a search would score them.

    Args:
        embeddings: Theirs, ``(m, dimension)`` float32.
        metric: What was searched by.
        colours: What was weighed beside; see `pipeline.index.colour` for how.
        rows: Which items they are, ``(m,)``.

    Returns:
        ``(m, m)`` float64: 1 - cosine, or Euclidean distances.
    """
    is_cosine = metric is Metric.COSINE
    parts = embeddings.astype(np.float64)
    if is_cosine:
        lengths = np.linalg.norm(parts, axis=1, keepdims=True)
        parts /= np.where(lengths > 0, lengths, 1)
    if colours is not None:
        scale = 1.0 if is_cosine else colours.colours.scale
        beside = scale * colours.colours.rows[rows].astype(np.float64)
        weight = colours.weight
        parts = np.hstack([np.sqrt(1 - weight) * parts, np.sqrt(weight) * beside])
    squares = np.einsum("ij,ij->i", parts, parts)
    apart = np.maximum(squares[:, None] + squares - 2 * parts @ parts.T, 0)
    # Of two directions, 1 - cosine is half the squared distance.
    distances: np.ndarray = apart / 2 if is_cosine else np.sqrt(apart)
    return distances


def varied(distances: np.ndarray, apart: np.ndarray, variety: float, count: int) -> list[int]:
    """Choose items one by one that are near to the query and unlike those chosen before.

    Maximal marginal relevance (Carbonell and Goldstein 1998), with a similarity of minus the
    distance and ``lambda = 1 - variety``: the next is the one of the greatest::

        (1 - variety) * similarity to the query - variety * greatest similarity to one chosen

    Args:
        distances: Of the query to the candidates, ``(m,)``, least first.
        apart: Of the candidates to each other, ``(m, m)``.
        variety: From 0, nearness alone, to 1, difference alone.
        count: How many to choose, at most ``m``.

    Returns:
        The numbers of the chosen in the order of choice; the nearest is always the first.
    """
    chosen = [0]
    nearest_chosen = apart[0].copy()
    while len(chosen) < count:
        gain = variety * nearest_chosen - (1 - variety) * distances
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
        nearest_chosen = np.minimum(nearest_chosen, apart[chosen[-1]])
    return chosen


def folded(alike: np.ndarray, products: Sequence[object], heads: int = 0) -> list[list[int]]:
    """Gather candidates that show the same thing.

    Args:
        alike: Which candidates are near duplicates of each other, ``(m, m)`` bool.
        products: The product of each candidate, None where it has none.
        heads: How many of the first head a group each, even where they are like each other.

    Returns:
        The numbers of the candidates in groups, each in the order of the candidates and headed by
        the nearest to the query; every other member is like the head, or of its product.
    """
    groups: list[list[int]] = []
    for number, product in enumerate(products):
        for group in groups if number >= heads else ():
            is_same = product is not None and product == products[group[0]]
            if is_same or alike[group[0], number]:
                group.append(number)
                break
        else:
            groups.append([number])
    return groups
