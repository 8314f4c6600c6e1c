"""Choosing: how much the log, the picture and popularity count, and by which model the log speaks.

All of it is tried on a window of the log.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.artifacts import LogModel
from pipeline.estimate import Estimate
from pipeline.events import Events
from pipeline.learning.blending import Parts, Weights, log_scores, picture_scores
from pipeline.learning.counting import (
    WEEK,
    WINDOWS,
    count_popularity,
    find_neighbours,
    has_few_items,
)
from pipeline.learning.counting.factors import MOST_ITEMS
from pipeline.learning.measures import NDCG, NDCG_DEPTH, best_items, measure_lists
from pipeline.learning.splitting import Split, split_events

POPULAR = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
PICTURED = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of popularity, and of the picture in the rest, that are tried."""
TRIED = 2_000
"""People on whom they are tried; on all that are asked for, the best blends of the models are
compared, where ALS looks better on these."""
POOL = 200
"""Best items of each part among which blends are tried."""
FEWEST = 100
"""Of fewer people no difference between models is sure; a choice."""
CHUNK = 250


@dataclass(frozen=True)
class Chosen:
    """What did best.

    Attributes:
        weights: The weights of a blend.
        days: The days in which popularity is counted; None for all of the log.
        ndcg: What the blend reached with them.
        model: By what the log speaks: BM25, or ALS where that did surely better.
        gain: What ALS gained over BM25 in NDCG@10; None where it was not tried.
    """

    weights: Weights
    days: int | None
    ndcg: float
    model: LogModel = "bm25"
    gain: Estimate | None = None

    @property
    def why_model(self) -> str:
        """Which model the log speaks by, and why, as a sentence."""
        if self.gain is None:
            return (
                f"The log speaks by BM25; ALS is tried where {FEWEST} people at least can be asked "
                f"for, and {MOST_ITEMS:,} items at most were chosen."
            )
        if self.model == "als":
            return (
                "The log speaks by ALS, which did surely better than BM25 in the window before "
                f"({self.gain} in NDCG@10)."
            )
        return (
            "The log speaks by BM25, since ALS did not do surely better in the window before "
            f"({self.gain} in NDCG@10)."
        )


def choose_blend(events: Events, upto: np.ndarray | None, directions: np.ndarray | None) -> Chosen:
    """Choose what does best in the last window of a log, by NDCG@10 on items new to a person.

    Args:
        events: The log.
        upto: Those events that count at all; see `split_events`.
        directions: See `picture_scores`; None without pictures.

    Returns:
        What did best; popularity alone where nobody in the window had chosen anything before.
        BM25 and ALS are tried alike, each with the blend that does best with it, and ALS is taken
        where it gains more than its bootstrap interval.

    Raises:
        EventsError: If the log is too short to be split.
    """
    split = split_events(events, upto)
    truth = new_items(split)
    days = _best_window(events, split, truth)
    asked = (np.diff(split.before[split.people].indptr) > 0) & (np.diff(truth.indptr) > 0)
    people = np.random.default_rng(0).permutation(np.flatnonzero(asked))
    if not len(people):
        return Chosen(Weights(0.0, 0.0, 1.0), days, 0.0)
    models: list[LogModel] = ["bm25"]
    if len(people) >= FEWEST and has_few_items(split.before):
        models.append("als")
    trial = _Trial(
        split,
        truth,
        [find_neighbours(split.before, model) for model in models],
        count_popularity(events, split.known, days),
        directions,
    )
    tried = _candidates(directions is not None)
    values = trial.measure(people[:TRIED], [tried for _ in models])
    best = values.mean(axis=2).argmax(axis=1)
    each = [values[number, place] for number, place in enumerate(best)]
    gain = None
    if len(models) > 1:
        gains = each[1] - each[0]
        if gains.mean() > 0:
            more = trial.measure(people[TRIED:], [[tried[place]] for place in best])
            gains = np.concatenate([gains, more[1, 0] - more[0, 0]])
        gain = Estimate.of(gains)
    which = int(gain is not None and gain.low > 0)
    ndcg = float(each[which].mean())
    return Chosen(tried[best[which]], days, ndcg, models[which], gain)


@dataclass(frozen=True)
class _Trial:
    """What blends are tried with: a split, and what each part says of it.

    Attributes:
        split: The split.
        truth: What its people chose after it, see `new_items`.
        neighbours: By each model, see `find_neighbours`.
        popularity: See `count_popularity`.
        directions: See `picture_scores`.
    """

    split: Split
    truth: csr_matrix
    neighbours: list[csr_matrix]
    popularity: np.ndarray
    directions: np.ndarray | None

    def measure(self, people: np.ndarray, blends: list[list[Weights]]) -> np.ndarray:
        """NDCG@10 of each model's blends for people, ``(models, blends, people)``.

        Args:
            people: Their places among those of the split.
            blends: For each model, as many for one as for the other.
        """
        # To compare pictures takes the most time.
        is_seen = any(one.picture for few in blends for one in few)
        directions = self.directions if is_seen else None
        found = [np.empty((len(blends), len(blends[0]), 0))]
        for start in range(0, len(people), CHUNK):
            some = people[start : start + CHUNK]
            own, wanted = self.split.before[self.split.people[some]], self.truth[some]
            picture = picture_scores(own, directions) if directions is not None else None
            values = [
                _measure_blends(
                    Parts.of(log_scores(own, near), picture, self.popularity), own, wanted, weights
                )
                for near, weights in zip(self.neighbours, blends, strict=True)
            ]
            found.append(np.stack(values))
        return np.concatenate(found, axis=2)


def _measure_blends(
    parts: Parts, own: csr_matrix, wanted: csr_matrix, blends: list[Weights]
) -> np.ndarray:
    pooled, items = parts.pooled(own, POOL)
    values = np.empty((len(blends), own.shape[0]))
    for number, weights in enumerate(blends):
        places = best_items(pooled.blend(weights), None, NDCG_DEPTH)
        lists = np.where(places < 0, -1, np.take_along_axis(items, places, axis=1))
        values[number] = measure_lists(lists, wanted)[NDCG]
    return values


def new_items(split: Split) -> csr_matrix:
    """What the people of a split chose after it that they had not before, ``(m, items)``."""
    after = split.after[split.people]
    again = after.multiply(split.before[split.people] > 0)
    found = csr_matrix(after - again)
    found.eliminate_zeros()
    return found


def _candidates(has_pictures: bool) -> list[Weights]:
    """The plainest first, which of equals is the one that is taken."""
    tried = []
    for popular in POPULAR:
        for pictured in PICTURED if has_pictures and popular < 1 else PICTURED[:1]:
            rest = 1 - popular
            tried.append(Weights(rest * (1 - pictured), rest * pictured, popular))
    return tried


def _best_window(events: Events, split: Split, truth: csr_matrix) -> int | None:
    if not events.has_times:
        return None
    own = split.before[split.people]
    most = int(np.diff(own.indptr).max(initial=0)) + NDCG_DEPTH
    found: dict[int | None, float] = {}
    for days in WINDOWS:
        popularity = count_popularity(events, split.known, days)
        # Whatever a person has had, the best of the rest are among these.
        few = np.sort(np.argsort(-popularity, kind="stable")[:most])
        total = 0.0
        for start in range(0, len(split.people), CHUNK):
            some = slice(start, start + CHUNK)
            scores = np.broadcast_to(popularity[few], (own[some].shape[0], len(few)))
            places = best_items(scores, csr_matrix(own[some][:, few]), NDCG_DEPTH)
            lists = np.where(places < 0, -1, few[places])
            total += np.nansum(measure_lists(lists, truth[some])[NDCG])
        found[days] = total
    return max(found, key=lambda days: found[days]) if any(found.values()) else WEEK
