"""What training items teach: the classes that each may have, and the words of its name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from pipeline.catalogue import Catalogue, Same, attribute_values
from pipeline.errors import CatalogueError

MIN_CLASS_SIZE = 5
"""Rarer values teach nothing that holds; such items train the other attributes only."""
MIN_WORD_ITEMS = 20
"""Rarer words are mostly names of models."""


@dataclass(frozen=True)
class Labels:
    """The classes of each attribute, in a fixed order.

    Attributes:
        classes: The values of each attribute.
        same: Which values of two attributes can mean the same; None where nothing says so.
        words: The words of names that are learnt besides.
        name: The column that holds the names; None to learn no words.
    """

    classes: dict[str, tuple[str, ...]]
    same: Same | None = None
    words: tuple[str, ...] = ()
    name: str | None = None

    @classmethod
    def of(
        cls,
        catalogues: list[Catalogue],
        attributes: list[str],
        same: Same | None = None,
        name: str | None = None,
    ) -> Labels:
        """Collect the values of each attribute that at least `MIN_CLASS_SIZE` items have.

        Raises:
            CatalogueError: If an attribute has fewer than two such values, or no word is
                frequent enough.
        """
        classes = {}
        for attribute in attributes:
            values = (v for catalogue in catalogues for v in attribute_values(catalogue, attribute))
            counts = Counter(value for value in values if value is not None)
            names = tuple(sorted(v for v, count in counts.items() if count >= MIN_CLASS_SIZE))
            if len(names) < 2:
                known = dict.fromkeys(n for c in catalogues for n in c.attribute_names)
                raise CatalogueError(
                    f"The attribute '{attribute}' has {len(names)} values with at least "
                    f"{MIN_CLASS_SIZE} items each; learning needs two. The attributes are "
                    f"{', '.join(known)}."
                )
            classes[attribute] = names
        return cls(classes, same, _frequent_words(catalogues, name) if name else (), name)

    def encode(self, catalogue: Catalogue) -> np.ndarray:
        """What each item may be, ``(n, all classes)`` bool, the attributes side by side.

        An item has the class of its own value, and those that `same` says it can mean: a phone
        photo of pants may be trousers or jeans. Nothing is true where nothing is known.
        """
        parts = [self._allowed(catalogue, attribute) for attribute in self.classes]
        return np.concatenate(parts, axis=1)

    def chances(self, catalogue: Catalogue) -> np.ndarray:
        """How often to draw each item, ``(n,)`` float64 that sum to 1: rare kinds more often.

        A kind's items share the square root of its size, as words do in Mahajan et al. 2018
        (arXiv:1805.00932, section 2.2). The kind is the first attribute that the catalogue has
        values of; items without one count as a kind.
        """
        every = (attribute_values(catalogue, attribute) for attribute in self.classes)
        kinds = next((values for values in every if any(values)), [None] * len(catalogue))
        sizes = Counter(kinds)
        chances = np.array([sizes[kind] ** -0.5 for kind in kinds])
        return np.asarray(chances / chances.sum())

    def encode_words(self, catalogue: Catalogue) -> np.ndarray:
        """Which words the name of each item has, ``(n, words)`` bool."""
        number = {word: position for position, word in enumerate(self.words)}
        found = np.zeros((len(catalogue), len(self.words)), dtype=bool)
        names = attribute_values(catalogue, self.name) if self.name else []
        for row, name in enumerate(names):
            found[row, [number[word] for word in _words(name) if word in number]] = True
        return found

    def _allowed(self, catalogue: Catalogue, attribute: str) -> np.ndarray:
        number = {value: position for position, value in enumerate(self.classes[attribute])}
        allowed = np.zeros((len(catalogue), len(number)), dtype=bool)
        for row, value in enumerate(attribute_values(catalogue, attribute)):
            if value in number:
                allowed[row, number[value]] = True
        for source, meanings in self._synonyms(attribute):
            for row, value in enumerate(attribute_values(catalogue, source)):
                allowed[row, [number[m] for m in meanings.get(value, ()) if m in number]] = True
        return allowed

    def _synonyms(self, attribute: str) -> list[tuple[str, dict[str | None, list[str]]]]:
        """Other columns whose values tell something of this attribute."""
        if self.same is None:
            return []
        one, other = self.same.query_column, self.same.item_column
        found = []
        for source, target, flip in ((one, other, False), (other, one, True)):
            if target != attribute:
                continue
            meanings: dict[str | None, list[str]] = {}
            for pair in sorted(self.same.pairs):
                value, meaning = pair[::-1] if flip else pair
                meanings.setdefault(value, []).append(meaning)
            found.append((source, meanings))
        return found


def _frequent_words(catalogues: list[Catalogue], column: str) -> tuple[str, ...]:
    names = (name for catalogue in catalogues for name in attribute_values(catalogue, column))
    counts = Counter(word for name in names for word in set(_words(name)))
    words = tuple(sorted(word for word, count in counts.items() if count >= MIN_WORD_ITEMS))
    if not words:
        raise CatalogueError(
            f"No word stands in the column '{column}' of {MIN_WORD_ITEMS} items, so there is "
            "nothing to learn from it. Name another column, or leave --words out."
        )
    return words


def _words(name: str | None) -> list[str]:
    """Words of three letters and more, without the s of a plural."""
    return [word.removesuffix("s") for word in re.findall(r"[^\W\d_]{3,}", (name or "").lower())]
