"""Splitting: what a log knew at a moment, and what came after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.errors import EventsError
from pipeline.events import Events
from pipeline.learning.counting import people_matrix

SHARE = 0.1
"""Of the events, those in the window that is tested."""
MAX_PEOPLE = 5_000
"""People who are asked for; of more, as many are drawn."""


@dataclass(frozen=True)
class Split:
    """A log in two.

    Attributes:
        before: ``(people, items)`` of the events up to the split.
        after: ``(people, items)`` of those that are tested.
        people: Who is asked for, ``(m,)``: everybody who chose something after, or as many of
            them as are drawn.
        known: The events that are before, ``(m,)`` bool.
        moment: Seconds since 1970; None where the log has no times.
    """

    before: csr_matrix
    after: csr_matrix
    people: np.ndarray
    known: np.ndarray
    moment: int | None


def split_events(events: Events, upto: np.ndarray | None = None, most: int = MAX_PEOPLE) -> Split:
    """Split a log at one moment for all people, before its last `SHARE` of events.

    To hold out each person's last event instead would let others' later events tell of it (*Time to
    Split*, RecSys 2025, arXiv 2507.16289); only where a log has no times there is nothing else.

    Args:
        events: The log.
        upto: Those events that count at all, ``(m,)`` bool; None for all.
        most: How many people are asked for at most.

    Raises:
        EventsError: If there is nothing before or after.
    """
    which = np.ones(len(events), dtype=bool) if upto is None else upto
    if events.has_times:
        rows = np.flatnonzero(which)
        moment = int(events.time[rows[int((1 - SHARE) * len(rows))]])
        known = which & (events.time < moment)
    else:
        moment = None
        known = which & ~_last_of_each(events, which)
    tested = which & ~known
    before, after = people_matrix(events, known), people_matrix(events, tested)
    people = np.flatnonzero(np.diff(after.indptr))
    if not known.any() or not len(people):
        raise EventsError(
            "The log is too short to be split: it has no events before its last tenth. Give a "
            "longer one."
        )
    if len(people) > most:
        drawn = np.random.default_rng(0).choice(len(people), most, replace=False)
        people = people[np.sort(drawn)]
    return Split(before, after, people, known, moment)


def _last_of_each(events: Events, which: np.ndarray) -> np.ndarray:
    """The last event of everybody who has two at least."""
    rows = np.flatnonzero(which)
    users = events.user[rows]
    last = np.full(events.users, -1)
    last[users] = rows  # the last one written stays
    counts = np.bincount(users, minlength=events.users)
    found = np.zeros(len(events), dtype=bool)
    found[last[counts > 1]] = True
    return found


def unit_rows(embeddings: np.ndarray) -> np.ndarray:
    """Embeddings divided by their lengths, ``(n, dimension)`` float32."""
    rows = np.asarray(embeddings, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions: np.ndarray = rows / np.where(lengths > 0, lengths, 1)
    return directions
