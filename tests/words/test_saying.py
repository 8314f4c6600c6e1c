"""Which items say what is asked in words: by their words, whatever their number or spelling."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.words import count_said
from pipeline.words.spelling import forms_of


@pytest.mark.parametrize(
    ("word", "form"),
    [
        *(("bag", "bags"), ("bags", "bag"), ("dress", "dresses"), ("dresses", "dress")),
        *(("party", "parties"), ("parties", "party"), ("ties", "tie"), ("tie", "ties")),
        *(("watch", "watches"), ("woman", "women"), ("women", "woman"), ("womans", "women")),
        ("mens", "men"),
    ],
)
def test_a_word_may_be_one_or_several(word: str, form: str) -> None:
    assert form in forms_of(word)


def test_a_word_that_only_ends_so_is_not_cut() -> None:
    assert "dres" not in forms_of("dress")
    assert forms_of("as") == ["as"]


def test_items_that_say_more_of_the_words_count_more(built: BuiltCatalogue) -> None:
    rows = np.arange(len(built))
    counts = count_said(built, rows, "the blue squares")
    said = dict(zip(built.ids, counts.tolist(), strict=True))
    assert max(said, key=lambda item: said[item]) == "sku-2-square"
    assert said["sku-2-disc"] == said["sku-0-square"] > said["sku-0-disc"] == 0
    assert count_said(built, rows, "for the").tolist() == [0] * len(built)
