"""Figures: what lists are worth to which people, on which items, with intervals over people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.estimate import Estimate
from pipeline.learning import NDCG_DEPTH, Split, measure_lists

FEW = 5
"""Events from which on a person counts as known well."""
EVERYBODY, NOBODY_KNOWN, LITTLE_KNOWN, WELL_KNOWN = (
    "everybody",
    "people without events before",
    f"people with 1 to {FEW - 1} events before",
    f"people with {FEW} events and more before",
)
WARM_ITEMS, COLD_ITEMS = "items with events before", "items without events before"


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        target: ``new`` items of a person, or ``any``, those had before too.
        contender: Whose.
        group: Of which people, or of which items.
        measure: Which measure.
        people: How many people it is of.
        estimate: The mean over these people.
    """

    target: str
    contender: str
    group: str
    measure: str
    people: int
    estimate: Estimate


def groups_of(split: Split, truth: csr_matrix) -> dict[str, tuple[np.ndarray, csr_matrix]]:
    """Who is asked about in each group, ``(m,)`` bool, and what of their choices counts."""
    counts = np.diff(split.before[split.people].indptr)
    asked = np.diff(truth.indptr) > 0
    has_events = np.bincount(split.before.indices, minlength=truth.shape[1]) > 0
    warm, cold = (_only(truth, which) for which in (has_events, ~has_events))
    return {
        EVERYBODY: (asked, truth),
        NOBODY_KNOWN: (asked & (counts == 0), truth),
        LITTLE_KNOWN: (asked & (counts > 0) & (counts < FEW), truth),
        WELL_KNOWN: (asked & (counts >= FEW), truth),
        WARM_ITEMS: (np.diff(warm.indptr) > 0, warm),
        COLD_ITEMS: (np.diff(cold.indptr) > 0, cold),
    }


def measure_groups(
    target: str, lists: dict[str, np.ndarray], split: Split, truth: csr_matrix
) -> list[Figure]:
    """Measure every contender's lists in every group that has people."""
    figures = []
    for group, (who, counted) in groups_of(split, truth).items():
        if not who.any():
            continue
        for contender, found in lists.items():
            for name, values in measure_lists(found, counted).items():
                estimate = Estimate.of(values[who])
                figures.append(Figure(target, contender, group, name, int(who.sum()), estimate))
    return figures


def spread_of(lists: np.ndarray, items: int) -> dict[str, float]:
    """How far the first ten of lists reach over the catalogue.

    Returns:
        ``coverage@10``, the share of the items that anybody is given; ``gini@10``, the Gini
        coefficient of how often each is, 0 where all are as often, near 1 where few are all there
        is (Fleder and Hosanagar 2009, *Management Science* 55).
    """
    given = lists[:, :NDCG_DEPTH]
    counts = np.sort(np.bincount(given[given >= 0], minlength=items)).astype(np.float64)
    total = counts.sum()
    ranks = np.arange(1, items + 1)
    gini = float(((2 * ranks - items - 1) * counts).sum() / (items * total)) if total else 0.0
    return {"coverage@10": float((counts > 0).mean()), "gini@10": gini}


def _only(truth: csr_matrix, which: np.ndarray) -> csr_matrix:
    few = csr_matrix(truth.multiply(which[None].astype(np.float64)))
    few.eliminate_zeros()
    return few
