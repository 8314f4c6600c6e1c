"""Prices are compared as the numbers that they are, however the file writes them."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from pipeline.building import build
from pipeline.catalogue import AttributeValue, open_catalogue
from pipeline.commands.asking.query import parse_where
from pipeline.encoder import Encoder
from pipeline.errors import LookalikeError
from pipeline.recommender import Recommender, product_of
from pipeline.recommender.query import Column, read_amount
from tests.conftest import draw_garment


@pytest.fixture(scope="module")
def recommender(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("prices")
    rows = ["file_name,id,price,size,stock"]
    for number, (price, size) in enumerate(
        [("10.00", "08"), ("9,90 EUR", "8"), ("60.00", "10"), ("on request", "XL")]
    ):
        draw_garment(folder / f"{number}.png", "red", "disc")
        rows.append(f'{number}.png,{number},"{price}",{size},{number}')
    (folder / "metadata.csv").write_text("\n".join(rows))
    built = build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "shop")
    return Recommender(encoder, built)


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (["price=10.00"], "0"),
        (["price=10"], "0"),
        (["price=9.90"], "1"),
        (["price=on request"], "3"),
        (["price<60"], "01"),
        (["price<=60"], "012"),
        (["price>=10", "price<60.00"], "0"),
        (["price=10..60"], "02"),
        (["price==10"], "0"),
        (["price<9,95"], "1"),
        (["price>=59,99"], "2"),
        (["price=9,50..10,50"], "01"),
        (["size=08"], "0"),
        (["size=8"], "1"),
        (["size=8", "size=XL"], "13"),
        (["stock>1"], "23"),
        (["stock=1.0", "stock=02"], "12"),
    ],
)
def test_what_a_person_asks_for_is_what_passes(
    recommender: Recommender, where: list[str], ids: str
) -> None:
    picture = recommender.built.thumbnail(0)
    matches = recommender.recommend(picture, where=parse_where(where))
    assert {match.id for match in matches} == set(ids)


def test_attributes_look_as_in_the_file(recommender: Recommender) -> None:
    assert recommender.built.attributes(0) == {"price": "10.00", "size": "08", "stock": 0}


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (["price"], "not NAME=VALUE"),
        (["=3"], "not NAME=VALUE"),
        (["price<cheap"], "compares with no number"),
        (["price>60", "price<10"], "upside down"),
        (["price>60", "price=10"], "one of the two"),
        (["price>50", "price<50"], "No number is both above and below 50. Write >= and <="),
        (["price>=50", "price<50"], "No number is both above and below 50"),
        (["price=>10"], "A filter knows no '=>'. Write >=, as in 'price>=60'."),
        (["price=<10"], "A filter knows no '=<'. Write <=, as in 'price<=60'."),
        (["price<9,90 EUR"], "'<9,90 EUR' compares with no number"),
        (["x" * 500], f"^'{'x' * 60}…' is not NAME=VALUE"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_why(where: list[str], sentence: str) -> None:
    with pytest.raises(LookalikeError, match=sentence):
        parse_where(where)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10.00", 10),
        ("9,90", 9.9),
        ("1.299,00 €", 1299),
        ("1,299.00", 1299),
        ("$60", 60),
        ("15.00 USD", 15),
        ("-5", -5),
        ("08", math.nan),
        ("XL", math.nan),
        ("1.2.3", math.nan),
        ("1.299 €", 1299),
        ("EUR 12.299", 12299),
        ("1.299.000", 1299000),
        ("1.299", 1.299),
        ("12.500 KWD", 12.5),
        ("19.990 USD", 19.99),
        ("£1.299", 1.299),
        ("RMB 199", 199),
        ("12.500 kg", math.nan),
        ("TOP100", math.nan),
        ("SPR23", math.nan),
        ("MAY 2020", math.nan),
        ("TSH100", math.nan),
        ("", math.nan),
    ],
)
def test_the_number_of_a_text(text: str, number: float) -> None:
    assert read_amount(text) == pytest.approx(number, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "asked", "passing"),
    [
        (["SPR23", "SUM23", "23"], "SPR23", [0]),
        (["10 EUR", "10 USD", "10.00", "€10"], "10.00 EUR", [0, 2, 3]),
        (["19,90", "19.90", "20"], "19,90", [0, 1]),
        (["10 EUR", "10 USD"], "10", [0, 1]),
        (["Red ", "red", "Redder"], "Red", [0, 1]),
        (["Red ", "red"], "Red ", [0, 1]),
        (["Ro\u0308cke", "R\u00f6cke"], "r\u00f6cke", [0, 1]),
    ],
)
def test_values_are_those_that_a_person_means(
    values: list[str], asked: str, passing: list[int]
) -> None:
    column = Column.of(pa.chunked_array([values]))
    assert sorted(set(column.alike(asked))) == passing


@pytest.mark.parametrize(
    ("price", "sale", "shown"),
    [
        ("60.00 EUR", "0.00 EUR", "60.00 EUR"),
        (60, 0, "60"),
        (60.5, "0", "60.5"),
        ("60", "0,00 €", "60"),
        ("60", "45", "45"),
        ("60.00 EUR", "45.00 EUR", "45.00 EUR"),
        ("60", "60.00", "60"),
        ("60", "75", "60"),
        ("", "45", "45"),
        (None, "0", ""),
        ("on request", "45", "45"),
        ("60", "half", "60"),
        ("60", "", "60"),
    ],
)
def test_a_sale_price_is_shown_where_there_is_a_sale(
    price: AttributeValue, sale: AttributeValue, shown: str
) -> None:
    assert product_of({"price": price, "sale_price": sale}, "Hat").price == shown


@pytest.mark.parametrize(
    ("price", "column", "currency"),
    [
        ("20", "", "EUR"),
        (20, "usd", "USD"),
        ("20 USD", "", "USD"),
        ("20USD", "", "USD"),
        ("£20", "", "GBP"),
        ("$20.00", "", ""),
        ("20 kr", "", ""),
        ("$20.00", "CAD", "CAD"),
    ],
)
def test_the_shops_currency_is_of_prices_that_name_none(
    price: AttributeValue, column: str, currency: str
) -> None:
    product = product_of({"price": price, "currency": column}, "Hat", currency="EUR")
    assert (product.amount, product.currency) == (20, currency)
