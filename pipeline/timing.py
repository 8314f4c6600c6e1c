"""What a query's time goes into, told to whoever watches it; nobody watching, nothing is kept."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Found = TypeVar("Found")


class Watched:
    """One query as it is seen from outside.

    Attributes:
        seconds: How long each stage took, in seconds, without the stages within it.
        matches: How many matches it has; None for a query that failed.
        asked: Whether the recommender was asked at all.
        error: What it failed with.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.matches: int | None = None
        self.asked = False
        self.error: BaseException | None = None
        self._within = 0.0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count the time of the context to a stage, but for the stages within it."""
        before, self._within = self._within, 0.0
        started = time.perf_counter()
        try:
            yield
        finally:
            whole = time.perf_counter() - started
            self.seconds[stage] += whole - self._within
            self._within = before + whole


_watched: ContextVar[Watched | None] = ContextVar("watched", default=None)


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch what is asked within the context, threads that Gradio starts for it included."""
    watched = Watched()
    token = _watched.set(watched)
    try:
        yield watched
    finally:
        _watched.reset(token)


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Count the time of the context, or of the function that this decorates, to a stage."""
    watched = _watched.get()
    if watched is None:
        yield
        return
    with watched.timed(stage):
        yield


def noted(answer: Callable[P, Found]) -> Callable[P, Found]:
    """Decorate what answers a query: how many matches it gives, or what it fails with, is noted."""

    @functools.wraps(answer)
    def noting(*args: P.args, **kwargs: P.kwargs) -> Found:
        watched = _watched.get()
        if watched is None:
            return answer(*args, **kwargs)
        watched.asked = True
        try:
            found = answer(*args, **kwargs)
        except BaseException as error:
            watched.error = error
            raise
        watched.matches = _count_matches(found)
        return found

    return noting


def _count_matches(found: object) -> int | None:
    """The matches of an answer, of several, or of a list of them; None for what has none."""
    matches = getattr(found, "matches", found)
    if not isinstance(matches, list):
        return None
    counts = [1 if hasattr(one, "rank") else _count_matches(one) for one in matches]
    return sum(count or 0 for count in counts) if any(counts) else None
