"""Contenders: what each would recommend to people, from what a log knew at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from tqdm import tqdm

from pipeline.events import Events
from pipeline.learning import (
    DEPTH,
    NEW_EVERY,
    WEEK,
    Chosen,
    Parts,
    Split,
    Weights,
    best_items,
    count_popularity,
    find_neighbours,
    log_scores,
    picture_scores,
)

CHUNK = 250
BUY_AGAIN = "buy again"
LOG, PICTURE, BLEND = "log only", "picture only", "blend"


@dataclass(frozen=True)
class Known:
    """What contenders go by: nothing of it is later than the split.

    Attributes:
        events: The log, of which only what the split knows is looked at.
        split: The split.
        chosen: The weights and the window, chosen before it.
        directions: The pictures' embeddings as directions; None without pictures.
    """

    events: Events
    split: Split
    chosen: Chosen
    directions: np.ndarray | None


def recommend_all(known: Known, bars_own: bool) -> dict[str, np.ndarray]:
    """What each contender gives everybody who is asked for.

    Args:
        known: What they go by.
        bars_own: Whether nobody is given what they had before; with it nobody can buy again.

    Returns:
        By contender, ``(people, 20)`` items, see `best_items`.
    """
    split, weights = known.split, known.chosen.weights
    windows = dict.fromkeys((WEEK, known.chosen.days)) if known.events.has_times else {None: None}
    popular = {_named(days): count_popularity(known.events, split.known, days) for days in windows}
    neighbours = find_neighbours(split.before, known.chosen.model)
    has_events = np.bincount(split.before.indices, minlength=split.before.shape[1]) > 0
    latest = None if bars_own else _latest(known)
    lists: dict[str, list[np.ndarray]] = {}
    starts = range(0, len(split.people), CHUNK)
    for start in tqdm(starts, desc="people", unit="chunk", leave=False):
        people = split.people[start : start + CHUNK]
        own = split.before[people]
        barred = own if bars_own else None
        for name, counts in popular.items():
            lists.setdefault(name, []).append(_best(np.broadcast_to(counts, own.shape), barred))
        log = log_scores(own, neighbours)
        lists.setdefault(LOG, []).append(_best(log, barred))
        if latest is not None:
            lists.setdefault(BUY_AGAIN, []).append(_best(latest[people].toarray(), None))
        picture = _pictures(known, own)
        parts = Parts.of(log, picture, popular[_named(known.chosen.days)])
        best = _blended(parts, weights, has_events, barred)
        if parts.picture is not None:
            lists.setdefault(PICTURE, []).append(_best(parts.picture, barred))
        lists.setdefault(BLEND, []).append(best)
    return {name: np.concatenate(found) for name, found in lists.items()}


def _blended(
    parts: Parts, weights: Weights, has_events: np.ndarray, barred: csr_matrix | None
) -> np.ndarray:
    """A blend as it is suggested: with pictures, items without events at places of their own."""
    total = parts.blend(weights)
    if parts.picture is None:
        return _best(total, barred)
    old, new = _best(total * has_events, barred), _best(parts.picture * ~has_events, barred)
    return np.array([list(_with_new(*pair)) for pair in zip(old, new, strict=True)])


def _with_new(old: np.ndarray, new: np.ndarray) -> Iterator[int]:
    """See `pipeline.recommender.person.blending`, which does the same to what it suggests."""
    warm, cold = iter(old.tolist()), iter(new[new >= 0].tolist())
    for place in range(1, len(old) + 1):
        found = next(cold, None) if place % NEW_EVERY == 0 else None
        yield next(warm) if found is None else found


def _best(scores: np.ndarray, barred: csr_matrix | None) -> np.ndarray:
    """Lists of one length, however few items there are."""
    found = best_items(scores, barred)
    missing = DEPTH - found.shape[1]
    return np.pad(found, ((0, 0), (0, missing)), constant_values=-1) if missing else found


def _pictures(known: Known, own: csr_matrix) -> np.ndarray | None:
    """How alike items are to people's own; all alike to those who have none."""
    if known.directions is None:
        return None
    has_any = np.diff(own.indptr) > 0
    scores = np.zeros(own.shape, dtype=np.float32)
    if has_any.any():
        scores[has_any] = picture_scores(own[has_any], known.directions)
    return scores


def _latest(known: Known) -> csr_matrix:
    """When people last chose what they had, as places in the log from 1 up."""
    events, which = known.events, np.flatnonzero(known.split.known)
    user, item = events.user[which], events.item[which]
    cells = user.astype(np.int64) * len(events.ids) + item
    # The last of each comes first.
    _, firsts = np.unique(cells[::-1], return_index=True)
    last = len(which) - 1 - firsts
    shape = (events.users, len(events.ids))
    return csr_matrix((last + 1.0, (user[last], item[last])), shape=shape)


def _named(days: int | None) -> str:
    if days is None:
        return "popularity of all the log"
    return "popularity of the last week" if days == WEEK else f"popularity of the last {days} days"
