"""The recommender: a picture in, the most alike items of a catalogue out."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import AttributeValue, Picture, open_picture
from pipeline.closeness import Judge, Verdict
from pipeline.colour import describe_colour
from pipeline.encoder import DECODED_SIDE, ENCODERS, Encoder
from pipeline.errors import ArtifactError, QueryError
from pipeline.index import ColourQuery, Colours, Index, Metric, open_index, parse_weight
from pipeline.recommender.framing import WHOLE_BOX, Box, BoxChoice, frame

MATCHES = 5
NAME_ATTRIBUTES = ("productDisplayName", "name", "title", "label")
NOTHING_ALIKE = "Nothing in the catalogue looks like this photo; these items come nearest."


@dataclass(frozen=True)
class Example:
    """An item of the catalogue, shown as a query to try."""

    id: str
    thumbnail: bytes


@dataclass(frozen=True)
class Match:
    """One item that looks like the query.

    Attributes:
        rank: 1 for the most alike.
        id: The item's id in its catalogue.
        score: Cosine similarity in [-1, 1], or Euclidean distance from 0 up.
        attributes: The item's attributes that have a value.
        thumbnail: The encoded picture, at most 256 pixels a side.
        closeness: Closer than what share of the catalogue's items have their nearest, in [0, 1];
            None where the catalogue was built without, or has a single item.
        alike: Whether it looks like the query at all, see `pipeline.closeness.Judge`; None where
            the catalogue was built without.
        box: The part of the query that was asked about: left, top, right and bottom, as shares
            of the upright picture's width and height. The same for every match of a query.
        box_confidence: How sure a guessed box is, 0..1; None for one that was said.
    """

    rank: int
    id: str
    score: float
    attributes: dict[str, AttributeValue]
    thumbnail: bytes
    closeness: float | None = None
    alike: bool | None = None
    box: Box = WHOLE_BOX
    box_confidence: float | None = None

    @property
    def name(self) -> str:
        """What to call the item: its name attribute, or else its id."""
        named = (self.attributes[key] for key in NAME_ATTRIBUTES if key in self.attributes)
        return str(next(named, self.id))

    def picture(self) -> Image.Image:
        """Decode the thumbnail to RGB."""
        return Image.open(io.BytesIO(self.thumbnail)).convert("RGB")


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
        self._indexes: dict[Metric, Index] = {}
        self._making_index = threading.Lock()

    def recommend(
        self,
        picture: Picture,
        metric: str = Metric.COSINE,
        k: int | None = None,
        leave_out: str | None = None,
        where: Mapping[str, AttributeValue] | None = None,
        *,
        colour_weight: float | None = None,
        box: BoxChoice = None,
    ) -> list[Match]:
        """Find the items that look most like a picture.

        Args:
            picture: A path, encoded bytes or a PIL image.
            metric: ``cosine`` or ``euclidean``.
            k: How many matches; by default five, or all items where there are fewer.
            leave_out: The id of an item that must not be among them: the query's own.
            where: Attribute values that every match must have.
            colour_weight: How much the colour of the garment counts, from 0, shape alone, to 1,
                colour alone; None for what serves the encoder best. See `pipeline.index.colour`
                for how the score is mixed.
            box: What part of the picture is asked about: ``auto`` (or None) for the garment where
                it is surely told from its ground and else the whole, ``whole``, or a person's own
                box, as `Match.box` gives it.

        Returns:
            ``k`` matches, most alike first.

        Raises:
            PictureError: If the picture cannot be used.
            QueryError: If there is no such metric or attribute value, ``k`` or the weight is out
                of range, the catalogue has no colours to weigh, or the box is none, reaches
                outside the picture, or has no size.
        """
        chosen = Metric.parse(metric)
        allowed, most = self._allowed(leave_out, where)
        k = min(MATCHES, most) if k is None else k
        if not 1 <= k <= most:
            raise QueryError(f"Cannot give {k} matches: ask for 1 to {most}, one an item.")
        weight, colours = self._colour_weight(colour_weight), None
        framed = frame(picture, box)
        asked = framed.picture
        if weight > 0 and self._colours is not None:
            asked = open_picture(asked, DECODED_SIDE)
            colours = [ColourQuery(self._colours, describe_colour(asked), weight)]
        query = self._encoder.encode([asked])
        rows, scores = self._index(chosen).search(query, k, allowed, colours)
        verdicts = self._judge(chosen, query[0], rows[0])
        nearest = zip(rows[0].tolist(), scores[0].tolist(), verdicts, strict=True)
        matches = [self._match(rank, *found) for rank, found in enumerate(nearest, 1)]
        return [replace(m, box=framed.box, box_confidence=framed.confidence) for m in matches]

    @property
    def default_colour_weight(self) -> float:
        """What serves the encoder best, as measured; 0 where the catalogue has no colours."""
        card = ENCODERS.get(self.built.manifest.encoder.name)
        return card.colour_weight if card is not None and self.built.colours is not None else 0.0

    def _colour_weight(self, wanted: float | None) -> float:
        if wanted is None:
            return self.default_colour_weight
        weight = parse_weight(wanted)
        if weight > 0 and self.built.colours is None:
            raise QueryError(
                f"The catalogue '{self.built.manifest.catalogue}' was built without colours, so "
                "none can be weighed. Leave the colour weight out, or build the catalogue again."
            )
        return weight

    @cached_property
    def _colours(self) -> Colours | None:
        built = self.built
        return (
            Colours.beside(built.embeddings, built.colours) if built.colours is not None else None
        )

    def _allowed(
        self, leave_out: str | None, where: Mapping[str, AttributeValue] | None
    ) -> tuple[np.ndarray | None, int]:
        """Which rows may be matches, None for all, and how many that are."""
        own_row = self.built.row_of(leave_out) if leave_out is not None else None
        if own_row is None and not where:
            return None, len(self.built)
        allowed = self.built.having(where or {})
        if own_row is not None:
            allowed[own_row] = False
        if not allowed.any():
            raise QueryError("The catalogue has no other item than the query's own.")
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
            "items": len(self.built),
            "skipped": len(manifest.skipped),
            "attributes": self.built.attribute_names,
            "encoder": manifest.encoder.name,
            "encoder_revision": manifest.encoder.revision,
            "dimension": manifest.encoder.dimension,
            "runtime": self._encoder.runtime.name,
            "precision": self._encoder.runtime.precision.value,
            "metrics": [metric.value for metric in Metric],
            "colour_weight": self.default_colour_weight if self.built.colours is not None else None,
            "advice": card.advice if card is not None else "",
        }

    def _index(self, metric: Metric) -> Index:
        with self._making_index:
            if metric not in self._indexes:
                self._indexes[metric] = open_index(self.built, metric)
            return self._indexes[metric]

    def _judge(
        self, metric: Metric, query: np.ndarray, rows: np.ndarray
    ) -> Sequence[Verdict | None]:
        """What the matches' distances mean; None for each where the build did not measure it."""
        records = (r for r in self.built.manifest.closeness if r.metric == metric.value)
        record = next(records, None)
        if record is None:
            return [None] * len(rows)
        return Judge(record).judge(query, np.asarray(self.built.embeddings[rows]))

    def _match(self, rank: int, row: int, score: float, verdict: Verdict | None) -> Match:
        return Match(
            rank=rank,
            id=self.built.ids[row],
            score=score,
            attributes=self.built.attributes(row),
            thumbnail=self.built.thumbnail(row),
            closeness=verdict.closeness if verdict is not None else None,
            alike=verdict.alike if verdict is not None else None,
        )


def nothing_alike(matches: Sequence[Match]) -> bool:
    """Whether no match looks like the query, so that people must be told."""
    return all(match.alike is False for match in matches)
