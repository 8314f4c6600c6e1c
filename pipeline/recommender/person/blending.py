"""Blending: what looks like an interest, and what a log says of it, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.learning import NEW_EVERY, Learnt, Parts, log_scores
from pipeline.recommender.person.interests import Interest


class By(Enum):
    """What an item was found by."""

    PICTURE = 1
    LOG = 0
    POPULARITY = 2
    RULE = 3
    TASTE = 4
    BASKETS = 5


REASONS = {
    By.PICTURE: "because you kept {}",
    By.LOG: "because people who chose {} chose it too",
    By.POPULARITY: "because many choose it at the moment",
    By.RULE: "goes with {}, by a rule",
    By.BASKETS: "goes with {}, learnt from baskets",
    By.TASTE: "because people who chose {} are likely to choose it",
}

PLAINLY = REASONS | {By.RULE: "goes with {}", By.BASKETS: "goes with {}"}
"""The same for shoppers, to whom it is one how that is known."""


@dataclass(frozen=True)
class Found:
    """One item that an interest has found.

    Attributes:
        row: Its row.
        score: Its score, of the index or of the log.
        medoid: The row of the kept item that asked.
        by: What says most for it.
        own: The rows of the interest, where the log speaks for it.
        doubles: The rows of near duplicates that it stands for.
    """

    row: int
    score: float
    medoid: int
    by: By
    own: tuple[int, ...] = ()
    doubles: tuple[int, ...] = ()


def candidates(
    learnt: Learnt,
    interest: Interest,
    nearest: np.ndarray,
    allowed: np.ndarray | None,
    pool: int,
) -> np.ndarray:
    """The items among which a blend is made: the best of each part, ``(items,)`` bool.

    Args:
        learnt: What the log tells.
        interest: Who asks.
        nearest: The rows that look most like it.
        allowed: Which rows may be given; None for all.
        pool: How many of each part.
    """
    may = np.ones(len(learnt.ids), dtype=bool) if allowed is None else allowed
    chosen = np.zeros(len(may), dtype=bool)
    chosen[nearest] = True
    for scores in (_log(learnt, interest), learnt.popularity):
        best = np.argsort(-np.where(may, scores, 0), kind="stable")[:pool]
        chosen[best[scores[best] > 0]] = True
    among: np.ndarray = chosen & may
    return among


def blended(
    learnt: Learnt,
    interest: Interest,
    rows: np.ndarray,
    distances: np.ndarray,
    scores: np.ndarray,
) -> list[Found]:
    """Bring items in the order of a blend, those without events at places of their own.

    Args:
        learnt: What the log tells.
        interest: Who asks.
        rows: The items, ``(m,)``, the most alike first.
        distances: How far they look from the interest, ``(m,)``.
        scores: The same as the index scores them.
    """
    log, popularity = _log(learnt, interest)[rows], learnt.popularity[rows]
    parts = Parts.of(log[None], -distances[None], popularity)
    weights = learnt.weights
    total = parts.blend(weights)[0]
    shares = zip(
        (weights.log, weights.picture, weights.popularity),
        (parts.log, parts.picture, parts.popularity),
        strict=True,
    )
    says = np.stack(
        [share * (part[0] if part is not None else 0 * total) for share, part in shares]
    )
    most = says.argmax(axis=0)
    has_events = learnt.has_events[rows]

    def found(number: int) -> Found:
        by = (By.LOG, By.PICTURE, By.POPULARITY)[most[number]]
        # Where nothing else speaks for it, it is there for its picture.
        by = by if has_events[number] and says[most[number], number] > 0 else By.PICTURE
        own = interest.rows if by is By.LOG else ()
        return Found(int(rows[number]), float(scores[number]), interest.medoid, by, own)

    order = np.argsort(-total, kind="stable")
    old, new = (order[has_events[order]], np.flatnonzero(~has_events))
    return [found(number) for number in _with_new(old.tolist(), new.tolist())]


def in_turn(lists: Sequence[Sequence[Found]]) -> Iterator[Found]:
    """The first of each list, then the second of each, and so on, every item once."""
    seen: set[int] = set()
    for turn in zip_longest(*lists):
        for found in turn:
            if found is not None and found.row not in seen:
                seen.add(found.row)
                yield found


def _with_new(old: list[int], new: list[int]) -> Iterator[int]:
    """One list with the new at every `NEW_EVERY`-th place, as long as there are both."""
    place = 0
    while old or new:
        place += 1
        yield (new if new and (place % NEW_EVERY == 0 or not old) else old).pop(0)


def _log(learnt: Learnt, interest: Interest) -> np.ndarray:
    count = len(learnt.ids)
    own = csr_matrix(
        (np.ones(len(interest.rows)), ([0] * len(interest.rows), interest.rows)), shape=(1, count)
    )
    scores: np.ndarray = log_scores(own, learnt.neighbours)[0]
    return scores
