"""Words: what they mean in the embeddings of a catalogue."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from pipeline.errors import QueryError
from pipeline.letters import small_letters
from pipeline.words.learning import UNSPACED, Learned, counter_of, words_of
from pipeline.words.spelling import SMALL, forms_of, plain_forms

MOST_CORRECTED = 3
"""Unknown words for which a known one is looked for: each is compared with many."""
_UNSPACED, _ANY_UNSPACED = re.compile(rf"[{UNSPACED}]+"), re.compile(rf"[{UNSPACED}]")
LETTERS_APART = 2
"""How much longer or shorter what a person may have meant is."""
LIKENESS = 0.75
"""Of a word to what may have been meant, as `difflib` counts the letters that both have in their
order: *blck* and *black* have 0.89, *sneaker* and *sweater* 0.71."""


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
        spelled = self._as_spelled(words_of(words))
        asked = list(dict.fromkeys(words_of(" ".join(spelled))))
        unknown = tuple(word for word in asked if not self._knows(word))
        # A letter says too little where no word beside it is known.
        telling = [word for word in asked if len(word) > 1 or _UNSPACED.fullmatch(word)]
        if set(telling or asked) <= set(unknown):
            raise QueryError(f"The catalogue knows no word of '{words}'. {self._nearby(asked)}")
        is_as_spelled = spelled == words_of(words)
        text = small_letters(words) if is_as_spelled else " ".join(spelled)
        counts = self._counter.transform([text]).tocoo()
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

    def _as_spelled(self, words: Sequence[str]) -> list[str]:
        """Words as the catalogue spells them, without the small ones that it does not say so.

        A word that it knows stays as it is; of another it may have the singular or the plural,
        or write two words as one, or one as two, or with accents, or without.
        """
        spelled: list[str] = []
        for number, word in enumerate(words):
            if word in SMALL:
                beside = words[max(0, number - 1) : number + 2]
                if any(pair in self._pairs for pair in map(" ".join, pairwise(beside))):
                    spelled.append(word)
            elif spelled and (one := self._as_one(spelled[-1], word)):
                spelled[-1] = one
            else:
                spelled.append(word)
        return [self._as_known(word) for word in spelled or words]

    def _as_one(self, word: str, after: str) -> str | None:
        """Two words as the catalogue writes them in one, where it does not know them both."""
        if self._knows(word) and self._knows(after):
            return None
        forms = (form for form in forms_of(word + after) if form in self._learned.known)
        return next(forms, None)

    def _as_known(self, word: str) -> str:
        """A word as the catalogue has it, by number, accents, or as two words; else itself."""
        if self._knows(word):
            return word
        forms = forms_of(word)
        known = (form for form in forms if form in self._learned.known)
        plain = (plain for form in forms for plain in plain_forms(form))
        accented = (self._accented[one] for one in plain if one in self._accented)
        parted = (
            f"{form[:place]} {form[place:]}"
            for form in forms
            for place in range(1, len(form))
            if f"{form[:place]} {form[place:]}" in self._pairs
        )
        return next(known, None) or next(accented, None) or next(parted, word)

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """The commonest pairs of words that stand beside each other in what it says."""
        return frozenset(term for term in self._learned.terms["words"] if " " in term)

    @cached_property
    def _accented(self) -> dict[str, str]:
        """The words that it uses, by what they are without accents."""
        known = sorted(self._learned.known, reverse=True)  # of two the first is taken
        return {plain: word for word in known for plain in plain_forms(word)}

    @cached_property
    def _unspaced(self) -> str:
        """All words that it uses of scripts without blanks, to look for one among others."""
        return "\n".join(word for word in self._learned.known if _ANY_UNSPACED.search(word))

    def _nearby(self, asked: Sequence[str]) -> str:
        """What else a person may have meant."""
        close = []
        # A letter is like too many; who mistypes a word mostly begins it right.
        longer = [word for word in asked if len(word) > 1]
        for one in longer[:MOST_CORRECTED]:
            lengths = range(len(one) - LETTERS_APART, len(one) + LETTERS_APART + 1)
            alike = [
                word
                for word in self._learned.known - SMALL
                if len(word) in lengths and word[0] == one[0]
            ]
            close += difflib.get_close_matches(one, alike, 1, LIKENESS)
        if close:
            return f"Did you mean '{' '.join(close)}'?"
        return "Use words of its names and attributes."
