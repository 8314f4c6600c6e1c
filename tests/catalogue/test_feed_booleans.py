"""A yes and a no of a feed's cells count in the language that a spreadsheet saved them in."""

# ruff: noqa: RUF001 the letters of other scripts are meant as they are written

from __future__ import annotations

import pytest

from pipeline.catalogue.columns import is_no, is_yes
from pipeline.recommender import product_of
from tests.catalogue.conftest import OpenFeed

SAVED = [
    *("WAHR FALSCH", "VRAI FAUX", "VERO FALSO", "VERDADERO FALSO", "VERDADEIRO FALSO"),
    *("WAAR ONWAAR", "PRAWDA FAŁSZ", "SAND FALSK", "SANN USANN", "SANT USANT", "SANT FALSKT"),
    *("TOSI EPÄTOSI", "ИСТИНА ЛОЖЬ", "DOĞRU YANLIŞ", "PRAVDA NEPRAVDA", "IGAZ HAMIS"),
    *("t f", "Ja Nej", "ano ne", "kyllä ei", "evet hayır", "Да Нет", "1,0 0,0", "Tak Nie"),
    *("ＴＲＵＥ ＦＡＬＳＥ", "sim na\u0303o", "是 否"),
]


@pytest.mark.parametrize("words", SAVED)
def test_what_is_not_active_in_any_language_is_no_item(open_feed: OpenFeed, words: str) -> None:
    yes, no = words.split()
    rows = f'1,@red-disc.png,"{yes}"\n2,@blue-disc.png,"{no}"\n'
    for column in ("active", "visible", "published"):
        catalogue = open_feed(f"sku,image,{column}\n{rows}")
        assert list(catalogue.ids) == ["1"]
        (left_out,) = catalogue.left_out
        assert f"since its {column} is {no}" in left_out.reason


@pytest.mark.parametrize("words", SAVED)
def test_a_product_that_is_not_on_sale_in_any_language_has_its_price(words: str) -> None:
    yes, no = words.split()
    prices = {"price": "20", "sale_price": "15"}
    assert product_of({**prices, "on_sale": no}, "Hat").price == "20"
    assert product_of({**prices, "on_sale": yes}, "Hat").price == "15"


@pytest.mark.parametrize("cell", ["", "retinol", "maybe", "10", "nobody", "oder"])
def test_what_is_neither_is_no_answer(cell: str) -> None:
    assert not is_yes(cell)
    assert not is_no(cell)
