"""The explainer: from a query and an item to why the item has its score."""

from __future__ import annotations

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import open_picture
from pipeline.encoder import DECODED_SIDE, Encoder
from pipeline.errors import QueryError
from pipeline.index import Metric
from pipeline.recommender.explaining.places import Explained, Explanation, explain_score
from pipeline.recommender.query import Query
from pipeline.recommender.searching import Searcher
from pipeline.recommender.steering import Asker


class Explainer:
    """Explains the scores of one catalogue's items.

    Args:
        encoder: What made the catalogue's embeddings.
        built: The catalogue.
        asker: Makes the vectors that are searched with.
        searcher: Searches the catalogue.
    """

    def __init__(
        self, encoder: Encoder, built: BuiltCatalogue, asker: Asker, searcher: Searcher
    ) -> None:
        self._encoder = encoder
        self._built = built
        self._asker = asker
        self._searcher = searcher

    def explain(self, query: Query, item: str | int) -> Explanation:
        """Tell which places of the query and of an item make up the item's score.

        Args:
            query: A query of one picture or one item, without marks; its filter changes nothing.
            item: The id of any item, a match or not.

        Raises:
            PictureError: If the picture cannot be used.
            QueryError: If the query is of more, names what the catalogue has not, or the encoder's
                scores are no sums over places.
        """
        if len(query.pictures) + len(query.items) != 1 or query.more or query.less or query.words:
            raise QueryError(
                "Only a query of one picture or one item, without marks or words, can be explained."
            )
        row, *_ = map(self._asker.row_of, (item, *query.leave_out))
        self._searcher.filters.passing(query.filter)
        metric = Metric(query.metric)
        looked = self._asker.look(query)
        (asked,) = self._asker.embed([looked])
        score = self._searcher.score_of_first(metric, asked, row)
        own = self._asker.row_of(query.items[0]) if query.items else None
        stored = None if own is None else self._built.thumbnail(own)
        picture = looked.pictures[0] if stored is None else open_picture(stored, DECODED_SIDE)
        explained = Explained(picture, own, asked.embedding, asked.colours, metric)
        return explain_score(self._encoder, self._built, explained, row, score)
