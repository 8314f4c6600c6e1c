"""Laws of search: what holds for any embeddings, ties, zeros, one row and filters among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.index import Index, Metric
from pipeline.index.engines.bounded import BoundedIndex
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import FEW, HnswIndex
from pipeline.index.engines.reference import ReferenceIndex
from pipeline.index.index import TIE
from tests.support.milvus import NEEDS_LITE, in_milvus

LEAST, MOST = 2.0**-20, 2.0**20
"""Far beyond what networks give on both sides, and float32 still holds their squares."""
METRICS = pytest.mark.parametrize("metric", list(Metric))


@dataclass
class Search:
    """Embeddings and what is asked of them."""

    embeddings: np.ndarray
    queries: np.ndarray
    k: int
    allowed: np.ndarray | None = None

    @property
    def rows(self) -> np.ndarray:
        """The rows that may be found."""
        everything = np.arange(len(self.embeddings))
        return everything if self.allowed is None else everything[self.allowed]


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """Few rows, of few different numbers, so that many are equal, opposite or zero, or of any."""
    count, dimension = draw(st.integers(1, 20)), draw(st.integers(1, 6))
    few = st.sampled_from([0.0, 1.0, -1.0, 0.5])
    short = st.sampled_from([0.0, LEAST, 2 * LEAST, -LEAST])
    any_size = st.floats(LEAST, MOST, width=32) | st.floats(-MOST, -LEAST, width=32)
    numbers = draw(st.sampled_from([few, short, any_size]))
    embeddings = draw(arrays(np.float32, (count, dimension), elements=numbers))
    unseen = draw(arrays(np.float32, (1, dimension), elements=numbers))
    seen = embeddings[draw(st.integers(0, count - 1))]
    allowed = draw(st.none() | arrays(bool, count).filter(np.any))
    most = count if allowed is None else int(allowed.sum())
    return Search(embeddings, np.vstack([unseen, seen]), draw(st.integers(1, most)), allowed)


def of(*rows: list[float], query: list[float], k: int, allowed: list[bool] | None = None) -> Search:
    """A search by hand."""
    return Search(
        np.array(rows, dtype=np.float32),
        np.array([query], dtype=np.float32),
        k,
        None if allowed is None else np.array(allowed),
    )


ONE_ROW = of([0.0, 0.0], query=[0.0, 0.0], k=1)
# Closer than TIE, and so short that the rounding of their squares does not make them one.
SHORT = of([3 * LEAST], [2.75 * LEAST], [2.5 * LEAST], query=[0.0], k=1)


FEW_ROWS = {"SEEDS": 1, "SIFTED": 1, "BLOCKS": 2, "COMPONENTS": 2, "FEW": 1}


@pytest.fixture(autouse=True, scope="module")
def _bounds_matter() -> Iterator[None]:
    """Few rows are not all scored first, and have rests beside their components."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in FEW_ROWS.items():
            patch.setattr(f"pipeline.index.engines.bounded.{name}", value)
        yield


@METRICS
@pytest.mark.parametrize("engine", [ExactIndex, BoundedIndex.make])
@given(asked=searches())
@example(asked=ONE_ROW)
@example(asked=SHORT)
def test_exact_engines_give_what_the_reference_gives(
    engine: Callable[[np.ndarray, Metric], Index], metric: Metric, asked: Search
) -> None:
    how = (asked.queries, asked.k, asked.allowed)
    truth, best = ReferenceIndex(asked.embeddings, metric).search(*how)
    found, scores = engine(asked.embeddings, metric).search(*how)
    np.testing.assert_array_equal(found, truth)
    np.testing.assert_allclose(scores, best, rtol=1e-6, atol=TIE)


@NEEDS_LITE
@METRICS
@settings(max_examples=4)
@given(asked=searches())
@example(asked=ONE_ROW)
@example(asked=SHORT)
def test_a_database_gives_what_the_reference_gives(metric: Metric, asked: Search) -> None:
    """A few examples: each makes a collection."""
    how = (asked.queries, asked.k, asked.allowed)
    truth, best = ReferenceIndex(asked.embeddings, metric).search(*how)
    found, scores = in_milvus(asked.embeddings, metric).search(*how)
    np.testing.assert_array_equal(found, truth)
    np.testing.assert_allclose(scores, best, rtol=1e-6, atol=TIE)


@METRICS
@given(asked=searches())
@example(asked=ONE_ROW)
@example(asked=SHORT)
def test_the_reference_gives_what_plain_arithmetic_gives(metric: Metric, asked: Search) -> None:
    how = (asked.queries, asked.k, asked.allowed)
    found, scores = ReferenceIndex(asked.embeddings, metric).search(*how)
    for mine, reached, query in zip(found, scores, asked.queries, strict=True):
        plain = plain_scores(asked.embeddings[asked.rows], query, metric)
        distances = 1 - plain if metric is Metric.COSINE else plain
        order = np.lexsort((asked.rows, np.round(distances / TIE)))[: asked.k]
        np.testing.assert_array_equal(mine, asked.rows[order])
        np.testing.assert_allclose(reached, plain[order], rtol=1e-6, atol=TIE)


FEW_OF_MANY = Search(
    np.tile(np.eye(6, dtype=np.float32), (20, 1)),
    np.ones((2, 6), dtype=np.float32),
    1,
    np.arange(120) == 77,
)


@METRICS
@settings(max_examples=50)
@given(asked=searches())
@example(asked=ONE_ROW)
@example(asked=FEW_OF_MANY)
def test_the_graph_gives_nothing_wrong_only_what_may_be_less_near(
    metric: Metric, asked: Search
) -> None:
    """It is approximate: what it finds is allowed, distinct, scored exactly and in order.

    It equals the reference where nothing can be missed: where all that is allowed is asked for,
    and where a filter leaves so few that they are scanned.
    """
    how = (asked.queries, asked.k, asked.allowed)
    truth, best = ReferenceIndex(asked.embeddings, metric).search(*how)
    found, scores = HnswIndex.make(asked.embeddings, metric).search(*how)
    assert found.shape == scores.shape == truth.shape
    further = -1 if metric is Metric.COSINE else 1
    for mine, reached, nearest, query in zip(found, scores, best, asked.queries, strict=True):
        assert len(set(mine)) == asked.k
        assert np.isin(mine, asked.rows).all()
        plain = plain_scores(asked.embeddings[mine], query, metric)
        np.testing.assert_allclose(reached, plain, rtol=1e-6, atol=TIE)
        # What float32 rounds of a long distance comes on top of a tie.
        tie = TIE * np.maximum(1, np.abs(nearest))
        assert (further * np.diff(reached) >= -tie[1:]).all()
        assert (further * (reached - nearest) >= -tie).all()
    if asked.k == len(asked.rows) or len(asked.rows) / len(asked.embeddings) < FEW:
        np.testing.assert_array_equal(found, truth)


def plain_scores(rows: np.ndarray, query: np.ndarray, metric: Metric) -> np.ndarray:
    """Scores in float64, as the definitions say; what has no direction is like nothing."""
    rows, query = rows.astype(np.float64), query.astype(np.float64)
    if metric is Metric.EUCLIDEAN:
        return np.sqrt(((rows - query) ** 2).sum(axis=1))
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    return np.where(lengths > 0, (rows * query).sum(axis=1) / np.where(lengths > 0, lengths, 1), 0)
