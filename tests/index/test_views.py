"""Of an item of several pictures the nearest counts, by any metric, filter and colour weight."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.artifacts import Views
from pipeline.index import ColourQuery, Colours, Index, Metric
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.views import ViewsIndex

ITEMS, FURTHER, DIMENSION, COLOURS = 60, 150, 8, 4


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    rows = rng.random((count, COLOURS), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("weight", [None, 0.4])
@pytest.mark.parametrize("share", [1.0, 0.2])
def test_it_ranks_items_by_their_nearest_picture(
    metric: Metric, weight: float | None, share: float
) -> None:
    rng = np.random.default_rng(7)
    embeddings = rng.normal(size=(ITEMS + FURTHER, DIMENSION)).astype(np.float32)
    colours = unit(rng, ITEMS + FURTHER)
    of = rng.integers(-1, ITEMS, FURTHER)  # some of them of no item
    own = np.concatenate([np.arange(ITEMS), of])
    allowed = rng.random(ITEMS) < share
    items: Index = ExactIndex(embeddings[:ITEMS], metric)
    further = Views(of, embeddings[ITEMS:], colours[ITEMS:])
    index = ViewsIndex(items, ExactIndex(embeddings[ITEMS:], metric), further)
    k = min(7, int(allowed.sum()))
    for query, colour in zip(embeddings[:5] + 0.1, unit(rng, 5), strict=True):
        if weight is None:
            asked, everything = None, None
        else:
            scale = Colours.beside(embeddings[:ITEMS], colours[:ITEMS]).scale
            asked = [ColourQuery(Colours(colours[:ITEMS], scale), colour, weight)]
            everything = [ColourQuery(Colours(colours, scale), colour, weight)]
        rows, scores = index.search(query[None], k, allowed, asked)
        # Every picture alone, then each item where it comes first.
        may = (own >= 0) & allowed[own]
        pictures, each = ExactIndex(embeddings, metric).search(
            query[None], int(may.sum()), may, everything
        )
        first = dict(reversed(list(zip(own[pictures[0]].tolist(), each[0].tolist(), strict=True))))
        ordered = list(dict.fromkeys(own[pictures[0]].tolist()))[:k]
        assert rows[0].tolist() == ordered
        np.testing.assert_allclose(scores[0], [first[row] for row in ordered], rtol=1e-5)
