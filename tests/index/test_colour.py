"""Colours beside embeddings: every engine mixes them as the formula says, and finds the nearest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.index import ColourQuery, Colours, Index, Metric
from pipeline.index.engines.bounded import BoundedIndex
from pipeline.index.engines.compressed import CompressedIndex
from pipeline.index.engines.exact import ExactIndex
from pipeline.index.engines.hnsw import MIN_RECALL, HnswIndex
from pipeline.index.engines.reference import ReferenceIndex
from tests.support.milvus import NEEDS_LITE, in_milvus

Opener = Callable[[np.ndarray, Metric], Index]
ENGINES: dict[str, Opener] = {
    "exact": ExactIndex,
    "bounded": BoundedIndex.make,
    "hnsw": HnswIndex.make,
    "compressed": CompressedIndex.make,
    "milvus": in_milvus,
}
ENGINE = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(engine, id=name, marks=NEEDS_LITE if name == "milvus" else ())
        for name, engine in ENGINES.items()
    ],
)
WEIGHTS = (0.05, 0.5, 1.0)


@pytest.fixture(scope="module")
def shapes() -> np.ndarray:
    """2,000 embeddings in 40 clusters of uneven length, non-negative as pooled features are."""
    generator = np.random.default_rng(5)
    centres = np.abs(generator.normal(size=(40, 160)))
    rows = np.abs(centres[generator.integers(40, size=2000)] + 0.3 * generator.normal(size=160))
    rows = np.abs(rows + 0.3 * generator.normal(size=rows.shape))
    return (rows * generator.uniform(0.5, 2, size=(2000, 1))).astype(np.float32)


@pytest.fixture(scope="module")
def colours(shapes: np.ndarray) -> Colours:
    """A few names for each item, as descriptors have."""
    shares = np.random.default_rng(6).dirichlet(np.full(12, 0.2), len(shapes))
    return Colours.beside(shapes, np.sqrt(shares).astype(np.float32))


def asked(colours: Colours, count: int, weight: float) -> list[ColourQuery]:
    """The colours of other items than those whose embeddings are asked for."""
    return [ColourQuery(colours, colours.rows[row + 1000], weight) for row in range(count)]


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("metric", list(Metric))
@ENGINE
def test_it_finds_what_the_reference_finds(
    shapes: np.ndarray, colours: Colours, engine: Opener, metric: Metric, weight: float
) -> None:
    queries, beside = shapes[:60] * 1.01, asked(colours, 60, weight)
    truth, best = ReferenceIndex(shapes, metric).search(queries, 5, colours=beside)
    found, scores = engine(shapes, metric).search(queries, 5, colours=beside)
    shared = [len(set(mine) & set(theirs)) for mine, theirs in zip(found, truth, strict=True)]
    assert np.mean(shared) / 5 >= MIN_RECALL
    same = found == truth
    np.testing.assert_allclose(scores[same], best[same], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("metric", list(Metric))
@ENGINE
def test_a_filter_leaves_only_what_it_allows(
    shapes: np.ndarray, colours: Colours, engine: Opener, metric: Metric
) -> None:
    for share in (0.3, 0.004):
        allowed = np.random.default_rng(1).random(len(shapes)) < share
        queries, beside = shapes[:20], asked(colours, 20, 0.4)
        truth, _ = ReferenceIndex(shapes, metric).search(queries, 5, allowed, beside)
        found, _ = engine(shapes, metric).search(queries, 5, allowed, beside)
        assert allowed[found].all()
        assert np.mean(np.sort(found) == np.sort(truth)) >= 0.98


@pytest.mark.parametrize("metric", list(Metric))
def test_weight_0_gives_the_scores_of_the_embeddings_alone(
    shapes: np.ndarray, colours: Colours, metric: Metric
) -> None:
    index = ExactIndex(shapes, metric)
    rows, scores = index.search(shapes[:30], 5)
    beside_rows, beside = index.search(shapes[:30], 5, colours=asked(colours, 30, 0.0))
    np.testing.assert_array_equal(beside_rows, rows)
    np.testing.assert_allclose(beside, scores, rtol=1e-6, atol=1e-7)


def test_weight_1_gives_the_scores_of_the_colours_alone(
    shapes: np.ndarray, colours: Colours
) -> None:
    beside = asked(colours, 3, 1.0)
    _, likenesses = ExactIndex(shapes, Metric.COSINE).search(shapes[:3], 5, colours=beside)
    _, distances = ExactIndex(shapes, Metric.EUCLIDEAN).search(shapes[:3], 5, colours=beside)
    for number, query in enumerate(beside):
        coefficients = colours.rows.astype(np.float64) @ query.query
        expected = np.sort(coefficients)[::-1][:5]
        np.testing.assert_allclose(likenesses[number], expected, atol=1e-6)
        apart = np.linalg.norm(colours.rows.astype(np.float64) - query.query, axis=1)
        np.testing.assert_allclose(distances[number], colours.scale * np.sort(apart)[:5], atol=1e-5)


def test_with_embeddings_of_one_length_both_metrics_rank_alike(colours: Colours) -> None:
    rows = np.abs(np.random.default_rng(7).normal(size=(2000, 40)))
    rows = (7 * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    scaled = Colours.beside(rows, colours.rows)
    by_cosine, by_distance = (
        ExactIndex(rows, metric).search(rows[:20], 5, colours=asked(scaled, 20, 0.3))[0]
        for metric in Metric
    )
    np.testing.assert_array_equal(by_cosine, by_distance)


@pytest.mark.parametrize("metric", list(Metric))
@ENGINE
def test_ties_come_in_the_order_of_the_rows(
    shapes: np.ndarray, colours: Colours, engine: Opener, metric: Metric
) -> None:
    rows, descriptors = shapes[:200].copy(), colours.rows[:200].copy()
    rows[10:40], descriptors[10:40] = rows[10], descriptors[10]
    beside = [ColourQuery(Colours.beside(rows, descriptors), descriptors[10], 0.5)]
    found, scores = engine(rows, metric).search(rows[10:11], 5, colours=beside)
    assert found[0].tolist() == [10, 11, 12, 13, 14]
    assert scores[0] == pytest.approx(1 if metric is Metric.COSINE else 0, abs=1e-6)


def test_an_embedding_of_zeros_is_told_by_its_colour(shapes: np.ndarray, colours: Colours) -> None:
    rows = shapes[:50].copy()
    rows[4] = 0
    beside = [ColourQuery(Colours.beside(rows, colours.rows[:50]), colours.rows[4], 0.9)]
    for index in (ExactIndex(rows, Metric.COSINE), ReferenceIndex(rows, Metric.COSINE)):
        found, scores = index.search(np.zeros((1, 160), np.float32), 1, colours=beside)
        assert found.tolist() == [[4]]
        assert scores[0, 0] == pytest.approx(0.9, abs=1e-6)
