"""Completing: pieces that go with an item, one of a kind, by what was learnt, else by a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.learning import Learnt
from pipeline.learning.outfits import (
    WORDS,
    covers_the_same,
    kinds_of,
    pieces_with,
    place_of,
    texts_of,
)
from pipeline.recommender.person.blending import By
from pipeline.recommender.person.harmony import go_together

COLOURS = ("basecolour", "basecolor", "colour", "color")
GENDERS = (
    "gender",
    "targetgender",
    "googleshopping/gender",
    "geschlecht",
    "geslacht",
    "sexe",
    "sesso",
)
USAGES, SEASONS = ("usage",), ("season",)
EVERYBODY = ("unisex", "")


@dataclass(frozen=True)
class Piece:
    """An item that goes with another.

    Attributes:
        row: Its row.
        score: In what share of outfits with the one its piece is worn, or of baskets chosen.
        by: The log, where people chose it with the other; the baskets, where they tell that the
            kinds go together; else the rule.
    """

    row: int
    score: float
    by: By


class Completer:
    """Finds pieces that go with the items of one catalogue.

    Args:
        built: The catalogue.
        learnt: What was learnt beside it; None for nothing.
    """

    def __init__(self, built: BuiltCatalogue, learnt: Learnt | None) -> None:
        self._built = built
        self._learnt = learnt

    def complete(self, row: int, allowed: np.ndarray | None) -> Iterator[Piece]:
        """Find pieces that go with an item, the likeliest first, one of each.

        Which pieces, baskets tell where they were learnt, and then the rule, for what they do not
        tell of. For whom an item is made must not contradict the other's; then what people chose
        with it comes first, then the kind that goes best with it in baskets, then what is of the
        same usage, in harmony and of the same season. Of as good ones each item of the catalogue is
        given others, in a colour that is not there yet.

        Args:
            row: The item.
            allowed: Which rows may be given, ``(n,)`` bool; None for all.

        Yields:
            The pieces; none where the catalogue does not say what piece the item is.
        """
        own = self._pieces[row]
        if not own:
            return
        near, may, reasons = self._near(row), self._may(row, allowed), self._reasons(row)
        after = (np.arange(len(self._built)) - row) % len(self._built)
        goes = self._goes(row)
        worn, colours = [str(own)], {str(self._colours[row])}
        for piece, share, by in self._pieces_with(row):
            rows = np.flatnonzero(may & (self._pieces == piece))
            if not len(rows) or covers_the_same(piece, worn):
                continue
            is_there = np.isin(self._colours[rows], list(colours))
            harmony = (~part[rows] for part in reasons)
            keys = (after[rows], is_there, *harmony, -goes[rows], -near[rows])
            best = int(rows[np.lexsort(keys)[0]])
            worn.append(piece)
            colours.add(str(self._colours[best]))
            yield Piece(best, share, By.LOG if near[best] > 0 else by)

    def _pieces_with(self, row: int) -> Iterator[tuple[str, float, By]]:
        """The pieces that go with an item: by baskets, and then by the rule."""
        own, told = str(self._pieces[row]), set()
        if self._learnt is not None and self._learnt.baskets is not None:
            for piece, share in self._learnt.baskets.pieces_with([str(self._kinds[row])]):
                told.add(piece)
                yield piece, share, By.BASKETS
        if own in WORDS:
            for piece, share in pieces_with([own]):
                if piece not in told:
                    yield piece, share, By.RULE

    def _goes(self, row: int) -> np.ndarray:
        """How well each item's kind goes with that of one in baskets, ``(n,)``; 0 for not."""
        if self._learnt is None or self._learnt.baskets is None:
            return np.zeros(len(self._built))
        found = self._learnt.baskets.kinds_with(str(self._kinds[row]))
        names, codes = self._told_apart
        goes: np.ndarray = np.array([found.get(name, 0.0) for name in names.tolist()])[codes]
        return goes

    def _near(self, row: int) -> np.ndarray:
        near = np.zeros(len(self._built))
        if self._learnt is not None:
            found = self._learnt.neighbours[row]
            near[found.indices] = found.data
        return near

    def _may(self, row: int, allowed: np.ndarray | None) -> np.ndarray:
        own = self._genders[row]
        may = np.ones(len(self._built), dtype=bool)
        if own not in EVERYBODY:
            may = (self._genders == own) | np.isin(self._genders, EVERYBODY)
        if allowed is not None:
            may &= allowed
        may[row] = False
        return may

    def _reasons(self, row: int) -> list[np.ndarray]:
        """What speaks for items beside a row, the least weighty first, each ``(n,)`` bool."""
        names, codes = np.unique(self._colours, return_inverse=True)
        own = self._colours[row]
        harmony = np.array([go_together(own, name) is not False for name in names])[codes]
        seasons, usages = self._seasons, self._usages
        same = [(part == part[row]) & (part[row] != "") for part in (seasons, usages)]
        return [same[0], harmony, same[1]]

    @cached_property
    def _pieces(self) -> np.ndarray:
        """Which piece each item is; empty for none."""
        names, codes = self._told_apart
        pieces: np.ndarray = np.array([place_of(name) or "" for name in names.tolist()])[codes]
        return pieces

    @cached_property
    def _kinds(self) -> np.ndarray:
        return kinds_of(self._built)

    @cached_property
    def _told_apart(self) -> tuple[np.ndarray, np.ndarray]:
        """The different kinds, and which of them each item is of."""
        names, codes = np.unique(self._kinds, return_inverse=True)
        return names, codes

    @cached_property
    def _colours(self) -> np.ndarray:
        return texts_of(self._built, COLOURS)

    @cached_property
    def _genders(self) -> np.ndarray:
        return texts_of(self._built, GENDERS)

    @cached_property
    def _usages(self) -> np.ndarray:
        return texts_of(self._built, USAGES)

    @cached_property
    def _seasons(self) -> np.ndarray:
        return texts_of(self._built, SEASONS)
