"""Ids are a list to whoever reads them, and each is found again by its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ids import Ids

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(TEXTS, unique=True, max_size=40), TEXTS, st.integers(-45, 45))
def test_they_are_read_as_the_list_is(ids: list[str], other: str, row: int) -> None:
    held = Ids(ids)
    assert held == ids
    assert ids == held
    assert held == Ids(iter(ids))
    assert list(held) == ids
    assert held[row:] == ids[row:]
    assert held[::-2] == ids[::-2]
    assert held != [*ids, other]
    if -len(ids) <= row < len(ids):
        assert held[row] == ids[row]
    else:
        with pytest.raises(IndexError):
            held[row]


@given(st.lists(TEXTS, unique=True, max_size=40), st.lists(TEXTS, max_size=9))
def test_each_is_found_at_its_row(ids: list[str], asked: list[str]) -> None:
    held, rows = Ids(ids), {item: row for row, item in enumerate(ids)}
    for item in [*ids, *asked]:
        assert held.row_of(item) == rows.get(item)
        assert (item in held) == (item in rows)
    assert held.rows_of([*asked, *ids]).tolist() == [rows.get(i, -1) for i in [*asked, *ids]]
    assert held[1:].rows_of(held).tolist() == [row - 1 if row else -1 for row in range(len(ids))]
    assert held.tell_apart()
    assert Ids([*ids, *ids]).tell_apart() == (not ids)


@pytest.mark.parametrize("asked", ["\ud800", "\0", "", 7, None, b"a", ["a"]])
def test_what_is_no_id_is_not_found(asked: object) -> None:
    held = Ids(["a", "b\U0001f600", "é"])
    assert held.row_of(asked) is None
    assert asked not in held
    if isinstance(asked, str):
        assert held.rows_of(["é", asked]).tolist() == [2, -1]
