"""Saying: which of some items say of themselves what a query says in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from pipeline.artifacts import BuiltCatalogue
from pipeline.words.learning import is_text, words_of
from pipeline.words.spelling import SMALL, forms_of, joined, plain_forms

LONGEST = 500
"""Letters that are read of one text of an item."""
WHOLE = 0.5
"""What a text that says nothing but words of the query counts beside these: *Blue* comes before
*Navy Blue* where blue is asked for."""


def count_said(built: BuiltCatalogue, rows: np.ndarray, words: str) -> np.ndarray:
    """How many of a query's words items say of themselves, ``(m,)`` float64.

    A word counts once, in the singular or the plural, with accents or without, however many texts
    of an item say it, and two words that an item writes in one, or one that it writes as two,
    count too.

    Args:
        built: The catalogue.
        rows: The items, ``(m,)``.
        words: The words.
    """
    asked = [word for word in dict.fromkeys(words_of(words)) if word not in SMALL]
    if not asked:
        return np.zeros(len(rows))
    said, wholes = np.zeros((len(rows), len(asked)), dtype=bool), np.zeros(len(rows))
    for name in built.attribute_names:
        column = built.column(name)
        if not is_text(column):
            continue
        encoded = column.take(pa.array(rows)).combine_chunks().dictionary_encode()
        codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        texts = [words_of(value[:LONGEST]) for value in encoded.dictionary.to_pylist()]
        said |= np.array([*(_says(text, asked) for text in texts), _says([], asked)])[codes]
        wholes += np.array([*_wholes(texts, asked), False])[codes]
    counts: np.ndarray = said.sum(axis=1) + WHOLE * wholes
    return counts


def _says(text: Sequence[str], asked: Sequence[str]) -> list[bool]:
    """Which of the words that are asked a text says."""
    own = _plain((*text, *joined(text)))
    says = [not own.isdisjoint(_plain(forms_of(word))) for word in asked]
    for number, pair in enumerate(joined(asked)):
        if not own.isdisjoint(_plain(forms_of(pair))):
            says[number] = says[number + 1] = True
    return says


def _wholes(texts: Sequence[Sequence[str]], asked: Sequence[str]) -> list[bool]:
    """Which texts of one attribute say words that are asked alone, each as many as any other."""
    every = _plain(form for word in (*asked, *joined(asked)) for form in forms_of(word))
    own = [
        frozenset(text)
        if text and not any(every.isdisjoint(plain_forms(word)) for word in text)
        else frozenset()
        for text in texts
    ]
    named = {words for words in own if words}
    # Who asks for navy blue does not ask for blue.
    most = {words for words in named if not any(words < more for more in named)}
    return [words in most for words in own]


def _plain(words: Iterable[str]) -> set[str]:
    """Words as they are without accents, by which those with and without are one."""
    return {plain for word in words for plain in plain_forms(word)}
