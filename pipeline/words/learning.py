"""Learning: from what a catalogue says of its items to what each word adds to an embedding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import QueryError
from pipeline.letters import small_letters
from pipeline.spreading import spread

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

MAX_ITEMS = 16_384
"""Items, spread evenly, from which words are learned."""
MAX_KNOWN = 200_000
"""Words that are known; where a catalogue uses more, most are codes that nobody asks for."""
FEATURES = 2_048
"""Word groups, and as many parts of words, that are told apart."""
PENALTY = 1.0
"""Of the ridge regression; a third and three times as much found no more."""
KINDS: Mapping[str, tuple[str, int, int]] = {"words": ("word", 1, 2), "parts": ("char_wb", 2, 4)}
"""What is counted in a text: words and pairs of them, and parts of two to four letters."""
_MARKS = "".join(chr(c) for c in range(0x300, 0xAC00) if unicodedata.category(chr(c))[0] == "M")
"""Signs that belong to the letter before them, as vowels do in Devanagari and Thai."""
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Letters of scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, kana, Chinese."""
WORD = rf"[\w{_MARKS}]{{2,}}|(?<!\w['\u2019])[\w{UNSPACED}](?!['\u2019]\w)"
"""A word: a letter alone is one too, as in *V-neck* and *T-shirt*, not in *men's* or *d'été*."""
READING = 3
"""Raised whenever what is a word changes, so that older words are learned again."""
_WORD = re.compile(WORD)


@dataclass(frozen=True)
class Learned:
    """What is learned of the words of a catalogue.

    Attributes:
        known: Every word that it uses, `MAX_KNOWN` or a few more at most.
        terms: By kind, the terms that are counted, in the order of the rows.
        weights: How much each term counts where it is rare, ``(terms,)`` float64.
        rows: What each term adds to the direction of an embedding, and to the colours after it;
            in the last row the mean of both, ``(terms + 1, dimension + colours)`` float32.
        length: The mean length of the embeddings.
    """

    known: frozenset[str]
    terms: dict[str, list[str]]
    weights: np.ndarray
    rows: np.ndarray
    length: float


def learn_words(built: BuiltCatalogue) -> Learned:
    """Learn the words of a catalogue, in its own language, in seconds.

    The names and attributes of its items, as TF-IDF of words, pairs of words and parts of words,
    are regressed on the directions of their embeddings and on their colours by ridge regression
    (Hoerl and Kennard 1970).

    Raises:
        QueryError: If its items have no text to learn from.
    """
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import FeatureUnion

    rows = spread(len(built), MAX_ITEMS)
    texts = _texts(built, rows)
    known = _known(built)
    if not known:
        raise QueryError(
            "The items of the catalogue have no names or other texts, so it knows no words. "
            "Ask by a picture."
        )
    counted = FeatureUnion([(name, _tfidf(*kind)) for name, kind in KINDS.items()])
    embeddings = np.asarray(built.embeddings[rows], dtype=np.float64)
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    targets = embeddings / np.where(lengths > 0, lengths, 1)
    if built.colours is not None:
        targets = np.hstack([targets, built.colours[rows]])
    mean = targets.mean(axis=0)
    ridge = Ridge(alpha=PENALTY, fit_intercept=False, solver="cholesky")
    ridge.fit(counted.fit_transform(texts), targets - mean)
    counters = dict(counted.transformer_list)
    return Learned(
        known,
        {name: counters[name].get_feature_names_out().tolist() for name in KINDS},
        np.concatenate([counters[name].idf_ for name in KINDS]),
        np.vstack([ridge.coef_.T, mean]).astype(np.float32),
        float(lengths.mean()),
    )


def counter_of(learned: Learned) -> FeatureUnion:
    """What counts the terms of a text as they were counted in learning.

    Raises:
        ValueError: If there is a term twice, or not one weight for each.
    """
    from sklearn.pipeline import FeatureUnion

    counters, start = [], 0
    for name, kind in KINDS.items():
        terms = learned.terms[name]
        counter = _tfidf(*kind)
        counter.set_params(vocabulary=terms)
        counter.idf_ = learned.weights[start : start + len(terms)]
        counters.append((name, counter))
        start += len(terms)
    return FeatureUnion(counters)


def words_of(text: str) -> list[str]:
    """The words of a text, see `small_letters`."""
    return _WORD.findall(small_letters(text))


def has_words(built: BuiltCatalogue) -> bool:
    """Whether a catalogue says anything of its items in words."""
    return any(is_text(built.column(name)) for name in built.attribute_names)


def is_text(column: pa.ChunkedArray) -> bool:
    """Whether an attribute is of texts."""
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _tfidf(analyzer: str, least: int, most: int) -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=(least, most),
        max_features=FEATURES,
        sublinear_tf=True,
        lowercase=False,  # they come in small letters
        token_pattern=WORD if analyzer == "word" else None,
    )


def _known(built: BuiltCatalogue) -> frozenset[str]:
    known: set[str] = set()
    for value in _values(built):
        known.update(words_of(value))
        if len(known) >= MAX_KNOWN:
            break
    return frozenset(known)


def _values(built: BuiltCatalogue) -> Iterator[str]:
    """Every text of the catalogue that words are learned from, each value of a column once."""
    for name in built.attribute_names:
        column = built.column(name)
        if is_text(column):
            yield from (v for v in column.unique().to_pylist() if v and "://" not in v)


def _texts(built: BuiltCatalogue, rows: Sequence[int] | np.ndarray) -> list[str]:
    """All that the catalogue says of each item in words, each value once."""
    columns = [built.column(name) for name in built.attribute_names]
    are_texts = [is_text(column) for column in columns]
    said = [
        column.take(pa.array(rows)).to_pylist()
        for column, text in zip(columns, are_texts, strict=True)
        if text
    ]
    if not said:
        return [""] * len(rows)
    return [
        small_letters(" ".join(dict.fromkeys(v for v in values if v and "://" not in v)))
        for values in zip(*said, strict=True)
    ]
