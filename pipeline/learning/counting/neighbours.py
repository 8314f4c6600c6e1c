"""Neighbours: which items the same people choose, by one of two models."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from pipeline.artifacts import LogModel
from pipeline.learning.counting.factors import nearest_by_factors

MOST_NEIGHBOURS = 100
K1, B = 1.2, 0.75
"""Of BM25, as `implicit` and Robertson and Zaragoza (2009, section 3.5) have them."""


def find_neighbours(people: csr_matrix, model: LogModel = "bm25") -> csr_matrix:
    """Find for each item those that the same people choose.

    Args:
        people: See `people_matrix`.
        model: By what: BM25, of the items that the same people chose, or ALS, of those that people
            of the same taste are likely to, see `nearest_by_factors`.

    Returns:
        ``(items, items)`` float32, `MOST_NEIGHBOURS` at most in a row, the nearest first; none is
        its own neighbour.
    """
    if model == "als":
        return _nearest_first(nearest_by_factors(people, MOST_NEIGHBOURS))
    return _nearest_first(_nearest_by_bm25(people))


def _nearest_by_bm25(people: csr_matrix) -> csr_matrix:
    """How near items are by `implicit`'s BM25.

    Each item is a text of which people are the words (Robertson and Zaragoza 2009, *The
    Probabilistic Relevance Framework*); two items are as near as the product of their weights.
    """
    from implicit.nearest_neighbours import ItemItemRecommender, bm25_weight

    # One more, since an item is mostly its own nearest.
    model = ItemItemRecommender(K=MOST_NEIGHBOURS + 1)
    model.fit(csr_matrix(bm25_weight(people.T, K1, B).T), show_progress=False)
    found = model.similarity.tocsr()
    found = found - diags_array(found.diagonal(), format="csr")
    found.eliminate_zeros()
    return csr_matrix(found)


def _nearest_first(found: csr_matrix) -> csr_matrix:
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    order = np.lexsort((found.indices, -found.data, rows))
    rank = np.arange(len(order)) - found.indptr[rows[order]]
    order = order[(rank < MOST_NEIGHBOURS) & (found.data[order] > 0)]
    counts = np.bincount(rows[order], minlength=found.shape[0])
    starts = np.concatenate([[0], np.cumsum(counts)])
    parts = (found.data[order].astype(np.float32), found.indices[order].astype(np.int32), starts)
    return csr_matrix(parts, shape=found.shape)
