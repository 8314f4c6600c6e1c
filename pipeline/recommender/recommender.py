"""The recommender: a picture in, the most alike items of a catalogue out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import Picture, open_picture
from pipeline.closeness import Judge, Verdict
from pipeline.encoder import DECODED_SIDE, ENCODERS, Encoder
from pipeline.errors import ArtifactError, LookalikeError, QueryError
from pipeline.index import Index, Metric, open_index
from pipeline.recommender.answers import (
    Answer,
    Chosen,
    Comparison,
    Example,
    Explained,
    Explanation,
    Facet,
    Match,
    choose,
    count_values,
    explain_score,
)
from pipeline.recommender.framing import BoxChoice
from pipeline.recommender.query import Filters, Query
from pipeline.recommender.steering import Asked, Asker, Looked
from pipeline.timing import noted, timed

MATCHES = 5
FACETED = 300
"""Nearest items whose values are counted."""
Allowed = tuple[np.ndarray | None, int]
"""Which rows may be matches, ``(count,)`` bool or None for all, and how many that are."""


class Recommender:
    """Answers queries over one built catalogue with the encoder that made it.

    Args:
        encoder: What embeds the query.
        built: The built catalogue.
        source: Where the catalogue comes from: ``hub``, ``starter`` or ``folder``.
        notice: One sentence for people about how the source was chosen, or an empty string.

    Raises:
        ArtifactError: If another encoder made the catalogue's embeddings.
    """

    def __init__(
        self, encoder: Encoder, built: BuiltCatalogue, source: str = "folder", notice: str = ""
    ) -> None:
        made_by = built.manifest.encoder
        if not encoder.identity.embeds_like(made_by):
            raise ArtifactError(
                f"The built catalogue '{built.folder}' was made by the encoder '{made_by.name}' "
                f"(weights {made_by.weights_sha256[:12]}), not by '{encoder.identity.name}' "
                f"(weights {encoder.identity.weights_sha256[:12]}). Use that encoder, or build the "
                "catalogue again with this one."
            )
        self.built = built
        self.source = source
        self.notice = notice
        self._encoder = encoder
        self._asker = Asker(encoder, built)
        self._filters = Filters(built)
        self._indexes: dict[Metric, Index] = {}
        self._making_index = threading.Lock()

    @noted
    def recommend(
        self,
        picture: Picture,
        metric: str = Metric.COSINE,
        k: int | None = None,
        leave_out: str | None = None,
        where: Mapping[str, Any] | None = None,
        *,
        colour_weight: float | None = None,
        box: BoxChoice = None,
    ) -> list[Match]:
        """Find the items that look most like a picture; `ask` takes all that can be asked.

        Args:
            picture: A path, encoded bytes or a PIL image.
            metric: See `Query`, as for all that follow.
            k: How many matches.
            leave_out: The id of an item that must not be among them: the query's own.
            where: What every match must have.
            colour_weight: How much the colour of the garment counts.
            box: What part of the picture is asked about.

        Returns:
            The matches, most alike first.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        return self.ask(
            Query(
                pictures=[picture],
                metric=metric,
                k=k,
                leave_out=[] if leave_out is None else [leave_out],
                where={} if where is None else where,
                colour_weight=colour_weight,
                box=box,
            )
        ).matches

    @noted
    def similar(self, item: str, metric: str = Metric.COSINE, k: int | None = None) -> list[Match]:
        """Find the items that look most like another, which is not among them.

        Args:
            item: Its id.
            metric: See `Query`, as for ``k``.
            k: How many matches.

        Raises:
            QueryError: See `ask`.
        """
        return self.ask(Query(items=[item], metric=metric, k=k)).matches

    @noted
    def ask(self, query: Query) -> Answer:
        """Find the items that answer a query best.

        Returns:
            As many matches as were asked for, or as many as are left, most alike first.

        Raises:
            PictureError: If a picture cannot be used.
            QueryError: If the catalogue has no such item, attribute or value, no item that passes,
                or no colours to weigh.
        """
        allowed = self._allowed(query)  # what needs no picture is said before any is opened
        return self._answer(query, self._asker.ask(query), allowed)

    @noted
    def ask_each(self, queries: Sequence[Query]) -> list[Answer | LookalikeError]:
        """Answer several queries, all their pictures embedded as one batch.

        Returns:
            For each query its answer, or the error that `ask` would raise.
        """
        looked: list[tuple[Looked, Allowed] | LookalikeError] = []
        for query in queries:
            try:
                allowed = self._allowed(query)
                looked.append((self._asker.look(query), allowed))
            except LookalikeError as error:
                looked.append(error)
        asked = iter(self._asker.embed([one[0] for one in looked if isinstance(one, tuple)]))
        return [
            self._answer(query, next(asked), one[1]) if isinstance(one, tuple) else one
            for query, one in zip(queries, looked, strict=True)
        ]

    def _answer(self, query: Query, asked: Asked, among: Allowed) -> Answer:
        metric = Metric(query.metric)
        allowed, left = among
        query = replace(query, k=query.k or MATCHES)
        chosen = choose(
            self.built,
            query,
            asked.colours,
            left,
            lambda count: self._nearest(metric, asked, count, allowed),
        )
        rows = np.array([item.row for item in chosen])
        # What a distance means was measured of pictures; words lie elsewhere.
        is_judged = not query.words
        verdicts = self._judge(metric, asked.embedding, rows) if is_judged else [None] * len(rows)
        found = zip(chosen, verdicts, strict=True)
        matches = [self._match(rank, asked, *item) for rank, item in enumerate(found, 1)]
        return Answer(matches, tuple(_notes(query, asked, len(matches), left)))

    def compare(self, query: Query) -> Comparison:
        """Answer a query by both metrics.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        cosine, euclidean = (self.ask(replace(query, metric=metric)) for metric in Metric)
        found = {match.id for match in euclidean.matches}
        shared = tuple(match.id for match in cosine.matches if match.id in found)
        return Comparison(cosine, euclidean, shared)

    def explain(self, query: Query, item: str) -> Explanation:
        """Tell which places of the query and of an item make up the item's score.

        Args:
            query: A query of one picture or one item, without marks.
            item: The id of any item, a match or not.

        Raises:
            PictureError: If the picture cannot be used.
            QueryError: If the query is of more, there is no such item, or the encoder's scores are
                no sums over places.
        """
        if len(query.pictures) + len(query.items) != 1 or query.more or query.less or query.words:
            raise QueryError(
                "Only a query of one picture or one item, without marks or words, can be explained."
            )
        row, metric = self._asker.row_of(item), Metric(query.metric)
        looked = self._asker.look(query)
        (asked,) = self._asker.embed([looked])
        allowed = np.zeros(len(self.built), dtype=bool)
        allowed[row] = True
        _, scores = self._nearest(metric, asked, 1, allowed)
        own = self._asker.row_of(query.items[0]) if query.items else None
        picture = looked.pictures[0] if own is None else _open(self.built.thumbnail(own))
        explained = Explained(picture, own, asked.embedding, asked.colours, metric)
        return explain_score(self._encoder, self.built, explained, row, float(scores[0]))

    def facets(self, query: Query | None = None) -> list[Facet]:
        """Count what the attributes can be filtered by.

        Args:
            query: Whose `FACETED` nearest items, of those that pass its filter, are counted
                beside the whole catalogue; None for the catalogue alone.

        Returns:
            One facet an attribute, in the order of the catalogue.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        nearest = None
        if query is not None:
            allowed, left = self._allowed(query)
            asked = self._asker.ask(query)
            count = min(FACETED, left)
            nearest, _ = self._nearest(Metric(query.metric), asked, count, allowed)
        names = self.built.attribute_names
        return [count_values(name, self._filters.column(name), nearest) for name in names]

    @timed("search")
    def _nearest(
        self, metric: Metric, asked: Asked, count: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows nearest to what is asked and their scores, ``(count,)`` each."""
        colours = None if asked.colours is None else [asked.colours]
        rows, scores = self._index(metric).search(asked.embedding[None], count, allowed, colours)
        return rows[0], scores[0]

    def _allowed(self, query: Query) -> Allowed:
        """Which rows may be matches, None for all, and how many that are."""
        named = (self.built.row_of(item) for item in (*query.named, *query.leave_out))
        own = [row for row in named if row is not None]
        if not own and not query.where:
            return None, len(self.built)
        allowed = self._filters.passing(query.where)
        allowed[own] = False
        if not allowed.any():
            raise QueryError(
                "The catalogue has no other item than those that the query names, or none that "
                "passes its filter. Ask for less."
            )
        return allowed, int(allowed.sum())

    def examples(self, count: int) -> list[Example]:
        """Items spread evenly over the catalogue, fewer where it has fewer."""
        step = max(1, len(self.built) / count)
        rows = [int((number + 0.5) * step) for number in range(min(count, len(self.built)))]
        return [Example(self.built.ids[row], self.built.thumbnail(row)) for row in rows]

    def info(self) -> dict[str, Any]:
        """What is loaded, in plain JSON values."""
        manifest = self.built.manifest
        card = ENCODERS.get(manifest.encoder.name)
        return {
            "source": self.source,
            "notice": self.notice,
            "catalogue": manifest.catalogue,
            "catalogue_revision": manifest.catalogue_revision,
            "catalogue_version": manifest.catalogue_fingerprint,
            "items": len(self.built),
            "skipped": len(manifest.skipped),
            "attributes": self.built.attribute_names,
            "encoder": manifest.encoder.name,
            "encoder_revision": manifest.encoder.revision,
            "dimension": manifest.encoder.dimension,
            "runtime": self._encoder.runtime.name,
            "precision": self._encoder.runtime.precision.value,
            "metrics": [metric.value for metric in Metric],
            "colour_weight": self._asker.default_colour_weight
            if self.built.colours is not None
            else None,
            "advice": card.advice if card is not None else "",
        }

    def _index(self, metric: Metric) -> Index:
        with self._making_index:
            if metric not in self._indexes:
                self._indexes[metric] = open_index(self.built, metric)
            return self._indexes[metric]

    @timed("judge")
    def _judge(
        self, metric: Metric, query: np.ndarray, rows: np.ndarray
    ) -> Sequence[Verdict | None]:
        """What the matches' distances mean; None for each where the build did not measure it."""
        records = (r for r in self.built.manifest.closeness if r.metric == metric.value)
        record = next(records, None)
        if record is None:
            return [None] * len(rows)
        return Judge(record).judge(query, np.asarray(self.built.embeddings[rows]))

    def _match(self, rank: int, asked: Asked, chosen: Chosen, verdict: Verdict | None) -> Match:
        return Match(
            rank=rank,
            id=self.built.ids[chosen.row],
            score=chosen.score,
            attributes=self.built.attributes(chosen.row),
            thumbnail=self.built.thumbnail(chosen.row),
            closeness=verdict.closeness if verdict is not None else None,
            alike=verdict.alike if verdict is not None else None,
            box=asked.box,
            box_confidence=asked.box_confidence,
            doubles=tuple(self.built.ids[row] for row in chosen.doubles),
        )


def _open(thumbnail: bytes) -> Image.Image:
    return open_picture(thumbnail, DECODED_SIDE)


def _notes(query: Query, asked: Asked, given: int, left: int) -> Iterator[str]:
    """What a person must be told about the matches as a whole."""
    for word in asked.unknown_words:
        yield f"The catalogue does not know the word '{word}'."
    if left < (query.k or MATCHES):
        items = "One item is" if left == 1 else f"{left} items are"
        yield f"{items} left to choose from, fewer than the {query.k} asked for."
    elif given < (query.k or MATCHES):
        yield f"Without near duplicates there are {given}, fewer than the {query.k} asked for."
