"""Asking: from queries to the vectors that an index is searched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import open_picture
from pipeline.colour import describe_colour
from pipeline.encoder import DECODED_SIDE, ENCODERS, Encoder
from pipeline.errors import QueryError
from pipeline.index import ColourQuery, Colours, Metric, between, rocchio, rocchio_colours
from pipeline.recommender.framing import WHOLE_BOX, Box, Framed, frame
from pipeline.recommender.query import PlainError, Query, read_id, shown
from pipeline.words import Meant, Words, open_words

GONE = "This item is not here any longer. Choose another, or search by a photo or in words."


@dataclass(frozen=True)
class Asked:
    """What an index is searched with.

    Attributes:
        embedding: ``(dimension,)`` float32.
        colours: What to weigh beside it; None for nothing.
        length: How long the embeddings of all that is asked by are, in the mean.
        box: The part of the first picture that is asked about; the whole where there is none.
        box_confidence: How sure a guessed box is, 0..1; None for one that was said.
        boxes: A box for each of several garments, see `Framed`.
        unknown_words: Words of the query that the catalogue never uses.
    """

    embedding: np.ndarray
    colours: ColourQuery | None
    length: float
    box: Box = WHOLE_BOX
    box_confidence: float | None = None
    boxes: tuple[Box, ...] = ()
    unknown_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """A query, short of embedding its pictures.

    Attributes:
        metric: What is searched by.
        pictures: The parts of its pictures that are asked about.
        groups: The rows of the items that are asked by, wanted and unwanted.
        colours: What to weigh beside the embeddings; None for nothing.
        framed: How the first picture was framed.
        meant: What its words mean; None where it has none.
        words_weight: How much they count beside the rest.
    """

    metric: Metric
    pictures: list[Image.Image]
    groups: list[list[int]]
    colours: ColourQuery | None
    framed: Framed
    meant: Meant | None
    words_weight: float


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
        """Embed a query.

        Raises:
            PictureError: If a picture cannot be used.
            QueryError: If the catalogue has no item of a name, or no colours to weigh.
        """
        return self.embed([self.look(query)])[0]

    def look(self, query: Query) -> Looked:
        """Look at all that a query asks by, short of embedding its pictures.

        Raises:
            PictureError, QueryError: See `ask`.
        """
        weight = self._colour_weight(query.colour_weight)
        named = (query.items, query.more, query.less)
        groups = [[self.row_of(item) for item in ids] for ids in named]
        meant = self._words.meant(query.words) if query.words else None
        is_alone = not (query.pictures or query.items or query.more)
        words_weight = 1.0 if is_alone else query.words_weight
        framed = [frame(picture, query.box) for picture in query.pictures]
        pictures = [open_picture(part.picture, DECODED_SIDE) for part in framed]
        described = [describe_colour(picture) for picture in pictures] if weight > 0 else []
        return Looked(
            Metric(query.metric),
            pictures,
            groups,
            self._colours_of(weight, described, groups, meant, words_weight),
            framed[0] if framed else Framed(b"", WHOLE_BOX, None),
            meant,
            words_weight,
        )

    def embed(self, looked: Sequence[Looked]) -> list[Asked]:
        """Embed the pictures of several queries as one batch."""
        if not looked:
            return []
        embeddings = self._encoder.encode([image for one in looked for image in one.pictures])
        ends = np.cumsum([len(one.pictures) for one in looked])
        asked = []
        for one, pictures in zip(looked, np.split(embeddings, ends[:-1]), strict=True):
            items, more, less = (np.asarray(self._built.embeddings[rows]) for rows in one.groups)
            own, beside = np.concatenate([pictures, items]), one.meant
            if beside is not None and len(own) + len(more) == 0:
                # Words alone are what marks move away from.
                own, beside = beside.embedding[None], None
            embedding = rocchio(own, more, less, one.metric)
            if beside is not None:
                embedding = between(embedding, beside.embedding, one.words_weight)
            asked.append(
                Asked(
                    embedding,
                    one.colours,
                    float(np.linalg.norm([*own, *more], axis=1).mean()),
                    one.framed.box,
                    one.framed.confidence,
                    one.framed.boxes,
                    one.meant.unknown if one.meant is not None else (),
                )
            )
        return asked

    @property
    def has_colours(self) -> bool:
        """Whether the colours of every picture of the catalogue are there to be weighed."""
        views = self._built.views
        return self._built.colours is not None and (views is None or views.colours is not None)

    @property
    def default_colour_weight(self) -> float:
        """What serves the encoder best, as measured; 0 where the catalogue has no colours."""
        card = ENCODERS.get(self._built.manifest.encoder.name)
        return card.colour_weight if card is not None and self.has_colours else 0.0

    def _colour_weight(self, wanted: float | None) -> float:
        if wanted is None:
            return self.default_colour_weight
        if wanted > 0 and not self.has_colours:
            raise QueryError(
                f"The catalogue '{self._built.manifest.catalogue}' was built without colours, so "
                "none can be weighed. Leave the colour weight out, or build the catalogue again."
            )
        return wanted

    def row_of(self, item: str | int) -> int:
        """The row of an item that a query names.

        Raises:
            QueryError: If it is no id, or the catalogue has no such item.
        """
        known = read_id(item)
        row = self._built.row_of(known)
        if row is None:
            raise PlainError(
                f"The catalogue has no item {shown(known)}. Give ids as matches have them.",
                GONE,
            )
        return row

    def _colours_of(
        self,
        weight: float,
        described: Sequence[np.ndarray],
        groups: Sequence[list[int]],
        meant: Meant | None,
        words_weight: float,
    ) -> ColourQuery | None:
        if weight == 0 or self._colours is None:
            return None
        items, more, less = (np.asarray(self._colours.rows[rows]) for rows in groups)
        own = np.concatenate([np.reshape(described, (-1, items.shape[1])), items])
        beside = meant.colours if meant is not None else None
        if beside is not None and len(own) + len(more) == 0:
            own, beside = beside[None], None
        wanted = rocchio_colours(own, more, less)
        if beside is not None:
            wanted = between(wanted, beside, words_weight)
        return ColourQuery(self._colours, wanted, weight)

    @cached_property
    def _words(self) -> Words:
        return open_words(self._built)

    @cached_property
    def _colours(self) -> Colours | None:
        built = self._built
        if built.colours is None:
            return None
        return Colours.beside(built.embeddings, built.colours)
