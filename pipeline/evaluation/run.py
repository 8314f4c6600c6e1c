"""Evaluation: encoders and baselines side by side on the same queries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pipeline.catalogue import Catalogue
from pipeline.encoder import Encoder, load_encoder
from pipeline.estimate import Estimate
from pipeline.evaluation.baselines import BASELINES, RANDOM, embed
from pipeline.evaluation.colour import Weighed, describe_colours, weigh_colours
from pipeline.evaluation.embedding import embed_kept
from pipeline.evaluation.measures import (
    DEPTH,
    OVER_KINDS,
    chunks,
    likeness,
    measure,
    nearest_rows,
)
from pipeline.evaluation.queries import (
    Criterion,
    EvaluationPlan,
    Sides,
    choose_criteria,
    choose_sides,
    disturb,
)
from pipeline.evaluation.steered import Steered, measure_steered
from pipeline.index import Metric

Embedder = Callable[[Catalogue, int], np.ndarray]
"""Takes a catalogue and a seed for what needs chance, gives ``(n, dimension)`` float32."""


@dataclass(frozen=True)
class Score:
    """One figure of the report."""

    contender: str
    metric: str
    attribute: str
    measure: str
    estimate: Estimate


@dataclass(frozen=True)
class Nearest:
    """What one contender answers under one metric: rows ``(m, 5)`` and likenesses ``(m, 5)``."""

    rows: np.ndarray
    likenesses: np.ndarray

    @property
    def answered(self) -> np.ndarray:
        """Whether the item in each place may answer, ``(m, 5)`` bool."""
        answered: np.ndarray = np.isfinite(self.likenesses)
        return answered


@dataclass(frozen=True)
class Asked:
    """Queries, as they are or disturbed, and every contender's figures for them.

    Attributes:
        queries: The items that were asked.
        criteria: What their matches had to share.
        barred: By query, the rows of items that may not answer it; empty where no item can.
        left_out: The ids of queries that could not be disturbed.
        scores: The figures.
    """

    queries: Catalogue
    criteria: tuple[Criterion, ...]
    barred: list[list[int]]
    left_out: list[str]
    scores: list[Score]

    @classmethod
    def under(cls, disturbance: str, sides: Sides, criteria: tuple[Criterion, ...]) -> Asked:
        """The queries under a disturbance, not scored yet."""
        part = disturb(sides.queries, disturbance)
        chosen = tuple(criterion.of_queries(part.rows) for criterion in criteria)
        barred = [sides.barred[row] for row in part.rows] if sides.barred else []
        return cls(part.queries, chosen, barred, part.left_out, [])

    def as_json(self) -> dict[str, Any]:
        """The figures, as plain JSON values."""
        return {
            "queries": len(self.queries),
            "left_out": self.left_out,
            "scores": _scores_as_json(self.scores),
        }


@dataclass(frozen=True)
class Evaluation:
    """Everything that the report shows.

    Attributes:
        plan: What was asked for.
        sides: The items that were searched and the queries that were asked.
        criteria: What a match had to share, the first of which the charts show.
        scores: The figures of the queries as they are.
        nearest: The answers to these, by contender and metric.
        disturbed: The same queries under each disturbance.
        weighed: What each encoder finds with colour beside its embeddings.
        steered: What each finds when the queries are filtered, put in words, or ask for another
            value.
    """

    plan: EvaluationPlan
    sides: Sides
    criteria: tuple[Criterion, ...]
    scores: list[Score]
    nearest: dict[tuple[str, str], Nearest]
    disturbed: dict[str, Asked]
    weighed: dict[str, list[Weighed]]
    steered: dict[str, list[Steered]]

    @property
    def items(self) -> Catalogue:
        """The items that were searched."""
        return self.sides.items

    @property
    def queries(self) -> Catalogue:
        """The items that were asked, as they are."""
        return self.sides.queries

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the criteria."""
        return tuple(criterion.name for criterion in self.criteria)

    def as_json(self) -> dict[str, Any]:
        """The figures, as plain JSON values; null where there is none."""
        return {
            "catalogue": self.plan.catalogue,
            "items": len(self.items),
            "queries": len(self.queries),
            "held_out": self.sides.held_out,
            "queries_from": self.plan.queries_from,
            "leave_one_out": self.sides.rows is not None,
            "unanswerable": {c.name: c.unanswerable for c in self.criteria},
            "scores": _scores_as_json(self.scores),
            "colour": {name: _weighed_as_json(found) for name, found in self.weighed.items()},
            "steered": {name: [asdict(one) for one in f] for name, f in self.steered.items()},
            "disturbed": {name: asked.as_json() for name, asked in self.disturbed.items()},
        }

    def write_json(self, path: Path) -> None:
        """Write `as_json` to a file, in place of an earlier one."""
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")


def evaluate(plan: EvaluationPlan) -> Evaluation:
    """Embed items and queries by every contender and score them on every attribute.

    Raises:
        QueryError: If the plan contradicts itself, or asks for what there is not.
        CatalogueError: If a catalogue cannot be used, or has none of the attributes.
        EncoderError: If an encoder cannot be had.
    """
    plan.check()
    sides = choose_sides(plan)
    criteria = choose_criteria(sides, plan.attributes, plan.same)
    encoders = {
        name: load_encoder(name, precision=plan.precision, home=plan.home.expanduser())
        for name in plan.encoders
    }
    colours = describe_colours(sides.items), describe_colours(sides.queries)
    plain = Asked(sides.queries, criteria, sides.barred, [], [])
    disturbed = {name: Asked.under(name, sides, criteria) for name in dict.fromkeys(plan.disturb)}
    nearest: dict[tuple[str, str], Nearest] = {}
    weighed: dict[str, list[Weighed]] = {}
    steered: dict[str, list[Steered]] = {}
    for contender in (*plan.encoders, *BASELINES, RANDOM):
        encoder = encoders.get(contender)
        embedded = partial(embed, contender) if encoder is None else _embedder(encoder, plan.home)
        items = embedded(sides.items, 0)
        queries = items[sides.rows] if sides.rows is not None else embedded(sides.queries, 1)
        for metric in Metric:
            nearest[contender, metric.value] = _score(contender, metric, items, queries, plain)
        if encoder is not None:
            weighed[contender] = weigh_colours((items, queries), colours, criteria, sides.barred)
            built = embed_kept(sides.items, encoder, plan.home)
            steered[contender] = measure_steered(built, queries, criteria, sides.barred)
        for part in disturbed.values():
            queries = embedded(part.queries, 1)
            for metric in Metric:
                _score(contender, metric, items, queries, part)
    return Evaluation(plan, sides, criteria, plain.scores, nearest, disturbed, weighed, steered)


def _embedder(encoder: Encoder, home: Path) -> Embedder:
    return lambda catalogue, _: embed_kept(catalogue, encoder, home).embeddings


def _score(
    contender: str, metric: Metric, items: np.ndarray, queries: np.ndarray, asked: Asked
) -> Nearest:
    """Ask every query of one contender under one metric, a chunk at a time, and add the scores."""
    parts: dict[tuple[str, str], list[np.ndarray]] = {}
    rows, best = [], []
    slices = list(chunks(len(queries)))
    for part in tqdm(slices, desc=f"{contender}, {metric.value}", unit="chunk", leave=False):
        alike = likeness(queries[part], items, metric)
        for likenesses, own in zip(alike, asked.barred[part], strict=False):
            likenesses[own] = -np.inf
        rows.append(nearest_rows(alike, DEPTH))
        best.append(np.take_along_axis(alike, rows[-1], axis=1))
        for criterion in asked.criteria:
            found = measure(alike, criterion.asked[part], criterion.held, criterion.shares)
            for name, values in found.items():
                parts.setdefault((criterion.name, name), []).append(values)
    kinds = {criterion.name: criterion.asked for criterion in asked.criteria}
    for (attribute, name), found_values in parts.items():
        values = np.concatenate(found_values)
        over_kinds = Estimate.over_kinds(values, kinds[attribute])
        asked.scores.extend(
            [
                Score(contender, metric.value, attribute, name, Estimate.of(values)),
                Score(contender, metric.value, attribute, name + OVER_KINDS, over_kinds),
            ]
        )
    return Nearest(np.concatenate(rows), np.concatenate(best))


def _scores_as_json(scores: list[Score]) -> list[dict[str, Any]]:
    """Scores as JSON, which knows no NaN: there a figure that is not defined is null."""
    written = [asdict(score) for score in scores]
    for score in written:
        estimate = score["estimate"]
        score["estimate"] = {k: None if math.isnan(v) else v for k, v in estimate.items()}
    return written


def _weighed_as_json(weighed: list[Weighed]) -> list[dict[str, Any]]:
    return [{"weight": one.weight, "precision@5": one.precision} for one in weighed]
