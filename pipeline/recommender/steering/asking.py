"""Asking: from queries to the vectors that an index is searched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import Picture, open_picture
from pipeline.colour import describe_colour
from pipeline.encoder import DECODED_SIDE, ENCODERS, Encoder
from pipeline.errors import QueryError
from pipeline.index import ColourQuery, Colours, Metric
from pipeline.recommender.framing import WHOLE_BOX, Box, frame
from pipeline.recommender.query import Query
from pipeline.recommender.steering.rocchio import rocchio, rocchio_colours


@dataclass(frozen=True)
class Asked:
    """What an index is searched with.

    Attributes:
        embedding: ``(dimension,)`` float32.
        colours: What to weigh beside it; None for nothing.
        box: The part of the first picture that is asked about; the whole where there is none.
        box_confidence: How sure a guessed box is, 0..1; None for one that was said.
    """

    embedding: np.ndarray
    colours: ColourQuery | None
    box: Box = WHOLE_BOX
    box_confidence: float | None = None


class Asker:
    """Embeds queries over one catalogue.

    Args:
        encoder: What made the catalogue's embeddings.
        built: The catalogue.
    """

    def __init__(self, encoder: Encoder, built: BuiltCatalogue) -> None:
        self._encoder = encoder
        self._built = built

    def ask(self, query: Query) -> Asked:
        """Embed a query, all its pictures at once.

        Raises:
            PictureError: If a picture cannot be used.
            QueryError: If the catalogue has no item of a name, or no colours to weigh.
        """
        weight = self._colour_weight(query.colour_weight)
        groups = [self._rows(ids) for ids in (query.items, query.more, query.less)]
        framed = [frame(picture, query.box) for picture in query.pictures]
        pictures: list[Picture] = [part.picture for part in framed]
        described: Sequence[np.ndarray] = []
        if weight > 0:
            opened = [open_picture(picture, DECODED_SIDE) for picture in pictures]
            described = [describe_colour(picture) for picture in opened]
            pictures = [*opened]
        items, more, less = (np.asarray(self._built.embeddings[rows]) for rows in groups)
        own = np.concatenate([self._encoder.encode(pictures), items])
        embedding = rocchio(own, more, less, Metric(query.metric))
        first = framed[0] if framed else None
        return Asked(
            embedding,
            self._colours_of(weight, described, groups),
            first.box if first else WHOLE_BOX,
            first.confidence if first else None,
        )

    @property
    def default_colour_weight(self) -> float:
        """What serves the encoder best, as measured; 0 where the catalogue has no colours."""
        card = ENCODERS.get(self._built.manifest.encoder.name)
        return card.colour_weight if card is not None and self._built.colours is not None else 0.0

    def _colour_weight(self, wanted: float | None) -> float:
        if wanted is None:
            return self.default_colour_weight
        if wanted > 0 and self._built.colours is None:
            raise QueryError(
                f"The catalogue '{self._built.manifest.catalogue}' was built without colours, so "
                "none can be weighed. Leave the colour weight out, or build the catalogue again."
            )
        return wanted

    def _rows(self, ids: Sequence[str]) -> list[int]:
        rows = {item: self._built.row_of(item) for item in ids}
        if unknown := [item for item, row in rows.items() if row is None]:
            raise QueryError(
                f"The catalogue has no item '{unknown[0]}'. Give ids as matches have them."
            )
        return [row for row in rows.values() if row is not None]

    def _colours_of(
        self, weight: float, described: Sequence[np.ndarray], groups: Sequence[list[int]]
    ) -> ColourQuery | None:
        if weight == 0 or self._colours is None:
            return None
        items, more, less = (np.asarray(self._colours.rows[rows]) for rows in groups)
        own = np.concatenate([np.reshape(described, (-1, items.shape[1])), items])
        return ColourQuery(self._colours, rocchio_colours(own, more, less), weight)

    @cached_property
    def _colours(self) -> Colours | None:
        built = self._built
        if built.colours is None:
            return None
        return Colours.beside(built.embeddings, built.colours)
