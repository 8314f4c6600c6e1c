"""The match: one item that looks like a query, and the answer that holds the matches."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import AttributeValue, name_attributes
from pipeline.recommender.answers.facets import Facet
from pipeline.recommender.framing import WHOLE_BOX, Box

VERY_CLOSE, CLOSE = 0.5, 0.05
"""Shares of items whose nearest is no closer, from which on a match is called so."""


@dataclass(frozen=True)
class Example:
    """An item of the catalogue, shown as a query."""

    id: str
    name: str
    thumbnail: bytes

    @classmethod
    def of(cls, built: BuiltCatalogue, row: int) -> Example:
        """The item of a row."""
        item = built.ids[row]
        return cls(item, name_of(item, built.attributes(row)), built.thumbnail(row))


@dataclass(frozen=True)
class Item:
    """One item of the catalogue, as it is asked for by its id.

    Attributes:
        id: Its id.
        attributes: Its attributes that have a value.
        thumbnail: Its encoded picture, at most 256 pixels a side.
    """

    id: str
    attributes: dict[str, AttributeValue]
    thumbnail: bytes

    @property
    def name(self) -> str:
        """What to call it: its name attribute, or else its id."""
        return name_of(self.id, self.attributes)

    def record(self) -> dict[str, Any]:
        """The item as JSON values, without its thumbnail."""
        return {"id": self.id, "name": self.name, "attributes": self.attributes}


@dataclass(frozen=True)
class Match:
    """One item that looks like the query.

    Attributes:
        rank: 1 for the best; the score falls with it but where variety, `Query.but`, or words that
            are all that is asked by, order.
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
        doubles: The ids of near duplicates and other variants that it stands for, where the query
            asked for them to be folded.
        boxes: Where the box was guessed and the picture shows several garments apart from each
            other on one ground, the box of each to ask about next, in the units of ``box``: two
            to five, the largest garment's first. Empty for one garment, a pair of shoes among
            them, and for a box that was said.
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
    doubles: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()

    @property
    def name(self) -> str:
        """What to call the item: its name attribute, or else its id."""
        return name_of(self.id, self.attributes)

    @property
    def nearness(self) -> str:
        """How near it is, in words; empty where nothing is known of it."""
        if self.alike is None:
            return ""
        if not self.alike:
            return "not alike"
        share = self.closeness or 0.0
        if share >= VERY_CLOSE:
            return "very close"
        return "close" if share >= CLOSE else "similar"

    def record(self) -> dict[str, Any]:
        """The match as JSON values, without its thumbnail."""
        return {
            "rank": self.rank,
            "id": self.id,
            "name": self.name,
            "score": self.score,
            "closeness": self.closeness,
            "alike": self.alike,
            "attributes": self.attributes,
            "box": self.box,
            "box_confidence": self.box_confidence,
            "boxes": self.boxes,
            "doubles": list(self.doubles),
        }

    def picture(self) -> Image.Image:
        """Decode the thumbnail to RGB."""
        return Image.open(io.BytesIO(self.thumbnail)).convert("RGB")


@dataclass(frozen=True)
class Suggestion(Match):
    """A match for a person, or to go with an item, with why it is one.

    Attributes:
        because: The id of the kept item, or of the item asked by, that it is suggested for.
        reason: Why, as half a sentence for people.
        plainly: The same for shoppers; it does not say how that is known.
    """

    because: str = ""
    reason: str = ""
    plainly: str = ""

    def record(self) -> dict[str, Any]:
        """See `Match.record`."""
        return super().record() | {"because": self.because, "reason": self.reason}


@dataclass(frozen=True)
class Answer:
    """What a query is answered.

    Attributes:
        matches: The items, best first; never empty for a query.
        notes: Sentences for people on what could not be done as it was asked.
        facets: What the query can be filtered by, where that was asked for too.
        unlike: That one of the notes which says that no match looks like what is asked by; empty
            where one does, or where that is not known.
    """

    matches: list[Match]
    notes: tuple[str, ...] = ()
    facets: Sequence[Facet] = ()
    unlike: str = ""

    def records(self) -> list[dict[str, Any]]:
        """The matches as JSON values, without their thumbnails; each carries the notes."""
        return [match.record() | {"notes": list(self.notes)} for match in self.matches]


@dataclass(frozen=True)
class Comparison:
    """What a query is answered by either metric.

    Attributes:
        cosine: The answer by cosine similarity.
        euclidean: The answer by Euclidean distance.
        shared: The ids of the items in both, in the order of the first.
    """

    cosine: Answer
    euclidean: Answer
    shared: tuple[str, ...]

    def record(self, told: Callable[[Answer], Any]) -> dict[str, Any]:
        """The comparison as JSON values; ``told`` makes those of each answer."""
        return {
            "cosine": told(self.cosine),
            "euclidean": told(self.euclidean),
            "shared": list(self.shared),
        }


def name_of(item: str, attributes: Mapping[str, AttributeValue]) -> str:
    """What to call an item: the first of its name attributes that says anything, else its id."""
    named = (str(attributes[name]).strip() for name in name_attributes(attributes))
    return next(filter(None, named), item)


def nothing_alike(matches: Sequence[Match]) -> bool:
    """Whether no match looks like the query, so that people must be told."""
    return bool(matches) and all(match.alike is False for match in matches)
