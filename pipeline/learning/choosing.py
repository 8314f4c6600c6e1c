"""Choosing: how much the log, the picture and popularity count, tried on a window of the log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.events import Events
from pipeline.learning.blending import Parts, Weights, log_scores, picture_scores
from pipeline.learning.counting import WEEK, WINDOWS, count_popularity, find_neighbours
from pipeline.learning.measures import NDCG, NDCG_DEPTH, best_items, measure_lists
from pipeline.learning.splitting import Split, split_events

POPULAR = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
PICTURED = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of popularity, and of the picture in the rest, that are tried."""
TRIED = 2_000
"""People on whom they are tried."""
POOL = 200
"""Best items of each part among which blends are tried."""
CHUNK = 250


@dataclass(frozen=True)
class Chosen:
    """What did best.

    Attributes:
        weights: The weights of a blend.
        days: The days in which popularity is counted; None for all of the log.
        ndcg: What the blend reached with them.
    """

    weights: Weights
    days: int | None
    ndcg: float


def choose_blend(events: Events, upto: np.ndarray | None, directions: np.ndarray | None) -> Chosen:
    """Choose what does best in the last window of a log, by NDCG@10 on items new to a person.

    Args:
        events: The log.
        upto: Those events that count at all; see `split_events`.
        directions: See `picture_scores`; None without pictures.

    Returns:
        What did best; popularity alone where nobody in the window had chosen anything before.

    Raises:
        EventsError: If the log is too short to be split.
    """
    split = split_events(events, upto, TRIED)
    truth = new_items(split)
    split_people = split.people
    days = _best_window(events, split, truth)
    popularity = count_popularity(events, split.known, days)
    neighbours = find_neighbours(split.before)
    tried = _candidates(directions is not None)
    sums = np.zeros(len(tried))
    count = 0
    for start in range(0, len(split_people), CHUNK):
        some = slice(start, start + CHUNK)
        own = split.before[split_people[some]]
        known = np.diff(own.indptr) > 0
        own, wanted = own[known], truth[some][known]
        if not own.shape[0]:
            continue
        log = log_scores(own, neighbours)
        picture = picture_scores(own, directions) if directions is not None else None
        parts, items = Parts.of(log, picture, popularity).pooled(own, POOL)
        for number, weights in enumerate(tried):
            places = best_items(parts.blend(weights), None, NDCG_DEPTH)
            lists = np.where(places < 0, -1, np.take_along_axis(items, places, axis=1))
            sums[number] += np.nansum(measure_lists(lists, wanted)[NDCG])
        count += int((np.diff(wanted.indptr) > 0).sum())
    if not count:
        return Chosen(Weights(0.0, 0.0, 1.0), days, 0.0)
    best = int(sums.argmax())
    return Chosen(tried[best], days, float(sums[best] / count))


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
