"""Which colour weight serves an encoder, measured on queries."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.charts import category_bars, confusion
from pipeline.evaluation.colour import Weighed, weigh_colours, which_weight
from pipeline.evaluation.measures import equal_values, likeness, measure
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.run import Nearest
from pipeline.index import Metric

Sides = tuple[np.ndarray, np.ndarray]


def shop(sees_colour: bool, seed: int = 0) -> tuple[Sides, Sides, list[Criterion]]:
    """Items and queries of eight kinds in six colours, by an encoder that sees colour or not."""
    generator = np.random.default_rng(seed)
    kinds, shades = generator.integers(8, size=700), generator.integers(6, size=700)
    shapes = np.eye(8)[kinds] + 0.2 * generator.normal(size=(700, 8))
    colours = np.sqrt(0.1 / 6 + 0.9 * np.eye(6)[shades])
    colours /= np.linalg.norm(colours, axis=1, keepdims=True)
    seen = np.hstack([shapes, (0.8 if sees_colour else 0.0) * np.eye(6)[shades]])
    values = {"kind": kinds.astype(str), "colour": shades.astype(str)}
    values["kind+colour"] = np.char.add(values["kind"], values["colour"])

    def sides(rows: np.ndarray) -> Sides:
        return rows[100:], rows[:100]

    criteria = [criterion(name, column[:100], column[100:]) for name, column in values.items()]
    return sides(seen.astype(np.float32)), sides(colours.astype(np.float32)), criteria


def criterion(name: str, asked: np.ndarray, held: np.ndarray) -> Criterion:
    return Criterion(name, asked, held, equal_values, np.isin(asked, held) & (asked != ""))


def test_an_encoder_that_sees_no_colour_is_told_a_weight() -> None:
    weighed = weigh_colours(*shop(sees_colour=False))
    assert weighed[0].weight == 0
    assert weighed[0].precision["colour"] < 0.3
    best = max(weighed, key=lambda one: one.mean)
    assert best.precision["colour"] > 0.9
    assert best.precision["kind"] > weighed[0].precision["kind"] - 0.1
    assert best.gain.low > 0
    sentence = which_weight(weighed)
    assert f"a colour weight of {best.weight:g} serves best" in sentence
    assert f"{best.mean:.3f}" in sentence


def test_an_encoder_that_sees_colour_is_told_to_leave_it() -> None:
    sentence = which_weight(weigh_colours(*shop(sees_colour=True)))
    assert "does not help" in sentence


def test_queries_without_a_value_are_no_queries() -> None:
    embeddings, colours, (_, by_colour, _) = shop(sees_colour=False)
    asked, held = by_colour.asked, by_colour.held
    blank = criterion("colour", np.where(np.arange(100) < 50, asked, ""), held)
    half = weigh_colours(embeddings, colours, [blank])
    fewer = [(items, queries[:50]) for items, queries in (embeddings, colours)]
    alone = weigh_colours(fewer[0], fewer[1], [criterion("colour", asked[:50], held)])
    assert [one.precision for one in half] == [one.precision for one in alone]
    assert half[0].precision != weigh_colours(embeddings, colours, [by_colour])[0].precision


def test_an_item_that_may_not_answer_is_no_match() -> None:
    embeddings, colours, criteria = shop(sees_colour=True)
    doubles = [np.flatnonzero(criteria[2].held == value).tolist() for value in criteria[2].asked]
    weighed = weigh_colours(embeddings, colours, criteria, doubles)
    assert {one.precision["kind+colour"] for one in weighed} == {0}


def test_a_query_is_no_match_of_its_own_where_all_items_are_among_the_nearest() -> None:
    """Of the three others one is of its kind, as `measure` has it."""
    kinds = np.array(["a", "a", "b", "b"])
    embeddings, own = np.eye(4, dtype=np.float32), [[0], [1], [2], [3]]
    alike = likeness(embeddings, embeddings, Metric.COSINE)
    np.fill_diagonal(alike, -np.inf)
    assert measure(alike, kinds, kinds)["precision@5"] == pytest.approx([1 / 3] * 4)
    by_kind = criterion("kind", kinds, kinds)
    sides = embeddings, embeddings
    weighed = weigh_colours(sides, sides, [by_kind], own)
    assert [one.precision["kind"] for one in weighed] == pytest.approx([1 / 3] * len(weighed))
    nearest = Nearest(np.tile(np.arange(4), (4, 1)), alike)
    charted = confusion(by_kind, nearest)
    assert "<!-- .3 -->" in charted
    assert "<!-- .7 -->" in charted
    assert category_bars(by_kind, nearest).startswith("<svg")


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_the_mean_is_over_attributes(weight: float) -> None:
    (found,) = (one for one in weigh_colours(*shop(sees_colour=True)) if one.weight == weight)
    assert isinstance(found, Weighed)
    assert found.mean == pytest.approx(np.mean(list(found.precision.values())))
