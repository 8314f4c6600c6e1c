"""Measures of lists: how well what is recommended is what people chose afterwards."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

NDCG_DEPTH, MAP_DEPTH, RECALL_DEPTH = 10, 12, 20
DEPTH = RECALL_DEPTH
NDCG, RECALL, MAP = f"ndcg@{NDCG_DEPTH}", f"recall@{RECALL_DEPTH}", f"map@{MAP_DEPTH}"


def best_items(scores: np.ndarray, barred: csr_matrix | None, depth: int = DEPTH) -> np.ndarray:
    """The items of the greatest scores of each person, of all items that there are.

    Nothing is sampled: figures on sampled items can turn the order of contenders round (Krichene
    and Rendle 2022, *On Sampled Metrics for Item Recommendation*).

    Args:
        scores: ``(people, items)``; an item of 0 or less is not recommended.
        barred: ``(people, items)``, those that may not be; None for none.
        depth: How many.

    Returns:
        ``(people, depth)`` int64, ties by number; -1 beyond what is recommended.
    """
    scores = np.array(scores, dtype=np.float64)
    if barred is not None:
        scores[np.repeat(np.arange(len(scores)), np.diff(barred.indptr)), barred.indices] = 0
    depth = min(depth, scores.shape[1])
    found = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    found.sort(axis=1)
    values = np.take_along_axis(scores, found, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    found = np.take_along_axis(found, order, axis=1)
    found[np.take_along_axis(values, order, axis=1) <= 0] = -1
    return found


def measure_lists(lists: np.ndarray, truth: csr_matrix) -> dict[str, np.ndarray]:
    """Measure what was recommended to each person by what they chose.

    ``ndcg@10`` and ``map@12`` are divided by the best that a list of that length can reach
    (Järvelin and Kekäläinen 2002; MAP@12 as in the H&M contest), as `implicit` does; ``recall@20``
    by the number of items chosen.

    Args:
        lists: See `best_items`.
        truth: ``(people, items)``, what they chose afterwards.

    Returns:
        By measure, one value a person, ``(people,)`` float64, NaN where they chose nothing.
    """
    hits = _hits(lists, truth)
    chosen = np.diff(truth.indptr).astype(np.float64)
    chosen[chosen == 0] = np.nan
    places = np.arange(lists.shape[1])
    gains = 1 / np.log2(places + 2)
    ideal = np.concatenate([[0], np.cumsum(1 / np.log2(np.arange(NDCG_DEPTH) + 2))])
    best = ideal[np.nan_to_num(np.minimum(chosen, NDCG_DEPTH)).astype(int)]
    dcg = (hits * gains)[:, :NDCG_DEPTH].sum(axis=1)
    precision = np.cumsum(hits, axis=1) / (places + 1)
    average = (precision * hits)[:, :MAP_DEPTH].sum(axis=1) / np.minimum(chosen, MAP_DEPTH)
    return {
        NDCG: np.where(np.isnan(chosen), np.nan, dcg / np.where(best > 0, best, 1)),
        RECALL: hits[:, :RECALL_DEPTH].sum(axis=1) / chosen,
        MAP: average,
    }


def _hits(lists: np.ndarray, truth: csr_matrix) -> np.ndarray:
    """Which items of the lists were chosen, ``(people, depth)`` bool."""
    width = truth.shape[1]
    owners = np.repeat(np.arange(truth.shape[0]), np.diff(truth.indptr))
    chosen = owners.astype(np.int64) * width + truth.indices
    asked = np.arange(len(lists))[:, None] * width + lists
    found: np.ndarray = np.isin(asked, chosen) & (lists >= 0)
    return found
