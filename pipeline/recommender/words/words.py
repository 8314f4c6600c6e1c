"""Words: from what a catalogue says of its items to the embeddings that they have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import QueryError

MAX_ITEMS = 16_384
"""Items, spread evenly, from which words are learned."""
FEATURES = 2_048
"""Word groups, and as many parts of words, that are told apart."""
PENALTY = 1.0
"""Of the ridge regression; a third and three times as much found no more."""
_WORD = re.compile(r"(?u)\b\w\w+\b")


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
    """The words of one catalogue, in its own language.

    The names and attributes of its items, as TF-IDF of words, pairs of words and parts of words,
    are regressed on the directions of their embeddings and on their colours by ridge regression
    (Hoerl and Kennard 1970). Learned from the catalogue when words are first asked for, in
    seconds.

    Args:
        built: The catalogue.

    Raises:
        QueryError: If its items have no text to learn from.
    """

    def __init__(self, built: BuiltCatalogue) -> None:
        rows = np.unique(np.linspace(0, len(built) - 1, min(len(built), MAX_ITEMS)).astype(int))
        texts = _texts(built, rows)
        self._known = {word for text in texts for word in _words(text)}
        if not self._known:
            raise QueryError(
                "The items of the catalogue have no names or other texts, so it knows no words. "
                "Ask by a picture."
            )
        self._features = FeatureUnion(
            [
                ("words", _tfidf("word", 1, 2)),
                ("parts", _tfidf("char_wb", 2, 4)),
            ]
        )
        embeddings = np.asarray(built.embeddings[rows], dtype=np.float64)
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        self._length, self._dimension = float(lengths.mean()), embeddings.shape[1]
        targets = embeddings / np.where(lengths > 0, lengths, 1)
        if built.colours is not None:
            targets = np.hstack([targets, built.colours[rows]])
        self._mean = targets.mean(axis=0)
        ridge = Ridge(alpha=PENALTY, fit_intercept=False, solver="cholesky")
        self._ridge = ridge.fit(self._features.fit_transform(texts), targets - self._mean)

    def meant(self, words: str) -> Meant:
        """What words mean.

        Raises:
            QueryError: If the catalogue uses none of them.
        """
        asked = list(dict.fromkeys(_words(words)))
        unknown = tuple(word for word in asked if word not in self._known)
        if len(unknown) == len(asked):
            raise QueryError(f"The catalogue knows no word of '{words}'. {self._nearby(asked)}")
        found = self._ridge.predict(self._features.transform([words]))[0] + self._mean
        direction, colours = found[: self._dimension], np.maximum(found[self._dimension :], 0)
        embedding = direction * self._length / max(float(np.linalg.norm(direction)), 1e-12)
        norm = float(np.linalg.norm(colours))
        return Meant(
            embedding.astype(np.float32),
            (colours / norm).astype(np.float32) if norm > 0 else None,
            unknown,
        )

    def _nearby(self, asked: Sequence[str]) -> str:
        """What else a person may have meant."""
        close = [word for one in asked for word in difflib.get_close_matches(one, self._known, 1)]
        if close:
            return f"Did you mean '{' '.join(close)}'?"
        return "Use words of its names and attributes."


def _tfidf(analyzer: str, least: int, most: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=analyzer, ngram_range=(least, most), max_features=FEATURES, sublinear_tf=True
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _texts(built: BuiltCatalogue, rows: np.ndarray) -> list[str]:
    """All that the catalogue says of each item in words, each value once."""
    columns = [built.column(name) for name in built.attribute_names]
    is_text = [pa.types.is_string(c.type) or pa.types.is_large_string(c.type) for c in columns]
    said = [
        column.take(pa.array(rows)).to_pylist()
        for column, text in zip(columns, is_text, strict=True)
        if text
    ]
    if not said:
        return [""] * len(rows)
    return [
        " ".join(dict.fromkeys(value for value in values if value and "://" not in value))
        for values in zip(*said, strict=True)
    ]
