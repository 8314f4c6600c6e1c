"""A price is the number that its shop means, and a sale's only while there is a sale."""

# ruff: noqa: RUF001 letters of other scripts are meant as they are written

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from pipeline.catalogue import AttributeValue
from pipeline.recommender import product_of
from pipeline.recommender.query import currency_of, read_amount

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ENDED = "2020-02-24T13:00-0800/2020-02-29T15:30-0800"
ON = "2026-05-24T13:00-0800/2026-06-29T15:30-0800"
AHEAD = "2027-02-24T13:00-0800/2027-02-28T15:30-0800"


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("12,50\u00a0€", 12.5, "EUR"),
        ("1\u202f299,00\u00a0€", 1299, "EUR"),
        ("1 099,00 €", 1099, "EUR"),
        ("1 299,00", 1299, ""),
        ("99 zł", 99, "PLN"),
        ("99ZŁ", 99, "PLN"),
        ("129 000 ₽", 129000, "RUB"),
        ("1 299 руб.", 1299, "RUB"),
        ("1 299 Kč", 1299, "CZK"),
        ("1299 Ft", 1299, "HUF"),
        ("1.299,50 lei", 1299.5, "RON"),
        ("CHF 49.\u2013", 49, "CHF"),
        ("Fr. 49.-", 49, "CHF"),
        ("1'299.00", 1299, ""),
        ("1\u2019299\u2019000.\u2013", 1299000, ""),
        ("1.299,-", 1299, ""),
        ("199:-", 199, ""),
        ("1 299:- kr", 1299, "kr"),
        ("₹1,29,999", 129999, "INR"),
        ("12,34,567.50", 1234567.5, ""),
        ("Rs. 1,299", 1299, "Rs"),
        ("Rs.1,299/-", 1299, "Rs"),
        ("R$ 1.299,90", 1299.9, "BRL"),
        ("US$ 1,299", 1299, "USD"),
        ("A$1,299.00", 1299, "AUD"),
        ("$1,299 CAD", 1299, "CAD"),
        ("EUR1299", 1299, "EUR"),
        ("1299eur", 1299, "EUR"),
        ("\u200f₪ 99", 99, "ILS"),
        ("-€5", -5, "EUR"),
        ("\u22125,00 €", -5, "EUR"),
        ("1,299", 1299, ""),
        ("44 euro", 44, "EUR"),
        ("39,000원", 39000, "KRW"),
        ("350.000 đ", 350000, "VND"),
        ("350.000đ", 350000, "VND"),
        ("1 290 р.", 1290, "RUB"),
        ("590 บาท", 590, "THB"),
        ("45 درهم", 45, "DH"),
        ("درهم 45.50", 45.5, "DH"),
        ("٤٥٫٥٠ ر.س", 45.5, "SAR"),
        ("12.500 د.ك", 12.5, "KWD"),
        ("45 KM", 45, "BAM"),
        ("1.299,00 KM", 1299, "BAM"),
        ("RM49.90", 49.9, "MYR"),
        ("15 000 FCFA", 15000, "FCFA"),
        ("US $49.99", 49.99, "USD"),
        ("AU $12.00", 12, "AUD"),
        ("C $25.00", 25, "CAD"),
        ("MXN $499", 499, "MXN"),
        ("25,00 $ CA", 25, "CAD"),
        ("25 $US", 25, "USD"),
        ("RD$ 1,500", 1500, "DOP"),
        ("１，９８０円", 1980, "JPY"),
        ("￥１９８０", 1980, "¥"),
        ("1,980円(税込)", 1980, "JPY"),
        ("¥1,980（税込）", 1980, "¥"),
        ("税込1,980円", 1980, "JPY"),
        ("19,99 €*", 19.99, "EUR"),
        ("19,99* €", 19.99, "EUR"),
        ("19,99*", 19.99, ""),
        ("1.299 €*", 1299, "EUR"),
        ("590 baht*", 590, "THB"),
        ("12,90 €/St.", 12.9, "EUR"),
        ("12.90 USD / pair", 12.9, "USD"),
        ("4,50 €/100 g", 4.5, "EUR"),
        ("19,99 € TTC", 19.99, "EUR"),
        ("19,99 € inkl. MwSt.", 19.99, "EUR"),
        ("19,990000", 19.99, ""),
        ("1.299,0000 €", 1299, "EUR"),
    ],
)
def test_the_number_and_the_currency_of_a_price(text: str, number: float, currency: str) -> None:
    assert (read_amount(text), currency_of(text)) == (number, currency)


@pytest.mark.parametrize(
    "text",
    [
        *("Size 42", "A4 12", "Euro 44", "FR 38", "6 ft", "pen 20", "TOP100", "EUR-5", "MAY 2020"),
        *(
            "60, 70",
            "38 40",
            "98 104",
            "0 299",
            "1 29",
            "1,299,00",
            "1 299.00 999",
            "1'29",
            "5²",
            "10%",
        ),
        *("45 km", "SR71", "KM45", "38 (slim)", "8 / UK", "38*", "40 den", "5.00 / pair"),
        *("10 €/15 €", "12-14", "12 - 14 €", "19,99000"),
        *("12 € 10", "1e5", "nan", "- 5", "1" * 41),
    ],
)
def test_what_is_no_price_has_no_number(text: str) -> None:
    assert math.isnan(read_amount(text))


@pytest.mark.parametrize(
    ("price", "sale", "shown"),
    [
        ("49,90\u00a0€", "0,00\u00a0€", "49,90\u00a0€"),
        ("1 299,00 €", "1 399,00 €", "1 299,00 €"),
        ("1 299,00 €", "1 199,00 €", "1 199,00 €"),
        ("60", "-5", "60"),
        ("60, 70", "45, 50", "45, 50"),
        ("60, 70", "0, 50", "60, 70"),
    ],
)
def test_a_sale_is_less_than_the_price_and_more_than_nothing(
    price: str, sale: str, shown: str
) -> None:
    assert product_of({"price": price, "sale_price": sale}, "Hat").price == shown


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        ({"sale_price_effective_date": ENDED}, "60"),
        ({"sale_price_effective_date": AHEAD}, "60"),
        ({"sale_price_effective_date": ON}, "45"),
        ({"sale_price_effective_date": f"{ENDED}, {ON}"}, "45"),
        ({"sale_price_effective_date": "2020-02-24 - 2020-02-29"}, "60"),
        ({"sale_price_effective_date": "soon"}, "45"),
        ({"sale_price_effective_date": "2020-02-30/2020-02-31"}, "45"),
        ({"special_price_from": "2026-06-02", "special_price_to": ""}, "60"),
        ({"special_price_from_date": "2026-05-02", "special_price_to_date": "2026-06-01"}, "45"),
        ({"special_price_to": "2026-06-01 00:00:00"}, "45"),
        ({"special_price_to": "2026-06-01 11:00:00"}, "60"),
        ({"sale_ends": "31.05.2026"}, "60"),
        ({"sale_ends": "2026/5/31"}, "60"),
        ({"sale_ends": 1582502400}, "60"),
        ({"sale_ends": "9999-12-31"}, "45"),
        ({"sale_ends": "2020-01-01, 2027-01-01"}, "45"),
        ({"special_price_to_date": "1/1/21"}, "60"),
        ({"special_price_to_date": "12/31/25"}, "60"),
        ({"special_price_to_date": "31/12/25"}, "60"),
        ({"special_price_to_date": "5/7/26"}, "45"),  # it may be the fifth of July
        ({"special_price_from_date": "5/7/26"}, "45"),  # it may be the seventh of May
        ({"special_price_from_date": "7/8/26"}, "60"),
        ({"special_price_to_date": "06/01/2026"}, "45"),
        ({"special_price_to_date": "1/1/2021 12:00 AM"}, "60"),
        ({"special_price_to_date": "6/1/26, 1:30 PM", "special_price_from_date": "6/1/26"}, "45"),
        ({"special_price_to_date": "1-1-21"}, "60"),
        ({"special_price_to_date": "13/13/21"}, "45"),
        ({"sale_ends": "31.5.26"}, "60"),
        ({"sale_ends": "2026.5.31"}, "60"),
        ({"sale_starts": "whenever", "sale_ends": "never"}, "45"),
    ],
)
def test_a_sale_is_shown_while_it_is_on(dates: dict[str, AttributeValue], shown: str) -> None:
    attributes: dict[str, AttributeValue] = {"price": "60", "sale_price": "45", **dates}
    assert product_of(attributes, "Hat", now=NOW).price == shown
    assert product_of(attributes, "Hat", now=NOW).details == ()


@pytest.mark.parametrize("names", [("brand", "baseColour"), ("Brand", "Base Colour")])
def test_details_are_those_that_shoppers_look_for_however_they_are_called(
    names: tuple[str, str],
) -> None:
    told = {"Material": "Wool", **dict(zip(names, ("Acme", "Blue"), strict=True))}
    assert product_of(told, "Hat", now=NOW).details == ("Acme", "Blue")


@pytest.mark.parametrize(
    ("sales", "dates", "shown"),
    [
        ("19, 49", {"sale_ends": "2020-01-01, 2099-01-01"}, "49"),
        ("19, 49", {"sale_ends": "2020-01-01, -"}, "49"),
        ("19, 49", {"sale_ends": "2020-01-01, 2021-01-01"}, "60"),
        ("19, 49", {"sale_starts": "2020-01-01, 2020-01-01", "sale_ends": "-, 2020-02-01"}, "19"),
        ("19, 49", {"sale_ends": "2099-01-01"}, "19, 49"),
    ],
)
def test_each_of_several_sales_has_its_own_dates(
    sales: str, dates: dict[str, AttributeValue], shown: str
) -> None:
    attributes: dict[str, AttributeValue] = {"price": "60", "sale_price": sales, **dates}
    assert product_of(attributes, "Hat", now=NOW).price == shown


@pytest.mark.parametrize(
    ("attributes", "price", "currency"),
    [
        ({"price": "20", "Währung": "€"}, "20", "EUR"),
        ({"price": "20", "currency": "US$"}, "20", "USD"),
        ({"Price (EUR)": "20"}, "20", "EUR"),
        ({"price_usd": 20}, "20", "USD"),
        ({"Price (EUR)": "20 USD"}, "20 USD", "USD"),
        ({"Preis in €": "20"}, "20", "EUR"),
        ({"Cena (Kč)": "20"}, "20", "CZK"),
        ({"Preis": "20", "Angebotspreis": "15"}, "15", "GBP"),
        ({"Price": "20", "Sale Price": "15 €"}, "15 €", "EUR"),
        ({"price": "20", "special_price": "15"}, "15", "GBP"),
        ({"Price All": "20"}, "", "GBP"),
        ({"Price (EUR)": "20", "price": "25"}, "25", "GBP"),
        ({"Price (EUR)": "20", "price": None}, "20", "EUR"),
    ],
)
def test_a_price_is_shown_under_a_name_of_its_own(
    attributes: dict[str, AttributeValue], price: str, currency: str
) -> None:
    product = product_of(attributes, "Hat", currency="GBP")
    assert (product.price, product.currency) == (price, currency)
