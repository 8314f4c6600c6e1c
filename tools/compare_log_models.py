"""Compare models of a log: `python -m tools.compare_log_models EVENTS`.

Beside BM25's neighbours stand `implicit`'s ALS and BPR. The settings of each
and its share beside popularity are chosen on the window before the last, as `learn` chooses; there
it says which surely does better than BM25, and on the last window how that turns out. All items are
ranked, and nobody is given what they had before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from pipeline.estimate import Estimate
from pipeline.events import Events, read_events
from pipeline.learning import (
    NDCG,
    NDCG_DEPTH,
    Parts,
    Split,
    Weights,
    best_items,
    choose_blend,
    count_popularity,
    find_neighbours,
    log_scores,
    measure_lists,
    new_items,
    split_events,
)

CHUNK = 250
BM25 = "BM25"
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
"""Of popularity, as `learn` tries them."""

Score = Callable[[np.ndarray], np.ndarray]
"""Of people, the scores of all items, ``(people, items)`` from 0 up."""
Fit = Callable[[csr_matrix], Score]


@dataclass(frozen=True)
class Measured:
    """NDCG@10 of one model on one window, one value a person.

    Attributes:
        alone: Of the model's own lists.
        blends: By share of popularity, of a blend.
    """

    alone: np.ndarray
    blends: dict[float, np.ndarray]

    @property
    def best(self) -> float:
        """The share of popularity that does best."""
        return max(self.blends, key=lambda share: float(np.nanmean(self.blends[share])))


def models() -> Iterator[tuple[str, Fit]]:
    """The models by their names and settings."""
    yield BM25, _bm25
    for factors in (32, 128):
        for alpha in (1.0, 20.0):
            yield f"ALS, {factors} factors, alpha {alpha:g}", partial(_als, factors, alpha)
        yield f"BPR, {factors} factors", partial(_bpr, factors)


def measure(fit: Fit, split: Split, popularity: np.ndarray) -> Measured:
    """Measure a model that knows what a split knew, by what came after it."""
    score, truth = fit(split.before), new_items(split)
    alone: list[np.ndarray] = []
    blends: dict[float, list[np.ndarray]] = {share: [] for share in SHARES}
    for start in range(0, len(split.people), CHUNK):
        people, wanted = split.people[start : start + CHUNK], truth[start : start + CHUNK]
        own, scores = split.before[people], score(people)
        alone.append(_ndcg(scores, own, wanted))
        parts = Parts.of(scores, None, popularity)
        for share, found in blends.items():
            found.append(_ndcg(parts.blend(Weights(1 - share, 0.0, share)), own, wanted))
    joined = {share: np.concatenate(found) for share, found in blends.items()}
    return Measured(np.concatenate(alone), joined)


def compare(events: Events) -> Iterator[str]:
    """The rows of a table; the best settings of each kind of model on the last window too.

    Raises:
        EventsError: If the log is too short to be split twice.
    """
    last = split_events(events)
    window = split_events(events, last.known)
    days = choose_blend(events, last.known, None).days
    popular = [count_popularity(events, split.known, days) for split in (window, last)]
    known = dict(models())
    found: dict[str, Measured] = {}
    yield "| window | model | alone | beyond BM25 | beside popularity | beyond BM25 | seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, fit in known.items():
        started = time.perf_counter()
        found[name] = measure(fit, window, popular[0])
        seconds = time.perf_counter() - started
        row = _row(name, found[name], found[BM25], found)
        yield f"| before the last | {row} | {seconds:.0f} |"
    chosen = {
        max(names, key=lambda name: float(np.nanmean(found[name].blends[found[name].best])))
        for kind in (BM25, "ALS", "BPR")
        if (names := [name for name in found if name.startswith(kind)])
    }
    bm25 = None
    for name in (name for name in known if name in chosen):
        started = time.perf_counter()
        there = measure(known[name], last, popular[1])
        seconds = time.perf_counter() - started
        bm25 = bm25 or there
        yield f"| last | {_row(name, there, bm25, found)} | {seconds:.0f} |"


def _row(name: str, there: Measured, bm25: Measured, found: dict[str, Measured]) -> str:
    """The cells of a model, with the shares that did best on the window before the last."""
    share, beside = found[name].best, found[BM25].best
    blend = there.blends[share]
    return (
        f"{name} | {_told(there.alone)} | {_told(there.alone - bm25.alone, '+')} | "
        f"{_told(blend)}, popularity {share:.0%} | {_told(blend - bm25.blends[beside], '+')}"
    )


def _told(values: np.ndarray, sign: str = "") -> str:
    one = Estimate.of(values)
    return f"{one.mean:{sign}.4f} ({one.low:{sign}.4f} to {one.high:{sign}.4f})"


def _ndcg(scores: np.ndarray, own: csr_matrix, wanted: csr_matrix) -> np.ndarray:
    values: np.ndarray = measure_lists(best_items(scores, own, NDCG_DEPTH), wanted)[NDCG]
    return values


def _bm25(before: csr_matrix) -> Score:
    neighbours = find_neighbours(before)
    return lambda people: log_scores(before[people], neighbours)


def _als(factors: int, alpha: float, before: csr_matrix) -> Score:
    model = AlternatingLeastSquares(factors=factors, alpha=alpha, random_state=0, num_threads=1)
    model.fit(csr_matrix(before, dtype=np.float32), show_progress=False)
    return partial(_products, model, before)


def _bpr(factors: int, before: csr_matrix) -> Score:
    model = BayesianPersonalizedRanking(factors=factors, random_state=0, num_threads=1)
    model.fit(csr_matrix(before, dtype=np.float32), show_progress=False)
    return partial(_products, model, before)


def _products(
    model: AlternatingLeastSquares | BayesianPersonalizedRanking,
    before: csr_matrix,
    people: np.ndarray,
) -> np.ndarray:
    """Products of factors, from 0 up for each person; all 0 for those of whom nothing is known."""
    scores = model.user_factors[people] @ model.item_factors.T
    scores = scores - scores.min(axis=1, keepdims=True)
    scores[np.diff(before[people].indptr) == 0] = 0
    return np.asarray(scores, dtype=np.float64)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=Path)
    with threadpool_limits(1, "blas"):
        for line in compare(read_events(parser.parse_args().events)):
            print(line, flush=True)
