"""The recommender: a picture in, the most alike items of a catalogue out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.artifacts import BuiltCatalogue, Version
from pipeline.catalogue import Picture
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, LookalikeError
from pipeline.index import Database, Metric
from pipeline.recommender.answers import (
    Answer,
    Comparison,
    Example,
    Facet,
    Item,
    Match,
    choose,
    count_facets,
    count_values,
    tell,
    tell_loaded,
)
from pipeline.recommender.explaining import Explainer, Explanation
from pipeline.recommender.framing import BoxChoice
from pipeline.recommender.person import Suggester
from pipeline.recommender.query import Condition, Query, read_id
from pipeline.recommender.searching import Allowed, Searcher
from pipeline.recommender.steering import Asked, Asker, Looked
from pipeline.timing import noted

MATCHES = 5
FACETED = 300
"""Nearest items whose values are counted."""


class Recommender:
    """Answers queries over one built catalogue with the encoder that made it.

    Args:
        encoder: What embeds the query.
        built: The built catalogue.
        source: Where the catalogue comes from: ``hub``, ``starter`` or ``folder``.
        notice: One sentence for people about how the source was chosen, or an empty string.
        database: What holds the embeddings and searches them; None where this machine does.

    Raises:
        ArtifactError: If another encoder made the catalogue's embeddings, or the database answers
            and does not hold the catalogue as it is.
    """

    def __init__(
        self,
        encoder: Encoder,
        built: BuiltCatalogue,
        source: str = "folder",
        notice: str = "",
        database: Database | None = None,
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
        self.database = database
        self.version = Version.read(built.folder)
        self._encoder = encoder
        self._asker = Asker(encoder, built)
        self._searcher = Searcher(built, database)
        self._suggester = Suggester(built, self._asker, self._searcher)
        self._explainer = Explainer(encoder, built, self._asker, self._searcher)

    @property
    def encoder(self) -> Encoder:
        """What embeds the queries."""
        return self._encoder

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
    def similar(
        self, item: str | int, metric: str = Metric.COSINE, k: int | None = None
    ) -> list[Match]:
        """Find the items that look most like another, which is not among them.

        Args:
            item: Its id.
            metric: See `Query`, as for ``k``.
            k: How many matches.

        Raises:
            QueryError: See `ask`.
        """
        return self.ask(Query(items=[read_id(item)], metric=metric, k=k)).matches

    @noted
    def for_items(
        self,
        kept: Sequence[str],
        disliked: Sequence[str] = (),
        k: int | None = None,
        where: Mapping[str, Any] | None = None,
        metric: str = Metric.COSINE,
    ) -> Answer:
        """Suggest items to a person who keeps some: see `Suggester.for_items`."""
        count = MATCHES if k is None else k
        return self._suggester.for_items(kept, disliked, count, where, metric)

    @noted
    def also_liked(
        self, item: str | int, k: int | None = None, where: Mapping[str, Any] | None = None
    ) -> Answer:
        """Give what the people who chose an item chose too: see `Suggester.also_liked`."""
        return self._suggester.also_liked(read_id(item), MATCHES if k is None else k, where)

    @noted
    def complete_the_look(
        self, item: str | int, k: int | None = None, where: Mapping[str, Any] | None = None
    ) -> Answer:
        """Give pieces that go with an item: see `Suggester.complete_the_look`."""
        return self._suggester.complete_the_look(read_id(item), MATCHES if k is None else k, where)

    @noted
    def ask(self, query: Query, *, faceted: bool = False) -> Answer:
        """Find the items that answer a query best.

        Args:
            query: The query.
            faceted: Whether to count its `facets` too, for which its pictures are embedded once.

        Returns:
            As many matches as were asked for, or as many as are left, best first.

        Raises:
            PictureError: If a picture cannot be used.
            QueryError: If the catalogue has no such item, attribute or value, no item that passes,
                or no colours to weigh.
        """
        # What needs no picture is said before any is opened.
        allowed = self._searcher.allowed(query)
        asked = self._asker.ask(query)
        answer = self._answer(query, asked, allowed)
        return replace(answer, facets=self._count(query, asked, allowed)) if faceted else answer

    @noted
    def ask_each(self, queries: Sequence[Query]) -> list[Answer | LookalikeError]:
        """Answer several queries, all their pictures embedded as one batch.

        Returns:
            For each query its answer, or the error that `ask` would raise.
        """
        looked: list[tuple[Looked, Allowed] | LookalikeError] = []
        for query in queries:
            try:
                allowed = self._searcher.allowed(query)
                looked.append((self._asker.look(query), allowed))
            except LookalikeError as error:
                looked.append(error)
        asked = iter(self._asker.embed([one[0] for one in looked if isinstance(one, tuple)]))
        return [
            self._answer(query, next(asked), one[1]) if isinstance(one, tuple) else one
            for query, one in zip(queries, looked, strict=True)
        ]

    def _answer(self, query: Query, asked: Asked, among: Allowed) -> Answer:
        metric, (allowed, left) = Metric(query.metric), among
        query = replace(query, k=query.k or MATCHES)
        sought = self._searcher.nearer(metric, asked, among) if query.but else asked
        chosen = choose(
            self.built,
            query,
            sought.colours,
            left,
            lambda count: self._searcher.nearest(metric, sought, count, allowed),
        )
        rows = np.array([item.row for item in chosen])
        if query.but:
            # How near they are to what was asked by, as for any query.
            scores = self._searcher.scores(metric, asked, rows).tolist()
            chosen = [
                replace(item, score=score) for item, score in zip(chosen, scores, strict=True)
            ]
        # What a distance means was measured of pictures; words lie elsewhere.
        verdicts = (
            self._searcher.verdicts(metric, asked.embedding, rows, asked.length)
            if not query.words
            else [None] * len(rows)
        )
        return tell(self.built, query, asked, list(zip(chosen, verdicts, strict=True)), left)

    def compare(self, query: Query) -> Comparison:
        """Answer a query by both metrics.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        cosine, euclidean = (self.ask(replace(query, metric=metric)) for metric in Metric)
        found = {match.id for match in euclidean.matches}
        shared = tuple(match.id for match in cosine.matches if match.id in found)
        return Comparison(cosine, euclidean, shared)

    @noted
    def explain(self, query: Query, item: str | int) -> Explanation:
        """Tell why an item has its score: see `Explainer.explain`."""
        return self._explainer.explain(query, item)

    @noted
    def facets(self, query: Query | None = None) -> list[Facet]:
        """Count what the attributes can be filtered by.

        Args:
            query: Whose `FACETED` nearest items, of those that pass its filter, are counted
                beside the whole catalogue; None for the catalogue alone. What an attribute is
                filtered by is left out of its own counts.

        Returns:
            One facet an attribute, in the order of the catalogue.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        if query is None:
            return self._count_values()
        allowed = self._searcher.allowed(query)
        return self._count(query, self._asker.ask(query), allowed)

    def _count(self, query: Query, asked: Asked, among: Allowed) -> list[Facet]:
        left_out = self._searcher.rows_left_out(query)

        def nearest(where: Mapping[str, Condition]) -> np.ndarray:
            is_whole = len(where) == len(query.filter)
            allowed, left = among if is_whole else self._searcher.among(where, left_out)
            count = min(FACETED, left)
            return self._searcher.nearest(Metric(query.metric), asked, count, allowed)[0]

        columns = self._searcher.filters.column
        return count_facets(self.built.attribute_names, columns, query.filter, nearest)

    def _count_values(self) -> list[Facet]:
        names = self.built.attribute_names
        return [count_values(name, self._searcher.filters.column(name), None) for name in names]

    def item(self, item: str | int) -> Item:
        """Look an item up by its id.

        Raises:
            QueryError: If there is no such item.
        """
        row = self._asker.row_of(item)
        return Item(self.built.ids[row], self.built.attributes(row), self.built.thumbnail(row))

    def examples(self, count: int) -> list[Example]:
        """Items spread evenly over the catalogue, fewer where it has fewer."""
        step = max(1, len(self.built) / count)
        rows = [int((number + 0.5) * step) for number in range(min(count, len(self.built)))]
        return [Example.of(self.built, row) for row in rows]

    def info(self) -> dict[str, Any]:
        """What is loaded, in plain JSON values."""
        weight = self._asker.default_colour_weight if self._asker.has_colours else None
        told = tell_loaded(self.built, self.version, self._encoder, weight)
        return {"source": self.source, "notice": self.notice} | told
