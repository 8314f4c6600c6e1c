"""Judging: how close the matches of a query are, and whether they are alike at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import ClosenessRecord
from pipeline.index import TIE, Metric


@dataclass(frozen=True)
class Verdict:
    """What a match's distance means.

    Attributes:
        closeness: Closer than what share of the catalogue's items have their nearest, in [0, 1];
            None where no item has another beside it.
        alike: Whether it looks like the query at all.
    """

    closeness: float | None
    alike: bool


class Judge:
    """Tells, by a catalogue's own record, what the distances of a query's matches mean.

    Two conformal tests, each at half of the promised rate of false alarms, so that together they
    keep it (the union bound): "as far from its nearest as this" and "an embedding as short as
    this" would each happen to at most 2.5 % of new items like those of the catalogue. What fails
    either is not alike. See `pipeline.closeness.calibration` for how the bounds are made.

    Args:
        record: What the build kept.
    """

    def __init__(self, record: ClosenessRecord) -> None:
        self._metric = Metric(record.metric)
        self._distances = np.array(record.distances)
        self._farthest = record.farthest
        self._shortest = record.shortest

    def judge(
        self, query: np.ndarray, matches: np.ndarray, length: float | None = None
    ) -> list[Verdict]:
        """Judge the matches of one query by their embeddings, however they were ranked.

        Args:
            query: Its embedding, ``(dimension,)`` float32.
            matches: Those of its matches, ``(k, dimension)`` float32.
            length: How long the embeddings of what it asks by are, in the mean, since a mean of
                several is shorter than they are; None for the query's own length.
        """
        distances = _distances(query, matches, self._metric)
        own = np.linalg.norm(query.astype(np.float64)) if length is None else length
        oddness = self._oddness(np.full(len(distances), own), distances)
        return [
            Verdict(share, bool(odd <= 1))
            for share, odd in zip(self._closeness(distances), oddness, strict=True)
        ]

    def oddness(self, queries: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """How far queries are towards the bound that they come closest to, or beyond it.

        Args:
            queries: Their embeddings, ``(m, dimension)``.
            distances: Their distances to a match each, ``(m,)``.

        Returns:
            ``(m,)`` float64 from 0 up; more than 1 is not alike.
        """
        return self._oddness(np.linalg.norm(queries.astype(np.float64), axis=1), distances)

    def _oddness(self, lengths: np.ndarray, distances: np.ndarray) -> np.ndarray:
        # What six digits of a bound leave out, and float32 of a distance, is not told apart.
        far = (distances - TIE).clip(min=0) / max(self._farthest, TIE)
        weak = (1 - TIE) * self._shortest / np.maximum(lengths, TIE)
        oddness: np.ndarray = np.maximum(far, weak)
        return oddness

    def _closeness(self, distances: np.ndarray) -> list[float | None]:
        """The share of items whose nearest other item is at least as far, ``(k,)``."""
        if not len(self._distances):
            return [None] * len(distances)
        closer = np.searchsorted(self._distances, distances - TIE)
        return [float(share) for share in np.round(1 - closer / len(self._distances), 4)]


def _distances(query: np.ndarray, matches: np.ndarray, metric: Metric) -> np.ndarray:
    """The distance of a query to each match by a metric, ``(k,)`` float64."""
    query, matches = query.astype(np.float64), matches.astype(np.float64)
    apart: np.ndarray
    if metric is Metric.EUCLIDEAN:
        apart = np.linalg.norm(matches - query, axis=1)
        return apart
    lengths = np.linalg.norm(matches, axis=1) * np.linalg.norm(query)
    # An embedding of zeros has no direction: it is like nothing.
    apart = 1 - matches @ query / np.where(lengths > 0, lengths, np.inf)
    return apart


def distances_of(scores: np.ndarray, metric: Metric) -> np.ndarray:
    """Scores as distances, float64 from 0 up: a cosine similarity counts from 1 down."""
    distances = np.asarray(scores, dtype=np.float64)
    return 1 - distances if metric is Metric.COSINE else distances
