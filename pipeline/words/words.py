"""Words: what they mean in the embeddings of a catalogue."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.errors import QueryError
from pipeline.words.learning import UNSPACED, Learned, composed, counter_of, words_of

MOST_CORRECTED = 3
"""Unknown words for which a known one is looked for: each is compared with many."""
_UNSPACED, _ANY_UNSPACED = re.compile(rf"[{UNSPACED}]+"), re.compile(rf"[{UNSPACED}]")
LETTERS_APART = 2
"""How much longer or shorter what a person may have meant is."""


@dataclass(frozen=True)
class Meant:
    """What words mean in a catalogue.

    Attributes:
        embedding: ``(dimension,)`` float32, as long as the catalogue's embeddings in the mean.
        colours: The descriptor of colours, of length 1; None where the catalogue has none.
        unknown: The words that the catalogue never uses.
    """

    embedding: np.ndarray
    colours: np.ndarray | None
    unknown: tuple[str, ...]


class Words:
    """The words of one catalogue.

    Args:
        learned: What was learned of them.
        dimension: The length of its embeddings.

    Raises:
        ValueError: If it cannot have been learned.
    """

    def __init__(self, learned: Learned, dimension: int) -> None:
        self._learned = learned
        self._dimension = dimension
        self._counter = counter_of(learned)
        # Refused now where its parts do not fit each other.
        self.meant(next(iter(learned.known)))

    def meant(self, words: str) -> Meant:
        """What words mean.

        Raises:
            QueryError: If the catalogue uses none of them.
        """
        learned = self._learned
        asked = list(dict.fromkeys(words_of(words)))
        unknown = tuple(word for word in asked if not self._knows(word))
        # A letter says too little where no word beside it is known.
        telling = [word for word in asked if len(word) > 1 or _UNSPACED.fullmatch(word)]
        if set(telling or asked) <= set(unknown):
            raise QueryError(f"The catalogue knows no word of '{words}'. {self._nearby(asked)}")
        counts = self._counter.transform([composed(words)]).tocoo()
        found = counts.data @ learned.rows[counts.col] + learned.rows[-1].astype(np.float64)
        direction, colours = found[: self._dimension], np.maximum(found[self._dimension :], 0)
        embedding = direction * learned.length / max(float(np.linalg.norm(direction)), 1e-12)
        norm = float(np.linalg.norm(colours))
        return Meant(
            embedding.astype(np.float32),
            (colours / norm).astype(np.float32) if norm > 0 else None,
            unknown,
        )

    def _knows(self, word: str) -> bool:
        """Whether the catalogue uses a word, alone or, where none are divided, among others."""
        if word in self._learned.known:
            return True
        return _UNSPACED.fullmatch(word) is not None and word in self._unspaced

    @cached_property
    def _unspaced(self) -> str:
        """All words that it uses of scripts without blanks, to look for one among others."""
        return "\n".join(word for word in self._learned.known if _ANY_UNSPACED.search(word))

    def _nearby(self, asked: Sequence[str]) -> str:
        """What else a person may have meant."""
        close = []
        longer = [word for word in asked if len(word) > 1]  # a letter is like too many
        for one in longer[:MOST_CORRECTED]:
            lengths = range(len(one) - LETTERS_APART, len(one) + LETTERS_APART + 1)
            alike = [word for word in self._learned.known if len(word) in lengths]
            close += difflib.get_close_matches(one, alike, 1)
        if close:
            return f"Did you mean '{' '.join(close)}'?"
        return "Use words of its names and attributes."
