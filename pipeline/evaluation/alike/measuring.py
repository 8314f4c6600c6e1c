"""How often "nothing is alike" is said where something is, and where nothing is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import open_or_build
from pipeline.catalogue import Catalogue, open_catalogue, split_catalogue
from pipeline.closeness import Judge, distances_of, photographed_items, record_closeness
from pipeline.encoder import Encoder, load_encoder
from pipeline.evaluation.alike.nonsense import draw_nonsense
from pipeline.index import Metric
from pipeline.index.engines.exact import ExactIndex

DRAWN = 50
"""Pictures of each sort of nonsense."""
FEWEST = 10
"""Held-out items of a kind for which it is taken out of the catalogue."""
HELD_OUT, PHOTOS, LACKING = "held-out items", "photos", "kinds taken out"


@dataclass(frozen=True)
class AlikePlan:
    """What to measure.

    Attributes:
        catalogue: The source whose items are searched, but for an eighth held out by id.
        encoder: What embeds everything.
        photos: Another source, of photos of the kinds that the catalogue has; an eighth, by id,
            is asked. None asks none.
        kind: The column whose values are taken out of the catalogue in turn; None takes none.
        max_items: Search at most so many items.
        max_queries: Ask at most so many queries of each group.
        home: Where embeddings are kept for the next run.
        precision: What the encoder computes in.
    """

    catalogue: str
    encoder: str
    photos: str | None = None
    kind: str | None = None
    max_items: int | None = None
    max_queries: int | None = None
    home: Path = Path("~/.cache/lookalike")
    precision: str = "auto"


@dataclass(frozen=True)
class Asked:
    """What one group of queries was told.

    Attributes:
        metric: The metric.
        group: Who asked.
        queries: How many.
        unlike: The share for which nothing was alike: a false alarm for held-out items and
            photos, right for every other group.
        auroc: The chance that one of the group is odder than a held-out item, whatever the
            bound; None for the held-out items themselves.
    """

    metric: str
    group: str
    queries: int
    unlike: float
    auroc: float | None


def measure_alike(plan: AlikePlan) -> list[Asked]:
    """Ask a catalogue with what it has and with what it has not.

    Raises:
        CatalogueError: If a source cannot be opened.
        EncoderError: If the encoder cannot be had.
    """
    catalogue = open_catalogue(plan.catalogue)
    kept, held = split_catalogue(catalogue)
    encoder = load_encoder(plan.encoder, precision=plan.precision, home=plan.home.expanduser())
    items = _spread(catalogue.select(kept), plan.max_items)
    queries = _spread(catalogue.select(held), plan.max_queries)
    built, asking = (_embed(side, encoder, plan) for side in (items, queries))
    groups = {HELD_OUT: np.asarray(asking.embeddings)}
    if plan.photos is not None:
        photos = open_catalogue(plan.photos)
        photos = _spread(photos.select(split_catalogue(photos)[1]), plan.max_queries)
        groups[PHOTOS] = np.asarray(_embed(photos, encoder, plan).embeddings)
    groups |= {name: encoder.encode(drawn) for name, drawn in draw_nonsense(DRAWN).items()}
    whole = _Searched(np.asarray(built.embeddings), *photographed_items(built, encoder))
    lacking = [] if plan.kind is None else list(_without_kinds(built, asking, whole, plan.kind))
    answers = []
    for metric in Metric:
        odd = whole.oddness(groups, metric)
        parts = [left.oddness({LACKING: queries}, metric)[LACKING] for left, queries in lacking]
        odd |= {LACKING: np.concatenate(parts)} if parts else {}
        answers += [_answer(metric, group, odd[group], odd[HELD_OUT]) for group in odd]
    return answers


@dataclass(frozen=True)
class _Searched:
    """A catalogue by its embeddings, and those of its photographed items with their rows."""

    embeddings: np.ndarray
    rows: np.ndarray
    taken: np.ndarray

    def oddness(self, groups: dict[str, np.ndarray], metric: Metric) -> dict[str, np.ndarray]:
        """How odd each query of each group is to this catalogue."""
        index = ExactIndex(self.embeddings, metric)
        judge = Judge(record_closeness(index, self.embeddings, self.rows, self.taken))
        odd = {}
        for name, queries in groups.items():
            _, scores = index.search(queries, 1)
            odd[name] = judge.oddness(queries, distances_of(scores[:, 0], metric))
        return odd

    def only(self, stays: np.ndarray) -> _Searched:
        """The same catalogue with these items only, ``(n,)`` bool."""
        rows = np.where(stays, np.cumsum(stays) - 1, -1)[self.rows]
        return _Searched(self.embeddings[stays], rows[rows >= 0], self.taken[rows >= 0])


def _without_kinds(
    built: BuiltCatalogue, asking: BuiltCatalogue, whole: _Searched, kind: str
) -> Iterator[tuple[_Searched, np.ndarray]]:
    """The catalogue without each kind, and the held-out items of that kind."""
    kinds, asked = (
        np.array([str(side.attributes(row).get(kind, "")) for row in range(len(side))])
        for side in (built, asking)
    )
    for value, count in Counter(asked.tolist()).items():
        left = whole.only(kinds != value)
        if count >= FEWEST and value and len(left.embeddings) >= FEWEST and len(left.rows):
            yield left, np.asarray(asking.embeddings)[asked == value]


def _answer(metric: Metric, group: str, odd: np.ndarray, held_out: np.ndarray) -> Asked:
    auroc = None
    if group != HELD_OUT:
        truth = np.repeat([0, 1], [len(held_out), len(odd)])
        auroc = float(roc_auc_score(truth, np.concatenate([held_out, odd])))
    return Asked(metric.value, group, len(odd), float((odd > 1).mean()), auroc)


def _embed(side: Catalogue, encoder: Encoder, plan: AlikePlan) -> BuiltCatalogue:
    key = f"{side.fingerprint} {encoder.identity.weights_sha256} {plan.precision}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return open_or_build(side, encoder, plan.home.expanduser() / "evaluation" / digest)


def _spread(catalogue: Catalogue, most: int | None) -> Catalogue:
    if most is None or len(catalogue) <= most:
        return catalogue
    return catalogue.select(np.linspace(0, len(catalogue) - 1, most).astype(int).tolist())
