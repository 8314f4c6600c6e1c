"""The query: all that is asked, in one shape that every interface builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.catalogue import Picture
from pipeline.errors import QueryError
from pipeline.index import Metric
from pipeline.recommender.framing import BoxChoice, parse_box
from pipeline.recommender.query.conditions import Condition, read_where
from pipeline.recommender.query.reading import (
    MAX_PICTURES,
    is_left_out,
    read_ids,
    read_k,
    read_pictures,
    read_share,
    read_switch,
    read_words,
)
from pipeline.recommender.saying import shown

NOTHING_ASKED = (
    "There is no picture, item or word to ask by. Give a picture, the id of an item, or words."
)
ASKED_BY = ("pictures", "items", "words", "more", "less", "where", "but", "leave_out")
"""The parts that want something to ask by, or are it; the others only say how to answer."""


@dataclass(frozen=True)
class Query:
    """What is asked. Each part is checked, and brought into one form, as the query is made.

    What only the catalogue can tell, such as whether it has an item or a value, is checked by
    `pipeline.recommender.Recommender.ask`.

    Attributes:
        pictures: Paths, encoded bytes or PIL images, or one of them alone; several are asked by
            their mean. Pictures and items are 16 at most, together.
        items: Ids of items that are asked by as if they were pictures; they are no matches.
        words: What the items are like, in the words that the catalogue uses of its own, 300
            characters at most: alone, or beside what else is asked by.
        words_weight: How much the words count beside the rest, from 0 to 1.
        metric: ``cosine`` or ``euclidean``.
        k: How many matches, 1 to 50; None for five. Where fewer are left, all of them are given.
        where: What every match must have: a mapping from the names of attributes to a value, a
            list of values of which it must have one, or ``{"min": 10, "max": 50}``, of which one
            may be left out. On attributes that are numbers, the text ``10..50`` says the same.
        but: What every match must have too, where what is asked by has it not: the same garment in
            another colour. In the form of ``where``, without its attributes. What has it is
            ordered by the garment, short of what it changes: see
            `pipeline.recommender.searching.Searcher.nearer`.
        leave_out: Ids of items that must not be among the matches.
        more: Ids of items to come nearer to; they are no matches.
        less: Ids of items to get away from; they are no matches.
        colour_weight: How much colour counts, from 0, shape alone, to 1, colour alone; None for
            what serves the encoder best.
        box: What part of the picture is asked about: see `pipeline.recommender.framing`.
        variety: How different the matches are to be from each other, from 0, not at all, to 1: see
            `pipeline.recommender.answers.variety`.
        fold: Whether near duplicates, and variants of one product where the catalogue names
            products, become one match.

    Raises:
        QueryError: If a part is not what it has to be, two contradict each other, or nothing is
            asked by.
    """

    pictures: Sequence[Picture] = ()
    items: Sequence[str] = ()
    words: str = ""
    words_weight: float = 0.5
    metric: str = Metric.COSINE
    k: int | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    but: Mapping[str, Any] = field(default_factory=dict)
    leave_out: Sequence[str] = ()
    more: Sequence[str] = ()
    less: Sequence[str] = ()
    colour_weight: float | None = None
    box: BoxChoice = None
    variety: float = 0.0
    fold: bool = False

    def __post_init__(self) -> None:
        for name, read in _READERS.items():
            object.__setattr__(self, name, read(getattr(self, name)))
        self._check_what_is_asked_by()
        self._check_contradictions()

    @classmethod
    def if_asked(cls, **parts: object) -> Query | None:
        """The query of some parts; None where they only say how to answer, and can be read.

        Args:
            parts: The parts by their names.

        Raises:
            QueryError: As for any query.
        """
        if any(not is_left_out(parts.get(name)) for name in ASKED_BY):
            return cls(**parts)  # type: ignore[arg-type]
        cls(**parts | {"words": "any"})  # type: ignore[arg-type]
        return None

    @property
    def named(self) -> tuple[str, ...]:
        """Every item that the query asks by or marks, once."""
        return tuple(dict.fromkeys((*self.items, *self.more, *self.less)))

    @property
    def filter(self) -> dict[str, Condition]:
        """All that a match must have."""
        return {**self.where, **self.but}

    def _check_what_is_asked_by(self) -> None:
        if not (self.pictures or self.items or self.more or self.words):
            raise QueryError(NOTHING_ASKED)
        count = len(self.pictures) + len(self.items)
        if count > MAX_PICTURES:
            raise QueryError(
                f"One query takes at most {MAX_PICTURES} pictures and items, not {count}."
            )
        if isinstance(self.box, tuple) and len(self.pictures) != 1:
            raise QueryError(
                "A box of one's own goes with one picture. Give one, or the box 'auto' or 'whole'."
            )

    def _check_contradictions(self) -> None:
        wanted = {*self.items, *self.more}
        if both := [item for item in self.less if item in wanted]:
            raise QueryError(
                f"The item {shown(both[0])} is asked for more and for less. Choose one of them."
            )
        if twice := [name for name in self.but if name in self.where]:
            raise QueryError(
                f"The attribute {shown(twice[0])} is in 'where' and in 'but'. Name it in one of "
                "them."
            )


def _read_metric(name: object) -> Metric:
    if name is None:
        return Metric.COSINE
    return Metric.parse(name if isinstance(name, str) else shown(name))


_READERS: dict[str, Callable[[Any], Any]] = {
    "pictures": read_pictures,
    "items": lambda ids: read_ids(ids, "items"),
    "words": read_words,
    "words_weight": lambda share: read_share(
        0.5 if share is None else share, "words weight", "0, the words not at all, to 1, them alone"
    ),
    "metric": _read_metric,
    "k": read_k,
    "where": read_where,
    "but": read_where,
    "leave_out": lambda ids: read_ids(ids, "leave_out"),
    "more": lambda ids: read_ids(ids, "more"),
    "less": lambda ids: read_ids(ids, "less"),
    "colour_weight": lambda share: (
        None
        if share is None
        else read_share(share, "colour weight", "0, shape alone, to 1, colour alone")
    ),
    "box": parse_box,
    "variety": lambda share: read_share(
        0.0 if share is None else share, "variety", "0, the most alike, to 1, the most different"
    ),
    "fold": lambda on: read_switch(on, "fold"),
}
