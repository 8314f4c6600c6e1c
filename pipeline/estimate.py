"""Estimates: what a mean over queries or people may be, as far as these few of them tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over queries, or people, with its bootstrap confidence interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """As a difference stands in sentences."""
        return f"{self.mean:+.4f}, {self.low:+.4f} to {self.high:+.4f}"

    @classmethod
    def of(cls, values: np.ndarray, seed: int = 0) -> Estimate:
        """Percentile bootstrap over queries (Efron and Tibshirani 1993, chapter 13)."""
        from scipy.stats import bootstrap

        known = values[~np.isnan(values)]
        if len(known) < 2 or known.min() == known.max():
            mean = float(known.mean()) if len(known) else float("nan")
            return cls(mean, mean, mean)
        interval = bootstrap(
            (known,),
            np.mean,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            batch=50,
            rng=np.random.default_rng(seed),
        ).confidence_interval
        return cls(float(known.mean()), float(interval.low), float(interval.high))

    @classmethod
    def over_kinds(cls, values: np.ndarray, kinds: np.ndarray, seed: int = 0) -> Estimate:
        """The mean over kinds of each kind's mean over its queries: every kind counts alike.

        The interval is a percentile bootstrap that draws within each kind, as from separate
        samples (Davison and Hinkley 1997, section 3.2): the kinds stay, their queries vary.

        Args:
            values: One value a query, ``(m,)`` float64, NaN where there is none.
            kinds: The kind of each query, ``(m,)`` text.
            seed: Of the bootstrap.
        """
        known = ~np.isnan(values)
        groups = [values[known & (kinds == kind)] for kind in np.unique(kinds[known])]
        if not groups:
            return cls(float("nan"), float("nan"), float("nan"))
        generator = np.random.default_rng(seed)
        drawn = np.zeros(RESAMPLES)
        for group in groups:
            chosen = generator.integers(len(group), size=(RESAMPLES, len(group)))
            drawn += group[chosen].mean(axis=1)
        low, high = np.quantile(drawn / len(groups), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        mean = float(np.mean([group.mean() for group in groups]))
        return cls(mean, float(low), float(high))
