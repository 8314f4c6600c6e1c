"""Facets count what choosing a value gives, however the items spell it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from pipeline.recommender.answers.facets import count_facets, count_values
from pipeline.recommender.query import Column, Condition, OneOf
from pipeline.recommender.query.filters import _nearby
from tests.support.growth import grows_in_step


def column(values: list[str], *, are_lists: bool | None = None) -> Column:
    return Column.of(pa.chunked_array([values]), are_lists=are_lists)


def test_spellings_of_one_value_are_one_choice_spelled_as_most_items_do() -> None:
    facet = count_values("colour", column(["Red", "red", "Red", "RED ", "Blue"]), None)
    assert [(one.value, one.catalogue) for one in facet.values] == [("Red", 4), ("Blue", 1)]
    assert facet.distinct == 2


def test_values_that_only_are_typed_differently_are_one_choice() -> None:
    """As words and filters have it."""
    values = [
        "Weiß",
        "WEISS",
        "KIRMIZI",
        "k\u0131rm\u0131z\u0131",
        "\uff2d",
        "M",
        "ﾃﾞﾆﾑ",
        "デニム",
        "Navy\u00a0Blue",
        "navy blue",
    ]
    facet = count_values("colour", column(values), None)
    assert [one.catalogue for one in facet.values] == [2] * 5


@pytest.mark.parametrize("number", [2**53 + 1, 123456789012345678])
@pytest.mark.parametrize("as_text", [False, True])
def test_long_numbers_are_told_apart_by_every_digit(number: int, as_text: bool) -> None:
    numbers = [number, number + 1, 20]
    values = Column.of(pa.chunked_array([list(map(str, numbers)) if as_text else numbers]))
    for asked in (number, str(number)):
        assert {values.values[code] for code in values.alike(asked)} == {values.values[0]}
    assert values.alike(20.0) == values.alike("20.0") == [2]


def test_prices_with_one_on_request_are_numbers_still() -> None:
    prices = ["9,90 EUR", "20 EUR", "30.00 EUR", "1.299,00 EUR", "on request", "15 EUR"]
    facet = count_values("price", column(prices), None)
    assert (facet.least, facet.most) == (9.9, 1299)
    assert count_values("size", column(["S", "M", "L", "36"]), None).least is None


@pytest.mark.parametrize(
    ("values", "choices"),
    [
        (["men, cotton", "cotton, women", "women, wool, men"], ["men", "cotton", "women", "wool"]),
        (["Red, Blue", "Blue", "Red"], ["Red", "Blue"]),
        (["Acme, Inc.", "Acme, Ltd.", "Zeta, Inc."], ["Acme, Inc.", "Acme, Ltd.", "Zeta, Inc."]),
        (["Smith, John", "Doe, John", "Doe, Jane"], ["Smith, John", "Doe, John", "Doe, Jane"]),
        (["Tee, soft, blue", "Cap, warm, blue"], ["Tee, soft, blue", "Cap, warm, blue"]),
    ],
)
def test_values_that_list_others_say_each_of_them(values: list[str], choices: list[str]) -> None:
    told = column(values)
    assert told.choices == choices
    assert told.alike(values[0]) == [0]
    assert told.alike("cotton") == ([0, 1] if "cotton" in choices else [])


def test_what_a_person_may_have_meant_is_one_value_of_a_list() -> None:
    sizes = column(["Small, Medium, Large", "Medium"], are_lists=True)
    assert _nearby(sizes, "Mediun") == "Did you mean 'Medium'?"


def test_a_misspelt_value_among_long_ones_takes_no_time_of_its_own() -> None:
    def asked(length: int) -> None:
        values = column([f"{number} " + "ab " * length for number in range(200)])
        assert "Ask for less" in _nearby(values, "ab " * length)

    assert grows_in_step(asked, 100)


def test_what_an_attribute_is_filtered_by_is_left_out_of_its_own_counts() -> None:
    """Beside women's, men's can be chosen: how many there are must be said."""
    columns = {
        "gender": column(["Women", "Women", "Men", "Men", "Men"]),
        "colour": column(["Red", "Blue", "Red", "Red", "Blue"]),
    }

    def nearest(where: Mapping[str, Condition]) -> np.ndarray:
        passes = np.ones(5, dtype=bool)
        for name, wanted in where.items():
            assert isinstance(wanted, OneOf)
            codes = columns[name].alike(wanted.values[0])
            passes &= np.isin(columns[name].codes, codes)
        return np.flatnonzero(passes)

    where = {"gender": OneOf(("Women",)), "colour": OneOf(("Red",))}
    for chosen, genders, colours in (
        (where, {"Women": 1, "Men": 2}, {"Red": 1, "Blue": 1}),
        ({"gender": where["gender"]}, {"Women": 2, "Men": 3}, {"Red": 1, "Blue": 1}),
        ({}, {"Women": 2, "Men": 3}, {"Red": 3, "Blue": 2}),
    ):
        facets = count_facets(list(columns), columns.__getitem__, chosen, nearest)
        counted = [{str(one.value): one.nearest for one in facet.values} for facet in facets]
        assert counted == [genders, colours]
