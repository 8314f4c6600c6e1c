"""Completing: pieces that go with an item, one of a kind, by a rule and by what was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.learning import Learnt
from pipeline.recommender.person.harmony import go_together
from pipeline.recommender.person.pieces import covers_the_same, piece_of, pieces_with

KINDS = ("articleType", "product_type", "kind", "category", "subCategory", "label")
COLOURS = ("baseColour", "colour", "color")
GENDERS, USAGES, SEASONS = ("gender",), ("usage",), ("season",)
EVERYBODY = ("unisex", "")


@dataclass(frozen=True)
class Piece:
    """An item that goes with another.

    Attributes:
        row: Its row.
        score: In what share of outfits with the one its piece is worn.
        is_learnt: Whether people chose it with the other; else it is there by the rule alone.
    """

    row: int
    score: float
    is_learnt: bool


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

        For whom an item is made must not contradict the other's; then what people chose with it
        comes first, then what is of the same usage, in harmony and of the same season. Of as good
        ones each item of the catalogue is given others, in a colour that is not there yet.

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
        worn, colours = [str(own)], {str(self._colours[row])}
        for piece, share in pieces_with(worn):
            rows = np.flatnonzero(may & (self._pieces == piece))
            if not len(rows) or covers_the_same(piece, worn):
                continue
            is_there = np.isin(self._colours[rows], list(colours))
            keys = (after[rows], is_there, *(~part[rows] for part in reasons), -near[rows])
            best = int(rows[np.lexsort(keys)[0]])
            worn.append(piece)
            colours.add(str(self._colours[best]))
            yield Piece(best, share, bool(near[best] > 0))

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
        kinds = self._texts(KINDS)
        known = {kind: piece_of(kind) or "" for kind in np.unique(kinds).tolist()}
        return np.array([known[kind] for kind in kinds.tolist()])

    @cached_property
    def _colours(self) -> np.ndarray:
        return self._texts(COLOURS)

    @cached_property
    def _genders(self) -> np.ndarray:
        return self._texts(GENDERS)

    @cached_property
    def _usages(self) -> np.ndarray:
        return self._texts(USAGES)

    @cached_property
    def _seasons(self) -> np.ndarray:
        return self._texts(SEASONS)

    def _texts(self, names: tuple[str, ...]) -> np.ndarray:
        """The first of some attributes that the catalogue has, ``(n,)`` text; empty for none."""
        name = next((name for name in names if name in self._built.attribute_names), None)
        if name is None:
            return np.full(len(self._built), "")
        values = self._built.column(name).to_pylist()
        return np.array([str(value or "").strip().casefold() for value in values])
