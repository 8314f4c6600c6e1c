"""Evaluation: encoders and baselines side by side on held-out queries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from pipeline.building import open_or_build
from pipeline.catalogue import JOINED, Catalogue, attribute_values, open_catalogue, split_catalogue
from pipeline.encoder import load_encoder
from pipeline.errors import CatalogueError
from pipeline.evaluation.baselines import BASELINES, RANDOM, embed
from pipeline.evaluation.measures import (
    DEPTH,
    Estimate,
    as_text,
    chunks,
    likeness,
    measure,
    nearest_rows,
)
from pipeline.index import Metric

USUAL = ("articleType", "baseColour", "articleType+baseColour", "gender", "label")


@dataclass(frozen=True)
class EvaluationPlan:
    """What to evaluate.

    Attributes:
        catalogue: The source whose items are searched.
        encoders: Names, hub ids or folders, side by side.
        queries: A split of the same source to ask with; None holds an eighth of the items out.
        attributes: The columns that a match must share; empty takes the usual ones there are.
        max_items: Search at most so many items, spread evenly; None for all.
        max_queries: Ask at most so many queries, spread evenly; None for all.
        home: Where embeddings are kept for the next run.
        precision: What the encoders compute in.
    """

    catalogue: str
    encoders: tuple[str, ...]
    queries: str | None = None
    attributes: tuple[str, ...] = ()
    max_items: int | None = None
    max_queries: int | None = None
    home: Path = Path("~/.cache/lookalike")
    precision: str = "auto"


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


@dataclass(frozen=True)
class Evaluation:
    """Everything that the report shows."""

    plan: EvaluationPlan
    items: Catalogue
    queries: Catalogue
    scores: list[Score]
    nearest: dict[tuple[str, str], Nearest]
    attributes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures, as plain JSON values."""
        return {
            "catalogue": self.plan.catalogue,
            "items": len(self.items),
            "queries": len(self.queries),
            "held_out": "by id" if self.plan.queries is None else self.plan.queries,
            "scores": [asdict(score) for score in self.scores],
        }

    def write_json(self, path: Path) -> None:
        """Write `as_json` to a file, in place of an earlier one."""
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")


def evaluate(plan: EvaluationPlan) -> Evaluation:
    """Embed items and queries by every contender and score them on every attribute.

    Raises:
        CatalogueError: If the catalogue has none of the attributes.
        EncoderError: If an encoder cannot be had.
    """
    items, queries = _sides(plan)
    attributes = _attributes(plan, items)
    values = {
        attribute: (
            as_text(attribute_values(queries, attribute)),
            as_text(attribute_values(items, attribute)),
        )
        for attribute in attributes
    }
    scores: list[Score] = []
    nearest: dict[tuple[str, str], Nearest] = {}
    for contender in (*plan.encoders, *BASELINES, RANDOM):
        embedded = _embed(contender, items, queries, plan)
        for metric in Metric:
            found, answered = _score(contender, *embedded, metric, values)
            scores += found
            nearest[contender, metric.value] = answered
    return Evaluation(plan, items, queries, scores, nearest, attributes)


def _sides(plan: EvaluationPlan) -> tuple[Catalogue, Catalogue]:
    catalogue = open_catalogue(plan.catalogue)
    if plan.queries is not None:
        items, queries = catalogue, open_catalogue(plan.catalogue, split=plan.queries)
    else:
        kept, held = split_catalogue(catalogue)
        items, queries = catalogue.select(kept), catalogue.select(held)
    return _spread(items, plan.max_items), _spread(queries, plan.max_queries)


def _spread(catalogue: Catalogue, most: int | None) -> Catalogue:
    if most is None or len(catalogue) <= most:
        return catalogue
    return catalogue.select(np.linspace(0, len(catalogue) - 1, most).astype(int).tolist())


def _attributes(plan: EvaluationPlan, items: Catalogue) -> tuple[str, ...]:
    known = set(items.attribute_names)
    wanted = plan.attributes or tuple(name for name in USUAL if set(name.split(JOINED)) <= known)
    unknown = [name for name in wanted if not set(name.split(JOINED)) <= known]
    if unknown or not wanted:
        raise CatalogueError(
            f"The catalogue '{plan.catalogue}' has no attribute "
            f"{', '.join(unknown) or 'to judge by'}. Choose with --attributes among: "
            f"{', '.join(items.attribute_names) or 'none'}."
        )
    return wanted


def _embed(
    contender: str, items: Catalogue, queries: Catalogue, plan: EvaluationPlan
) -> tuple[np.ndarray, np.ndarray]:
    if contender in BASELINES or contender == RANDOM:
        return embed(contender, items), embed(contender, queries, seed=1)
    home = plan.home.expanduser()
    encoder = load_encoder(contender, precision=plan.precision, home=home)
    sides = []
    for side in (items, queries):
        key = f"{side.fingerprint} {encoder.identity.weights_sha256} {plan.precision}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        built = open_or_build(side, encoder, home / "evaluation" / digest)
        if built.manifest.skipped:
            raise CatalogueError(
                f"{len(built.manifest.skipped)} pictures of '{side.source}' cannot be read; an "
                "evaluation needs every one. Mend or remove them."
            )
        sides.append(built.embeddings)
    return sides[0], sides[1]


def _score(
    contender: str,
    items: np.ndarray,
    queries: np.ndarray,
    metric: Metric,
    values: dict[str, tuple[np.ndarray, np.ndarray]],
) -> tuple[list[Score], Nearest]:
    """Ask every query of one contender under one metric, a chunk at a time."""
    parts: dict[tuple[str, str], list[np.ndarray]] = {}
    rows, best = [], []
    slices = list(chunks(len(queries)))
    for part in tqdm(slices, desc=f"{contender}, {metric.value}", unit="chunk", leave=False):
        alike = likeness(queries[part], items, metric)
        rows.append(nearest_rows(alike, DEPTH))
        best.append(np.take_along_axis(alike, rows[-1], axis=1))
        for attribute, (asked, held) in values.items():
            for name, values_of in measure(alike, asked[part], held).items():
                parts.setdefault((attribute, name), []).append(values_of)
    scores = [
        Score(contender, metric.value, attribute, name, Estimate.of(np.concatenate(found)))
        for (attribute, name), found in parts.items()
    ]
    return scores, Nearest(np.concatenate(rows), np.concatenate(best))
