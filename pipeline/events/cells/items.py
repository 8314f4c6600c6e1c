"""Items: which item of a catalogue, or of the log itself, a cell names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipeline.events.cells.texts import numbers_of
from pipeline.events.columns import compared
from pipeline.events.events import Counts
from pipeline.letters import bare_number

BY_VARIANT, BY_ZEROS = 1, 2
"""How an item is called where it is not by its own id."""
ROUNDED = -2
"""The number of an item whose id Excel has rounded, so that it may be of any of several."""
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


def is_rounded(text: str) -> bool:
    """Whether an id is how Excel saves a long number: ``4,91511E+12``, as it saves others too."""
    return "+" in text and _ROUNDED.fullmatch(text) is not None


class ItemNumbers:
    """The items of a catalogue by what a log calls them, or all those of the log.

    Args:
        items: The ids of the catalogue; None to number those of the log as they are met.
        variants: The ids of rows that were folded into an item, each with the item's id.
    """

    def __init__(self, items: Sequence[str] | None, variants: Sequence[tuple[str, str]]) -> None:
        self.unknown: set[str] = set()
        self._is_open = items is None
        self._own = {item: number for number, item in enumerate(items or ())}
        self._count = len(self._own)
        self._variants = variants
        self._standing: dict[str, int] = {}
        self._stands_for: list[int] = []
        self._has_zeros: list[bool] = []
        self._by_bare: dict[str, str] = {}
        self._ambiguous: set[str] = set()

    @property
    def ids(self) -> list[str]:
        """The ids by their numbers."""
        return list(self._own)

    def numbers(self, texts: pa.Array, left: np.ndarray) -> np.ndarray:
        """The number of each row's item, ``(m,)`` int32, to be `settled`; below 0 for none."""
        return numbers_of(texts, left, self._number)

    def _number(self, text: str) -> int:
        if is_rounded(text):
            return ROUNDED
        if self._is_open:
            return self._own.setdefault(text, len(self._own))
        bare = bare_number(text)
        if bare and self._by_bare.setdefault(bare, text) != text:
            self._ambiguous.add(bare)
        if (own := self._own.get(text)) is not None:
            return own
        key = compared(text)
        ids, variants, zeros = self._indices
        if (number := ids.get(key, -1)) >= 0:
            return number
        number = variants.get(key, zeros.get(bare, -1))
        if number < 0:
            self.unknown.add(text)
            return -1
        # Until the whole log is read, what stands for an item has a number of its own.
        if text not in self._standing:
            self._standing[text] = self._count + len(self._standing)
            self._stands_for.append(number)
            self._has_zeros.append(key not in variants)
        return self._standing[text]

    def settled(self, numbers: np.ndarray, counts: Counts) -> tuple[np.ndarray, np.ndarray]:
        """The items of all rows, now that it is known what else the log calls them.

        A number but for its zeros stands for no item where the log has it with other zeros too.

        Args:
            numbers: Those of `numbers`.
            counts: Told an example.

        Returns:
            Their numbers, -1 for none, and for each whether it is called otherwise: 0 for its own
            id, `BY_VARIANT` or `BY_ZEROS`.
        """
        own = len(self._own)
        items = np.arange(own + len(self._standing), dtype=np.int32)
        hows = np.zeros(len(items), dtype=np.int8)
        ids = self.ids if True in self._has_zeros else []
        for text, place in self._standing.items():
            item, has_zeros = self._stands_for[place - own], self._has_zeros[place - own]
            items[place], hows[place] = item, BY_ZEROS if has_zeros else BY_VARIANT
            if has_zeros and bare_number(text) in self._ambiguous:
                items[place] = -1
                self.unknown.add(text)
            elif has_zeros:
                counts.zeros_example = (text, ids[item])
        return items[numbers], hows[numbers]

    @cached_property
    def _indices(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """The items by their ids as they are compared, by those of variants, by bare numbers."""
        ids = _index((compared(item), number) for item, number in self._own.items())
        variants = _index(
            (compared(variant), self._own[item])
            for variant, item in self._variants
            if item in self._own
        )
        zeros = _index(
            (bare, number)
            for named in (ids, variants)
            for text, number in named.items()
            if (bare := bare_number(text))
        )
        return ids, variants, zeros


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The number of each text; -1 for one of several."""
    index: dict[str, int] = {}
    for text, number in pairs:
        index[text] = number if index.setdefault(text, number) == number else -1
    return index
