"""Baskets: which kinds people choose on one day, and which of them go together by that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, hstack

from pipeline.events import Events
from pipeline.learning.outfits.pieces import place_of

DAY = 86_400
FEWEST = 5
"""Baskets in which two kinds are together before that says anything: a choice."""
MOST_KINDS = 300
"""Of more the most frequent are kept."""
LONGEST = 100
"""Letters of a kind; what is longer is a description."""
PRIOR = 10
"""Baskets by which a share is drawn towards what is frequent anyway."""
CUBIC = 1.5
"""Daille's cubic mutual information is this times the logarithm of a share, and what is left of it
that of the frequency."""
BASKETS = {"kinds": np.uint8, "pieces": np.uint8, "together": np.int32}


@dataclass(frozen=True)
class Baskets:
    """In how many baskets kinds are, and in how many they are together.

    Attributes:
        kinds: The kinds, in small letters.
        pieces: The places that they take in an outfit, see `place_of`.
        together: ``(n, n)`` int32 of the kinds and then the pieces: in how many baskets the two
            are, on the diagonal the one; 0 for fewer than `FEWEST`.
        count: How many baskets there are.
    """

    kinds: tuple[str, ...]
    pieces: tuple[str, ...]
    together: np.ndarray
    count: int

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {kind: number for number, kind in enumerate(self.kinds)}

    @cached_property
    def _frequency(self) -> np.ndarray:
        frequency: np.ndarray = np.diag(self.together) / self.count
        return frequency

    def pieces_with(self, kinds: Sequence[str]) -> list[tuple[str, float]]:
        """The pieces that go with kinds, those that go best first.

        The order is that of the cubic mutual information, ``log p(x, y)^3 / (p(x) p(y))``, which of
        the pointwise kinds favours neither what is rare nor what is everywhere (Daille 1994,
        *Approche mixte pour l'extraction automatique de terminologie*); of several kinds what each
        tells is added up, as by naive Bayes. The shares in it are drawn towards the frequency by
        `PRIOR` baskets (Zhai and Lafferty 2004, *A Study of Smoothing Methods*, section 3.2). By
        normalised mutual information (Bouma 2009) the missing is found less often: docs/people.md.

        Args:
            kinds: What is there; kinds that no basket tells of are passed over.

        Returns:
            The other pieces that are in `FEWEST` baskets at least with one of them, each with the
            smoothed share of the kind's baskets that hold one, the mean over the kinds.
        """
        rows = [self._numbers[kind] for kind in kinds if kind in self._numbers]
        if not rows:
            return []
        shares, scores = self._measures(rows)
        first = len(self.kinds)
        known = self.together[rows, first:].max(axis=0) > 0
        own = {place_of(kind) for kind in kinds}
        found = [
            (piece, float(shares[first + number]), scores[first + number])
            for number, piece in enumerate(self.pieces)
            if known[number] and piece not in own
        ]
        return [(piece, share) for piece, share, _ in sorted(found, key=lambda one: -one[2])]

    def kinds_with(self, kind: str) -> dict[str, float]:
        """How well kinds go with one, above 0; those that are in `FEWEST` baskets with it."""
        if kind not in self._numbers:
            return {}
        row = self._numbers[kind]
        scores = np.exp(self._measures([row])[1])
        counts = self.together[row]
        return {other: float(scores[n]) for n, other in enumerate(self.kinds) if counts[n]}

    def only(self, kinds: Collection[str]) -> Baskets | None:
        """The same of some kinds; None where none is left."""
        left = [number for number, kind in enumerate(self.kinds) if kind in kinds]
        named = tuple(self.kinds[number] for number in left)
        places = {place_of(kind) for kind in named}
        pieces = [number for number, piece in enumerate(self.pieces) if piece in places]
        which = [*left, *(len(self.kinds) + number for number in pieces)]
        if not left:
            return None
        few = self.together[np.ix_(which, which)]
        return Baskets(named, tuple(self.pieces[number] for number in pieces), few, self.count)

    def _measures(self, rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """The share of each kind and piece in baskets with some kinds, and how well it goes."""
        frequency = self._frequency
        own = np.diag(self.together)[rows][:, None]
        shares = (self.together[rows] + PRIOR * frequency) / (own + PRIOR)
        told = np.log(shares / frequency).sum(axis=0)
        return shares.mean(axis=0), np.log(frequency) + CUBIC * told

    def tensors(self) -> dict[str, np.ndarray]:
        """As they lie on disk: names in UTF-8, one on each line; the count is in the manifest."""
        kinds, pieces = (
            np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
            for names in (self.kinds, self.pieces)
        )
        return {"kinds": kinds, "pieces": pieces, "together": self.together}

    @classmethod
    def read(cls, tensors: dict[str, np.ndarray], count: int) -> Baskets:
        """Take them from disk, and check all that they say.

        Args:
            tensors: See `tensors`, of the types of `BASKETS`.
            count: What the manifest says.

        Raises:
            ValueError: If they contradict themselves.
        """
        kinds, pieces = (
            tuple(tensors[name].tobytes().decode().split("\n")) for name in ("kinds", "pieces")
        )
        together = tensors["together"]
        total = len(kinds) + len(pieces)
        many = len(kinds) > MOST_KINDS or len(pieces) > len(kinds)
        if many or together.shape != (total, total):
            raise ValueError("its table of kinds is of another shape")
        for names in (kinds, pieces):
            if len(set(names)) < len(names) or not all(0 < len(n) <= LONGEST for n in names):
                raise ValueError("its table of kinds names one twice, or none")
        own = np.diag(together)
        if (own < 1).any() or (own > count).any() or (together < 0).any():
            raise ValueError("its table of kinds counts more baskets than there are, or none")
        if (together != together.T).any() or (together > np.minimum(own[:, None], own)).any():
            raise ValueError("its table of kinds contradicts itself")
        return cls(kinds, pieces, together, count)


def count_baskets(events: Events, kinds: np.ndarray) -> Baskets | None:
    """Count which kinds people choose on one day, by UTC.

    Args:
        events: The events.
        kinds: The kind of each of their items, ``(items,)`` text, see `kinds_of`.

    Returns:
        The counts; None where the log has no times, or no two kinds are together often enough.
    """
    if not events.has_times:
        return None
    day = events.time // DAY
    day -= day[0]  # the first
    _, basket = np.unique(events.user * (day[-1] + 1) + day, return_inverse=True)
    names, codes = np.unique(kinds, return_inverse=True)
    return tabulate(basket, codes[events.item], names.tolist())


def tabulate(basket: np.ndarray, kind: np.ndarray, names: Sequence[str]) -> Baskets | None:
    """Count in how many baskets kinds are together.

    Baskets of one kind are left out: they say nothing of what goes with it.

    Args:
        basket: The number of each choice's basket, ``(m,)`` from 0 up.
        kind: The number of its kind, ``(m,)``.
        names: The kinds, in small letters; empty for none.

    Returns:
        The counts; None where no two kinds are together often enough.
    """
    worn = np.array([bool(place_of(name)) and len(name) <= LONGEST for name in names])
    chosen = worn[kind]
    if not chosen.any():
        return None
    held = _held(basket[chosen], kind[chosen], (int(basket.max()) + 1, len(names)))
    held = held[np.diff(held.indptr) > 1]
    often = np.argsort(-np.bincount(held.indices, minlength=len(names)), kind="stable")
    kept = np.sort(often[:MOST_KINDS])
    held, named = csr_matrix(held[:, kept]), [names[number] for number in kept.tolist()]
    pieces, places = np.unique([str(place_of(name)) for name in named], return_inverse=True)
    rows = np.repeat(np.arange(held.shape[0]), np.diff(held.indptr))
    of_pieces = _held(rows, places[held.indices], (held.shape[0], len(pieces)))
    return _counted(held, of_pieces, named, pieces.tolist())


def _counted(
    of_kinds: csr_matrix, of_pieces: csr_matrix, kinds: list[str], pieces: list[str]
) -> Baskets | None:
    held = hstack([of_kinds, of_pieces], format="csr", dtype=np.int32)
    together = (held.T @ held).toarray()
    together[together < FEWEST] = 0
    of_two = together[: len(kinds), : len(kinds)] > 0
    np.fill_diagonal(of_two, False)
    baskets = Baskets(tuple(kinds), tuple(pieces), together, held.shape[0])
    return baskets.only([kind for kind, row in zip(kinds, of_two, strict=True) if row.any()])


def _held(basket: np.ndarray, code: np.ndarray, shape: tuple[int, int]) -> csr_matrix:
    """Which baskets hold what, each once, ``shape`` int32."""
    held = csr_matrix((np.ones(len(code), dtype=np.int32), (basket, code)), shape=shape)
    held.sum_duplicates()
    held.data[:] = 1
    return held
