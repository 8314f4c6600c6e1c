"""The matrix of people and items that everything is learnt from."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.events import Events


def people_matrix(events: Events, which: np.ndarray | slice = slice(None)) -> csr_matrix:
    """How much each person chose each item.

    Args:
        events: The events.
        which: Those that count.

    Returns:
        ``(people, items)`` float64, the weights of a person's events of an item added up.
    """
    shape = (events.users, len(events.ids))
    cells = (events.user[which], events.item[which])
    matrix = csr_matrix((events.weight[which].astype(np.float64), cells), shape=shape)
    matrix.sum_duplicates()
    return matrix
