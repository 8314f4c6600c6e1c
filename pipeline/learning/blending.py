"""Blending: the log, the picture and what is popular, in one score for a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

MOST_OWN = 10
"""Items of a person that others are compared with by their pictures."""
NEW_EVERY = 5
"""Of as many places one is for an item without events, which the log can say nothing of: a choice,
without which a new product would never be shown where the log counts most."""
AT_ONCE = 50
"""People whose pictures are compared at once: few products of matrices, in little memory."""


@dataclass(frozen=True)
class Weights:
    """How much each part of a score counts; they add up to 1.

    Attributes:
        log: What people chose who chose the person's items.
        picture: How much an item looks like the person's.
        popularity: How often it was chosen of late.
    """

    log: float
    picture: float
    popularity: float


@dataclass(frozen=True)
class Parts:
    """The parts of people's scores, each brought to 0..1 for each person; None for none.

    Attributes:
        log: ``(people, items)`` float64.
        picture: Likewise.
        popularity: ``(1, items)`` or ``(people, items)``.
    """

    log: np.ndarray | None
    picture: np.ndarray | None
    popularity: np.ndarray | None

    @classmethod
    def of(
        cls,
        log: np.ndarray | None,
        picture: np.ndarray | None,
        popularity: np.ndarray | None,
    ) -> Parts:
        """Bring scores to one range.

        Args:
            log: ``(people, items)``, from 0 up.
            picture: Likewise, cosines.
            popularity: ``(items,)``, from 0 up.
        """
        if picture is not None:
            picture = picture - picture.min(axis=1, keepdims=True)
        if popularity is not None:
            popularity = popularity[None]
        return cls(*(s if s is None else _up_to_one(s) for s in (log, picture, popularity)))

    def blend(self, weights: Weights) -> np.ndarray:
        """Add the parts up, ``(people, items)`` float64, from 0 to 1.

        A weighted sum of scores brought to one range does better than one of ranks, and its weights
        can be chosen on few samples (Bruch, Gai and Ingber 2023, *An Analysis of Fusion Functions
        for Hybrid Retrieval*, ACM TOIS).
        """
        pairs = (
            (weights.log, self.log),
            (weights.picture, self.picture),
            (weights.popularity, self.popularity),
        )
        given = [part for _, part in pairs if part is not None]
        total = np.zeros(np.broadcast_shapes(*(part.shape for part in given)))
        for weight, part in pairs:
            if part is not None and weight:
                total += weight * part
        return total

    def pooled(self, own: csr_matrix, depth: int) -> tuple[Parts, np.ndarray]:
        """Keep of each part the items of the greatest scores of each person, and none of their own.

        Args:
            own: ``(people, items)``, those that are not kept.
            depth: How many of each part.

        Returns:
            The parts, and the items that their columns stand for, ``(people, m)``; -1 where an
            item is there twice, which has no score.
        """
        width = min(depth, own.shape[1])
        rows = np.repeat(np.arange(own.shape[0]), np.diff(own.indptr))
        whole, found = [], []
        for part in (self.log, self.picture, self.popularity):
            spread = None if part is None else np.array(np.broadcast_to(part, own.shape))
            whole.append(spread)
            if spread is not None:
                spread[rows, own.indices] = 0
                found.append(np.argpartition(-spread, width - 1, axis=1)[:, :width])
        items = np.sort(np.concatenate(found, axis=1), axis=1)
        twice = np.zeros(items.shape, dtype=bool)
        twice[:, 1:] = items[:, 1:] == items[:, :-1]
        few = [None if p is None else np.take_along_axis(p, items, axis=1) * ~twice for p in whole]
        return Parts(*few), np.where(twice, -1, items)


def log_scores(people: csr_matrix, neighbours: csr_matrix) -> np.ndarray:
    """What the log says to people: their items' neighbours, added up.

    Args:
        people: ``(m, items)``, see `people_matrix`.
        neighbours: See `find_neighbours`.

    Returns:
        ``(m, items)`` float64.
    """
    scores: np.ndarray = (people @ neighbours).toarray()
    return scores


def picture_scores(people: csr_matrix, directions: np.ndarray) -> np.ndarray:
    """What pictures say to people: how alike an item is to the one of theirs that is most so.

    Args:
        people: ``(m, items)``; everybody has one item at least.
        directions: The embeddings, each divided by its length, ``(items, dimension)`` float32.

    Returns:
        ``(m, items)`` float32 cosines.
    """
    scores = np.empty(people.shape, dtype=np.float32)
    own = [_heaviest(people[number]) for number in range(people.shape[0])]
    for start in range(0, len(own), AT_ONCE):
        some = own[start : start + AT_ONCE]
        alike = directions[np.concatenate(some)] @ directions.T
        firsts = np.cumsum([0, *(len(items) for items in some[:-1])])
        scores[start : start + AT_ONCE] = np.maximum.reduceat(alike, firsts, axis=0)
    return scores


def _heaviest(own: csr_matrix) -> np.ndarray:
    """The items of one person that are compared; so many that nobody takes longer than others."""
    chosen: np.ndarray = own.indices[np.argsort(-own.data, kind="stable")[:MOST_OWN]]
    return chosen


def _up_to_one(scores: np.ndarray) -> np.ndarray:
    most = scores.max(axis=1, keepdims=True)
    shares: np.ndarray = scores / np.where(most > 0, most, 1)
    return shares
