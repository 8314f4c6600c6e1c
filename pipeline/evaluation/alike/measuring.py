"""How often "nothing is alike" is said where something is, and where nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from pipeline.catalogue import JOINED, Catalogue, attribute_values, open_catalogue, split_catalogue
from pipeline.closeness import Judge, distances_of, photographed_items, record_closeness
from pipeline.encoder import load_encoder
from pipeline.errors import CatalogueError
from pipeline.evaluation.alike.nonsense import draw_nonsense
from pipeline.evaluation.embedding import embed_kept
from pipeline.evaluation.measures import as_text
from pipeline.evaluation.queries import (
    check_limits,
    doubles_of,
    held_out_part,
    kept_part,
    spread_items,
)
from pipeline.index import Metric
from pipeline.index.engines.exact import ExactIndex

DRAWN = 50
"""Pictures of each sort of nonsense."""
FEWEST = 10
"""Held-out items of a kind for which it is taken out of the catalogue, and items left in it."""
LARGER = "Give a larger set."
HELD_OUT, PHOTOS, LACKING = "held-out items", "photos", "kinds taken out"


@dataclass(frozen=True)
class AlikePlan:
    """What to measure.

    Attributes:
        catalogue: The source whose items are searched, but for an eighth held out by id.
        encoder: What embeds everything.
        photos: Another source, of photos of the kinds that the catalogue has; an eighth, by id,
            is asked, each among the items that do not have its very picture. None asks none.
        kind: The column whose values are taken out of the catalogue in turn, or several joined by
            ``+``; None takes none.
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

    def check(self) -> None:
        """Find out before anything is embedded.

        Raises:
            QueryError: If a limit leaves nothing to measure.
        """
        check_limits(self.max_items, self.max_queries)


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
        QueryError: If a limit leaves nothing to measure.
        CatalogueError: If a source cannot be used, or has no kinds to take out.
        EncoderError: If the encoder cannot be had.
    """
    plan.check()
    items, queries, photos = _choose(plan)
    # The split of one catalogue has parted no double; between two there may be some.
    barred = {} if photos is None else {PHOTOS: _barred(photos, items)}
    kinds = None if plan.kind is None else _Kinds.of(items, queries, plan.kind)
    home = plan.home.expanduser()
    encoder = load_encoder(plan.encoder, precision=plan.precision, home=home)
    built = embed_kept(items, encoder, home)
    groups = {HELD_OUT: np.asarray(embed_kept(queries, encoder, home).embeddings)}
    if photos is not None:
        groups[PHOTOS] = np.asarray(embed_kept(photos, encoder, home).embeddings)
    groups |= {name: encoder.encode(drawn) for name, drawn in draw_nonsense(DRAWN).items()}
    whole = _Searched(np.asarray(built.embeddings), *photographed_items(built, encoder))
    lacking = [] if kinds is None else kinds.taken_out(whole, groups[HELD_OUT])
    answers = []
    for metric in Metric:
        odd = whole.oddness(groups, barred, metric)
        parts = [left.oddness({LACKING: asked}, {}, metric)[LACKING] for left, asked in lacking]
        odd |= {LACKING: np.concatenate(parts)} if parts else {}
        answers += [_answer(metric, group, odd[group], odd[HELD_OUT]) for group in odd]
    return answers


def _choose(plan: AlikePlan) -> tuple[Catalogue, Catalogue, Catalogue | None]:
    """The items, the held-out items that ask, and the photos that ask."""
    catalogue = open_catalogue(plan.catalogue)
    kept, held = split_catalogue(catalogue)
    items = spread_items(kept_part(catalogue, kept, LARGER), plan.max_items)
    queries = spread_items(held_out_part(catalogue, held, LARGER), plan.max_queries)
    if plan.photos is None:
        return items, queries, None
    photos = open_catalogue(plan.photos)
    asked = held_out_part(photos, split_catalogue(photos)[1], LARGER)
    return items, queries, spread_items(asked, plan.max_queries)


def _barred(photos: Catalogue, items: Catalogue) -> list[list[int]]:
    """By photo, the rows of items that may not answer it, since they have its very picture."""
    barred = doubles_of(photos, items)
    alone = next((row for row, own in enumerate(barred) if len(own) == len(items)), None)
    if alone is not None:
        raise CatalogueError(
            f"Every item of '{items.source}' has the very picture of '{photos.ids[alone]}' of "
            f"'{photos.source}', so none is left to answer it. {LARGER}"
        )
    return barred


@dataclass(frozen=True)
class _Searched:
    """A catalogue by its embeddings, and those of its photographed items with their rows."""

    embeddings: np.ndarray
    rows: np.ndarray
    taken: np.ndarray

    def oddness(
        self,
        groups: dict[str, np.ndarray],
        barred: Mapping[str, list[list[int]]],
        metric: Metric,
    ) -> dict[str, np.ndarray]:
        """How odd each query of each group is to this catalogue.

        Args:
            groups: The embeddings of the queries, ``(m, dimension)`` float32.
            barred: By group and query, the rows of items that may not answer it; no entry for a
                group that all may answer.
            metric: What is searched by.

        Returns:
            By group, ``(m,)`` float64; more than 1 is not alike.
        """
        index = ExactIndex(self.embeddings, metric)
        judge = Judge(record_closeness(index, self.embeddings, self.rows, self.taken))
        odd = {}
        for name, queries in groups.items():
            _, scores = index.search(queries, 1)
            for number, own in enumerate(barred.get(name, [])):
                if own:
                    may = np.ones(len(self.embeddings), dtype=bool)
                    may[own] = False
                    _, scores[[number]] = index.search(queries[[number]], 1, may)
            odd[name] = judge.oddness(queries, distances_of(scores[:, 0], metric))
        return odd

    def only(self, stays: np.ndarray) -> _Searched:
        """The same catalogue with these items only, ``(n,)`` bool."""
        rows = np.where(stays, np.cumsum(stays) - 1, -1)[self.rows]
        return _Searched(self.embeddings[stays], rows[rows >= 0], self.taken[rows >= 0])


@dataclass(frozen=True)
class _Kinds:
    """The kinds of items ``(n,)`` and of held-out items ``(m,)``, and those to take out in turn."""

    attribute: str
    held: np.ndarray
    asked: np.ndarray
    values: list[str]

    @classmethod
    def of(cls, items: Catalogue, queries: Catalogue, attribute: str) -> _Kinds:
        """Choose those with enough held-out items that leave enough of the catalogue."""
        if not set(attribute.split(JOINED)) <= set(items.attribute_names):
            raise CatalogueError(
                f"The catalogue '{items.source}' has no attribute {attribute}. Choose with "
                f"--attributes among: {', '.join(items.attribute_names) or 'none'}."
            )
        held, asked = (as_text(attribute_values(side, attribute)) for side in (items, queries))
        values = [
            value
            for value, count in Counter(asked.tolist()).items()
            if value and count >= FEWEST and (held != value).sum() >= FEWEST
        ]
        kinds = cls(attribute, held, asked, values)
        if not values:
            raise kinds.none_to_take_out()
        return kinds

    def taken_out(
        self, whole: _Searched, queries: np.ndarray
    ) -> list[tuple[_Searched, np.ndarray]]:
        """The catalogue without each kind, and the embeddings of the held-out items of that."""
        without = ((whole.only(self.held != value), value) for value in self.values)
        taken = [(left, queries[self.asked == value]) for left, value in without if len(left.rows)]
        if not taken:
            raise self.none_to_take_out()
        return taken

    def none_to_take_out(self) -> CatalogueError:
        """The error where every kind has too few held-out items, or leaves too few items."""
        return CatalogueError(
            f"No {self.attribute} can be taken out of the catalogue: none has {FEWEST} held-out "
            "items and leaves enough others to search. Choose another with --attributes, ask with "
            "more, or leave it out."
        )


def _answer(metric: Metric, group: str, odd: np.ndarray, held_out: np.ndarray) -> Asked:
    auroc = None
    if group != HELD_OUT:
        truth = np.repeat([0, 1], [len(held_out), len(odd)])
        auroc = float(roc_auc_score(truth, np.concatenate([held_out, odd])))
    return Asked(metric.value, group, len(odd), float((odd > 1).mean()), auroc)
