"""Names: what a search among the names of items finds, as shops without pictures have it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import name_attributes

K1, B = 1.2, 0.75
"""How soon a word said again stops counting, and how much a long name counts less: the values that
Lucene's ``BM25Similarity`` has by default, and so Elasticsearch and Solr."""


class NameSearch:
    """Searches names by BM25 (Robertson and Zaragoza 2009, section 3).

    A word counts ``log(1 + (N - n + 0.5) / (n + 0.5))`` by how rare it is, as in Lucene, which
    is never below 0. Small and capital letters are the same, and no word is cut to its stem.

    Args:
        names: The name of each item, empty where it has none.

    Raises:
        ValueError: If there is no word in them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import CountVectorizer

        self._counter = CountVectorizer()
        counts = self._counter.fit_transform(names).tocoo()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        named = int((lengths > 0).sum())
        having = np.bincount(counts.col, minlength=counts.shape[1])
        rarity = np.log1p((named - having + 0.5) / (having + 0.5))
        damping = K1 * (1 - B + B * lengths * named / lengths.sum())
        often = counts.data * (K1 + 1) / (counts.data + damping[counts.row])
        weights = often * rarity[counts.col]
        self._weights = csr_matrix((weights, (counts.row, counts.col)), shape=counts.shape)

    def scores(self, words: str) -> np.ndarray:
        """How well each name fits words, ``(n,)`` float64; 0 where it has none of them."""
        asked = self._counter.transform([words])
        scores: np.ndarray = (self._weights @ asked.T).toarray()[:, 0]
        return scores


def names_of(built: BuiltCatalogue, judged: Collection[str]) -> list[str]:
    """The name of each item, empty where it has none.

    Args:
        built: The items.
        judged: The attributes that matches are judged by: a name that is one of them would be
            found by itself.
    """
    columns = [
        built.column(attribute).to_pylist()
        for attribute in name_attributes(built.attribute_names)
        if attribute not in judged
    ]
    if not columns:
        return [""] * len(built)
    return [
        str(next((value for value in values if value not in (None, "")), ""))
        for values in zip(*columns, strict=True)
    ]
