"""Colour beside shape: how the descriptors of colours are mixed into a search.

With a weight w from 0 to 1, embeddings e and descriptors c of length 1, the mixed score is

- by cosine: (1 - w) cos(e, e') + w (c . c'), between the two scores;
- by Euclidean: the root of (1 - w) |e - e'|^2 + w s^2 |c - c'|^2, where the scale s is the root
  mean square length of the catalogue's embeddings: a distance in their units. Where all embeddings
  are as long as s, both metrics rank alike, as they do without colour.

At 0 both are the scores of the embeddings alone, at 1 those of the colours. They are the product
and the distance of the concatenations (sqrt(1 - w) e, sqrt(w) s c): a sum of kernels is the kernel
of the concatenated features (Shawe-Taylor and Cristianini 2004, chapter 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SCALE_ROWS = 4096
"""Rows, spread evenly, whose lengths give the scale; it must not depend on who computes it."""


@dataclass(frozen=True)
class Colours:
    """The colours of a catalogue's items.

    Attributes:
        rows: One descriptor an item, ``(n, c)`` float32, each of length 1.
        scale: What a distance of colours is multiplied by beside one of embeddings.
    """

    rows: np.ndarray
    scale: float

    @classmethod
    def beside(cls, embeddings: np.ndarray, rows: np.ndarray) -> Colours:
        """The colours of the items that have these embeddings, ``(n, dimension)`` float32."""
        spread = np.linspace(0, len(embeddings) - 1, min(len(embeddings), SCALE_ROWS)).astype(int)
        sample = np.asarray(embeddings[spread], dtype=np.float64)
        return cls(rows, float(np.sqrt(np.einsum("ij,ij->i", sample, sample).mean())))


@dataclass(frozen=True)
class ColourQuery:
    """The colours asked for beside the embedding of one query.

    Attributes:
        colours: Those of the items.
        query: The descriptor of the query, ``(c,)`` float32 of length 1.
        weight: How much colour counts, from 0 to 1.
    """

    colours: Colours
    query: np.ndarray
    weight: float

    def mix(self, distances: np.ndarray, rows: np.ndarray | slice, *, squared: bool) -> np.ndarray:
        """Mix the distances of colours into those of embeddings.

        Args:
            distances: Of the query and some items, ``(m,)``: 1 - cosine, or Euclidean squared.
            rows: Which items those are.
            squared: Whether they are the latter.

        Returns:
            The mixed distances, ``(m,)`` in the precision of those given: 1 - score, or squared.
        """
        apart = self.colours.rows[rows].astype(distances.dtype) - self.query
        squares = np.einsum("ij,ij->i", apart, apart)
        # Of two directions, 1 - cosine is half the squared distance.
        scale = self.colours.scale**2 if squared else 0.5
        mixed: np.ndarray = (1 - self.weight) * distances + (self.weight * scale) * squares
        return mixed
