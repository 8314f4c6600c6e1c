"""Factors: how near items are by the taste that they share, found by least squares."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

FACTORS, ALPHA, REGULARISATION = 128, 20.0, 0.01
"""Of 32 and 128 factors, and a choice's weight of 1 and 20, those that did best on real logs:
docs/people.md. The regularisation is `implicit`'s."""
MOST_CHOICES = 300_000
"""Of people and items, that factors are found from; of more, people are drawn. Time, not worth."""
MOST_ITEMS = 30_000
"""Each item is compared with each other one; with more the model is not tried."""


def has_few_items(people: csr_matrix) -> bool:
    """Whether the items that anybody chose are so few that each can be compared with each."""
    return len(np.unique(people.indices)) <= MOST_ITEMS


def nearest_by_factors(people: csr_matrix, most: int) -> csr_matrix:
    """How near items are by `implicit`'s alternating least squares.

    Hu, Koren and Volinsky (2008, *Collaborative Filtering for Implicit Feedback Datasets*, section
    5) write what a person is likely to choose as a sum over what they chose: an item ``j`` adds
    ``y_i' W y_j`` to ``i``, where ``W`` is the inverse of ``Y'CY + lambda I``, and ``C`` the
    person's own weights. With all weights 1 instead, ``W`` is the same for everybody, and these are
    neighbours that need no training for a new person.

    Args:
        people: See `people_matrix`.
        most: How many to keep of each item.

    Returns:
        ``(items, items)`` float32, above 0.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    # Its threads and those of BLAS would stand in each other's way.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            FACTORS, alpha=ALPHA, regularization=REGULARISATION, random_state=0
        )
        model.fit(csr_matrix(_drawn(people), dtype=np.float32), show_progress=False)
        items = model.item_factors
        squares = (items.T @ items).astype(np.float64) + REGULARISATION * np.eye(FACTORS)
        # What it recommends to these "people" are the items of the greatest products.
        model.user_factors = (items @ np.linalg.inv(squares)).astype(np.float32)
        count = len(items)
        columns, found = model.recommend(
            np.arange(count), None, min(most + 1, count), filter_already_liked_items=False
        )
    rows = np.repeat(np.arange(count), columns.shape[1])
    columns, found = columns.ravel(), found.ravel()
    kept = (columns != rows) & (found > 0)
    return csr_matrix((found[kept], (rows[kept], columns[kept])), shape=(count, count))


def _drawn(people: csr_matrix) -> csr_matrix:
    """The people whose choices are looked at."""
    if people.nnz <= MOST_CHOICES:
        return people
    order = np.random.default_rng(0).permutation(people.shape[0])
    counts = np.diff(people.indptr)[order]
    return people[np.sort(order[np.cumsum(counts) <= MOST_CHOICES])]
