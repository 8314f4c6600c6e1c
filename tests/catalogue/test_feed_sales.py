"""A sale of a feed is shown where it counts: by its own dates, its flag, its currency."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.catalogue import AttributeValue
from pipeline.recommender import product_of
from pipeline.recommender.products.product import Product
from tests.catalogue.conftest import OpenFeed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GOOGLE = "id,title,image_link,price,sale_price,sale_price_effective_date,item_group_id\n"
PAST, ON, AHEAD = "2020-01-01/2020-02-01", "2020-01-01/2099-02-01", "2026-07-01/2099-02-01"
WOOCOMMERCE = "Type,SKU,Name,Sale price,Regular price,Date sale price ends,Images,Parent\n"


def sold(attributes: dict[str, AttributeValue], now: datetime = NOW) -> Product:
    return product_of(attributes, "Heel", now=now)


def google(*sales: tuple[str, str]) -> str:
    rows = (
        f"A{n},Heel,@red-disc.png,59.00 EUR,{price},{dates},G1\n"
        for n, (price, dates) in enumerate(sales)
    )
    return GOOGLE + "".join(rows)


@pytest.mark.parametrize(
    ("sales", "shown"),
    [
        ([("19.00 EUR", PAST), ("49.00 EUR", ON)], 49),
        ([("49.00 EUR", ON), ("19.00 EUR", PAST)], 49),
        ([("19.00 EUR", PAST), ("49.00 EUR", "")], 49),
        ([("19.00 EUR", PAST), ("", ON)], 59),
        ([("19.00 EUR", PAST), ("0.00 EUR", ON)], 59),
        ([("19.00 EUR", PAST), ("19.00 EUR", ON)], 19),
        ([("19.00 EUR", AHEAD), ("49.00 EUR", ON), ("39.00 EUR", ON)], 39),
        ([("19.00 EUR", PAST), ("49.00 EUR", PAST)], 59),
        ([("19.00 EUR", ON), ("49.00 EUR", ON)], 19),
    ],
)
def test_the_lowest_of_the_variants_sales_that_are_on_is_shown(
    open_feed: OpenFeed, sales: list[tuple[str, str]], shown: float
) -> None:
    product = sold(open_feed(google(*sales)).attributes_of(0))
    assert (product.amount, product.currency, product.details) == (shown, "EUR", ("G1",))


def test_a_sale_that_begins_later_is_shown_once_it_has_begun(open_feed: OpenFeed) -> None:
    told = open_feed(google(("19.00 EUR", AHEAD), ("49.00 EUR", ON))).attributes_of(0)
    assert sold(told).amount == 49
    assert sold(told, datetime(2026, 8, 1, tzinfo=UTC)).amount == 19
    assert told["highest_sale_price"] == "49.00 EUR"


def test_a_variation_whose_sale_has_no_end_is_on_sale(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        f"{WOOCOMMERCE}variable,T,Tee,,,,@red-disc.png,\n"
        "variation,T-S,Tee - S,5,20,2020-01-01,,T\nvariation,T-M,Tee - M,15,20,,,T\n"
    )
    assert sold(catalogue.attributes_of(0)).amount == 15


@pytest.mark.parametrize("column", ["On Sale", "on_sale", "is_on_sale"])
@pytest.mark.parametrize(("flag", "shown"), [("No", 20), ("false", 20), ("Yes", 15), ("", 15)])
def test_a_sale_price_counts_only_where_its_flag_says_so(
    open_feed: OpenFeed, column: str, flag: str, shown: float
) -> None:
    cells = {"price": "20", "sale_price": "15", column: flag}
    assert sold({**cells}).amount == shown
    text = f"id,image_link,{','.join(cells)}\n1,@red-disc.png,{','.join(cells.values())}\n"
    product = sold(open_feed(text).attributes_of(0))
    assert (product.amount, product.details) == (shown, ())


def test_the_sale_price_of_a_variant_that_is_not_on_sale_is_none(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Product ID [Non Editable],Title,SKU,Price,Sale Price,On Sale,Visible,Hosted Image URLs\n"
        "p1,Tee,T-S,20,5,No,Yes,@red-disc.png\n,,T-M,20,15,Yes,,\n"
    )
    assert sold(catalogue.attributes_of(0)).amount == 15


@pytest.mark.parametrize(
    ("price", "sale", "shown"),
    [
        (("Price in EUR", "20.00"), ("Sale Price (USD)", "15.00"), 20),
        (("Price in EUR", "20.00"), ("Sale Price (EUR)", "15.00"), 15),
        (("price", "20.00 EUR"), ("sale_price", "15.00 USD"), 20),
        (("price", "20.00 EUR"), ("sale_price", "$15.00"), 20),
        (("price", "20.00 USD"), ("sale_price", "$15.00"), 15),
        (("price", "200.00 SEK"), ("sale_price", "150 kr"), 150),
        (("price", "200.00 SEK"), ("sale_price", "150 EUR"), 200),
        (("price", "200.00 kr"), ("sale_price", "$150"), 200),
        (("price", "200.00 CNY"), ("sale_price", "150 RMB"), 150),
        (("price", "20.00"), ("sale_price", "15.00 USD"), 15),
    ],
)
def test_a_sale_in_another_currency_than_the_price_is_none(
    open_feed: OpenFeed, price: tuple[str, str], sale: tuple[str, str], shown: float
) -> None:
    assert sold(dict([price, sale])).amount == shown
    text = f"id,{price[0]},{sale[0]},image_link\n1,{price[1]},{sale[1]},@red-disc.png\n"
    assert sold(open_feed(text).attributes_of(0)).amount == shown


@pytest.mark.parametrize(("currency", "shown"), [("€", 15), ("Euro", 15), ("USD", 20)])
def test_a_currency_is_the_same_by_its_sign_and_its_name(
    open_feed: OpenFeed, currency: str, shown: float
) -> None:
    text = f"id,price,sale_price,currency,image_link\n1,20,15 EUR,{currency},@red-disc.png\n"
    assert sold(open_feed(text).attributes_of(0)).amount == shown


def test_of_sales_in_several_currencies_that_of_the_price_counts(open_feed: OpenFeed) -> None:
    cells = {"Price (EUR)": "20", "Sale Price (USD)": "9", "Sale Price (EUR)": "15"}
    assert sold({**cells}).amount == 15
    text = f"id,{','.join(cells)},image_link\n1,{','.join(cells.values())},@red-disc.png\n"
    assert sold(open_feed(text).attributes_of(0)).amount == 15


def test_prices_of_variants_in_another_currency_are_left_out_and_said_to_be(
    open_feed: OpenFeed,
) -> None:
    catalogue = open_feed(
        "id,item_group_id,price,sale_price,image_link\n1,G,20 EUR,,@red-disc.png\n"
        "2,G,9 USD,5 USD,@red-disc.png\n3,G,25 EUR,,@red-disc.png\n4,,9 USD,,@red-disc.png\n"
    )
    told = catalogue.attributes_of(0)
    assert (told["price"], told["highest_price"], told["currency"]) == (20, 25, "EUR")
    assert sold(told).amount == 20
    (note,) = [note for note in catalogue.notes if "several currencies" in note]
    assert "1 product has" in note
    assert "'G', whose prices in EUR are kept, and those in USD are not" in note


@pytest.mark.parametrize(
    ("mode", "value", "shown"),
    [("PERCENT", "25.0", 15), ("AMOUNT", "4", 16), ("PERCENT", "0.0", 20), ("", "", 20)],
)
def test_what_wix_takes_off_is_taken_off_the_price(
    open_feed: OpenFeed, mode: str, value: str, shown: float
) -> None:
    catalogue = open_feed(
        "handleId,fieldType,name,productImageUrl,price,discountMode,discountValue\n"
        f"tee,Product,Tee,@red-disc.png,20,{mode},{value}\ntee,Variant,,,,,\n"
    )
    assert sold(catalogue.attributes_of(0)).amount == shown
