"""The index gives what a plain numpy computation gives, ties in the order of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import QueryError
from pipeline.index import Metric
from pipeline.index.engines.exact import ExactIndex


def embeddings(count: int = 300, dimension: int = 64, seed: int = 0) -> np.ndarray:
    """Non-negative and of uneven length, as pooled features are."""
    generator = np.random.default_rng(seed)
    directions = np.abs(generator.normal(size=(count, dimension)))
    return (directions * generator.uniform(0.2, 3, size=(count, 1))).astype(np.float32)


def plain_scores(query: np.ndarray, rows: np.ndarray, metric: Metric) -> np.ndarray:
    query, rows = query.astype(np.float64), rows.astype(np.float64)
    if metric is Metric.COSINE:
        return rows @ query / (np.linalg.norm(rows, axis=1) * np.linalg.norm(query))
    return np.sqrt(((rows - query) ** 2).sum(axis=1))


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("k", [1, 5, 300])
def test_it_is_exact(metric: Metric, k: int) -> None:
    rows = embeddings()
    queries = embeddings(4, seed=1)
    found, scores = ExactIndex(rows, metric).search(queries, k)
    assert found.shape == scores.shape == (4, k)
    for number, query in enumerate(queries):
        expected = plain_scores(query, rows, metric)
        nearest = np.sort(-expected if metric is Metric.COSINE else expected)[:k]
        best = -nearest if metric is Metric.COSINE else nearest
        assert len(set(found[number])) == k
        # Compared by score: what is closer than float32 can tell apart is a tie.
        np.testing.assert_allclose(expected[found[number]], best, atol=5e-6)
        np.testing.assert_allclose(scores[number], best, rtol=1e-4, atol=1e-4)


def test_the_two_metrics_rank_differently_on_raw_embeddings() -> None:
    rows, query = embeddings(), embeddings(1, seed=2)
    by_angle, _ = ExactIndex(rows, Metric.COSINE).search(query, 5)
    by_distance, _ = ExactIndex(rows, Metric.EUCLIDEAN).search(query, 5)
    assert by_angle.tolist() != by_distance.tolist()


@pytest.mark.parametrize("metric", list(Metric))
def test_ties_come_in_the_order_of_the_rows_even_across_k(metric: Metric) -> None:
    rows = embeddings(60)
    rows[10:40] = rows[10]
    found, _ = ExactIndex(rows, metric).search(rows[10:11], 5)
    assert found[0].tolist() == [10, 11, 12, 13, 14]


def test_great_and_nearly_equal_embeddings_are_told_apart() -> None:
    """Where distances come from differences of squares, their rounding exceeds them here."""
    rows = embeddings(2000, 256, seed=3) * 1000
    rows[500:540] = rows[500]
    rows[520, 0] += 0.5
    found, scores = ExactIndex(rows, Metric.EUCLIDEAN).search(rows[500:501], 40)
    equal = [row for row in range(500, 540) if row != 520]
    assert found[0].tolist() == [*equal, 520]
    assert scores[0, :39].max() == 0
    assert scores[0, 39] == pytest.approx(0.5, abs=0.02)


def test_a_query_of_zeros_is_answered_in_the_order_of_the_rows() -> None:
    found, scores = ExactIndex(embeddings(10), Metric.COSINE).search(np.zeros((1, 64)), 4)
    assert found[0].tolist() == [0, 1, 2, 3]
    assert scores[0].tolist() == [0, 0, 0, 0]


def test_cosine_stays_between_minus_one_and_one() -> None:
    rows = np.concatenate([embeddings(20), -embeddings(20)])
    _, scores = ExactIndex(rows, Metric.COSINE).search(rows[:3], 40)
    assert scores.max() <= 1.0
    assert scores.min() >= -1.0


def test_an_embedding_of_zeros_is_like_nothing() -> None:
    rows = embeddings(10)
    rows[4] = 0
    found, scores = ExactIndex(rows, Metric.COSINE).search(rows[:1], 10)
    assert found[0, -1] == 4
    assert scores[0, -1] == pytest.approx(0)


@pytest.mark.parametrize("name", ["cosine", "Cosine", " EUCLIDEAN "])
def test_a_metric_is_read_in_any_case(name: str) -> None:
    assert Metric.parse(name) in list(Metric)


def test_an_unknown_metric_is_an_error_that_names_the_known() -> None:
    with pytest.raises(QueryError, match=r"no metric 'manhattan'.*cosine, euclidean"):
        Metric.parse("manhattan")
