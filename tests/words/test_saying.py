"""Which items say what is asked in words: by their words, whatever their number or spelling."""

from __future__ import annotations

import copy

import numpy as np
import pyarrow as pa
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


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        *((one, "Weißes Kleid") for one in ("weisses", "WEISSES", "weißes")),
        *((one, "Grün") for one in ("gruen", "grun", "gru\u0308n", "GRÜN")),
        *((one, "Gruen") for one in ("gruen", "grün")),
        *((one, "KIRMIZI ELBİSE") for one in ("k\u0131rm\u0131z\u0131", "elbise", "Elbi\u0307se")),
        ("Ｔシャツ", "Tｼｬﾂ"),
        ("denim", "Denim™"),
    ],
)
def test_an_item_says_a_word_however_either_is_typed(
    built: BuiltCatalogue, asked: str, says: str
) -> None:
    one = copy.copy(built)
    one._attributes = pa.table({"title": [says, "other"]})
    said, other = count_said(one, np.arange(2), asked)
    assert said >= 1 > other == 0
