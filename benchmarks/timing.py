"""Timing: alternating runs, so that a noisy machine is noisy to every side."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds of repeated runs.

    Attributes:
        median: The median.
        low: The first quartile.
        high: The third quartile.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, seconds: list[float]) -> Timing:
        """Take the median and the quartiles of at least one timing, in seconds."""
        if len(seconds) < 2:
            return cls(seconds[0], seconds[0], seconds[0])
        low, median, high = statistics.quantiles(seconds, n=4, method="inclusive")
        return cls(median, low, high)

    def shared(self, count: int) -> Timing:
        """The same of each of so many that were timed together."""
        return Timing(self.median / count, self.low / count, self.high / count)

    def __str__(self) -> str:
        unit, scale = ("ms", 1e3) if self.median < 1 else ("s", 1.0)
        low, median, high = (f"{value * scale:.3g}" for value in (self.low, self.median, self.high))
        return f"{median} {unit} ({low} to {high})"


def alternate(
    runs: Mapping[str, Callable[[], object]],
    times: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Timing]:
    """Run each once to warm up, then all in turn, ``times`` rounds, by a clock in seconds."""
    for run in runs.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            started = clock()
            run()
            seconds[name].append(clock() - started)
    return {name: Timing.of(taken) for name, taken in seconds.items()}
