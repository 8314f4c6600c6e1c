"""Colour beside shape: how much of it serves an encoder best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from pipeline.catalogue import Catalogue
from pipeline.colour import describe_colour
from pipeline.estimate import Estimate
from pipeline.evaluation.measures import chunks, likeness, nearest_rows, share_right
from pipeline.evaluation.queries import Criterion, picture_of
from pipeline.index import Metric

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5)
"""The colour weights that are measured; past the last, shape is lost for every encoder tried."""


@dataclass(frozen=True)
class Weighed:
    """What an encoder finds by cosine with one colour weight.

    Attributes:
        weight: How much colour counted, from 0 to 1.
        precision: By attribute, the share of the five nearest that match.
        gain: How much more of them match than without colour, over all attributes, with the
            interval over queries of the difference.
    """

    weight: float
    precision: dict[str, float]
    gain: Estimate

    @property
    def mean(self) -> float:
        """Over all attributes."""
        return float(np.nanmean(list(self.precision.values())))


def describe_colours(catalogue: Catalogue) -> np.ndarray:
    """The colour descriptor of every item, ``(n, DIMENSION)`` float32.

    Raises:
        CatalogueError: If a picture cannot be read.
    """
    rows = tqdm(range(len(catalogue)), desc="Colours", unit="item", leave=False)
    return np.stack([describe_colour(picture_of(catalogue, row)) for row in rows])


def weigh_colours(
    embeddings: tuple[np.ndarray, np.ndarray],
    colours: tuple[np.ndarray, np.ndarray],
    criteria: Sequence[Criterion],
    barred: Sequence[list[int]] = (),
) -> list[Weighed]:
    """Ask every query with each of a few colour weights, by cosine.

    Args:
        embeddings: Those of the items ``(n, dimension)`` and of the queries ``(m, dimension)``.
        colours: Their descriptors likewise.
        criteria: What a match must share.
        barred: By query, the rows of items that may not answer it; empty where none are.
    """
    found: dict[float, list[np.ndarray]] = {weight: [] for weight in WEIGHTS}
    for part in chunks(len(embeddings[1])):
        shapes = likeness(embeddings[1][part], embeddings[0], Metric.COSINE)
        shades = colours[1][part] @ colours[0].T
        for weight in WEIGHTS:
            alike = (1 - weight) * shapes + weight * shades
            for likenesses, own in zip(alike, barred[part], strict=False):
                likenesses[own] = -np.inf
            found[weight].append(_precisions(alike, part, criteria))
    shares = {weight: np.concatenate(parts, axis=1) for weight, parts in found.items()}
    names = [criterion.name for criterion in criteria]
    return [
        Weighed(
            weight,
            dict(zip(names, [Estimate.of(row).mean for row in rows], strict=True)),
            Estimate.of(_over_attributes(rows - shares[0.0])),
        )
        for weight, rows in shares.items()
    ]


def _precisions(alike: np.ndarray, part: slice, criteria: Sequence[Criterion]) -> np.ndarray:
    """The share of the nearest that match, ``(criteria, queries)``, NaN where none can."""
    nearest = nearest_rows(alike)
    answered = np.isfinite(np.take_along_axis(alike, nearest, axis=1))
    rows = []
    for criterion in criteria:
        hits = criterion.shares(criterion.asked[part][:, None], criterion.held[nearest])
        rows.append(np.where(criterion.answerable[part], share_right(hits, answered), np.nan))
    return np.stack(rows)


def which_weight(weighed: list[Weighed]) -> str:
    """One sentence on the colour weight that serves best, by mean precision@5 over attributes."""
    without = weighed[0]
    best = max(weighed, key=lambda one: one.mean)
    if best.gain.low <= 0:
        return "Colour beside shape does not help here: leave the colour weight at 0."
    return (
        f"It sees too little of colour: a colour weight of {best.weight:g} serves best here. Over "
        f"all attributes {best.mean:.3f} of the five nearest match, against {without.mean:.3f} "
        "without."
    )


def _over_attributes(gains: np.ndarray) -> np.ndarray:
    """The mean over attributes of each query that any was asked for, ``(queries,)``."""
    known = ~np.isnan(gains)
    counts = known.sum(axis=0)
    sums: np.ndarray = np.where(known, gains, 0).sum(axis=0)
    means: np.ndarray = sums[counts > 0] / counts[counts > 0]
    return means
