"""A feed's prices are prices whatever its columns are called, and however they are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.catalogue import AttributeValue
from pipeline.recommender import product_of
from pipeline.recommender.products.product import Product
from tests.catalogue.conftest import OpenFeed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def sold(attributes: dict[str, AttributeValue]) -> Product:
    return product_of(attributes, "Hat", now=NOW)


@pytest.mark.parametrize(
    ("price", "sale", "shown", "currency"),
    [
        ("49,90\u00a0€", "0,00\u00a0€", 49.9, "EUR"),
        ("1 299,00 €", "1 399,00 €", 1299, "EUR"),
        ("1\u202f299,00\u00a0€", "999,00\u00a0€", 999, "EUR"),
        ("1 299 Kč", "", 1299, "CZK"),
        ("CHF 49.\u2013", "", 49, "CHF"),
        ("1.299,-", "", 1299, ""),
        ("R$ 1.299,90", "R$ 999,90", 999.9, "BRL"),
        ("US$ 1,299", "", 1299, "USD"),
        ("39,000원", "29,000원", 29000, "KRW"),
        ("19,99 €*", "14,99 €/St.*", 14.99, "EUR"),
        ("１，９８０円(税込)", "１，４８０円(税込)", 1480, "JPY"),  # noqa: RUF001 wide, as written
    ],
)
def test_a_feeds_prices_are_read_with_their_blanks_and_signs(
    open_feed: OpenFeed, price: str, sale: str, shown: float, currency: str
) -> None:
    text = f"id\tprice\tsale_price\timage_link\n1\t{price}\t{sale}\t@red-disc.png\n"
    product = sold(open_feed(text, "feed.tsv").attributes_of(0))
    assert (product.amount, product.currency) == (shown, currency)


@pytest.mark.parametrize(
    ("column", "cell", "price", "currency"),
    [
        ("Price (EUR)", "19.90", "19.90", "EUR"),
        ("price_usd", "19.90", "19.90", "USD"),
        ("Preis in €", "19,90", "19,90", "EUR"),
        ("Price (EUR)", "19.90 USD", "19.90", "USD"),
        ("Preis", "19,90 €", "19,90", "EUR"),
        ("Regular Price", "19.90", "19.90", None),
        ("Regulärer Preis", "19.90", "19.90", None),
        ("Regula\u0308rer Preis", "19.90", "19.90", None),
        ("Prix", "19.90", "19.90", None),
        ("Precio", "19.90", "19.90", None),
        ("Prezzo", "19.90", "19.90", None),
        ("Prijs", "19.90", "19.90", None),
        ("Cena", "99 zł", "99", "PLN"),
    ],
)
def test_a_price_is_one_under_a_name_of_its_own(
    open_feed: OpenFeed, column: str, cell: str, price: str, currency: str | None
) -> None:
    text = f"id\t{column}\timage_link\n1\t{cell}\t@red-disc.png\n"
    told = open_feed(text, "feed.tsv").attributes_of(0)
    assert (str(told.get("price")), told.get("currency")) == (price, currency)
    assert column not in told


def test_the_lowest_price_of_variants_is_told_under_a_name_of_its_own(open_feed: OpenFeed) -> None:
    told = open_feed(
        "id;item_group_id;Price (EUR);Sale Price (EUR);image_link\n"
        "1;A;1 299,00;;@red-disc.png\n2;A;999,00;899,00;@red-disc.png\n"
    ).attributes_of(0)
    wanted = {"price": "999,00", "highest_price": "1 299,00", "sale_price": "899,00"}
    assert {name: told[name] for name in wanted} == wanted
    assert told["currency"] == "EUR"


def test_a_column_called_price_goes_before_one_that_names_a_currency(open_feed: OpenFeed) -> None:
    told = open_feed("id,price_usd,price,image_link\n1,25,20,@red-disc.png\n").attributes_of(0)
    assert (told["price"], told["price_usd"], told.get("currency")) == (20, 25, None)


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        ("", "", 15),
        ("2026-05-01", "2026-06-01", 15),
        ("2026-05-01", "2026-05-31", 20),
        ("2026-06-02", "", 20),
        ("", "2020-02-29", 20),
    ],
)
def test_a_sale_of_woocommerce_is_shown_while_it_is_on(
    open_feed: OpenFeed, starts: str, ends: str, shown: int
) -> None:
    catalogue = open_feed(
        "ID,Type,Name,Sale price,Regular price,Date sale price starts,Date sale price ends,Images\n"
        f"1,simple,Cap,15,20,{starts},{ends},@red-disc.png\n"
    )
    assert sold(catalogue.attributes_of(0)).amount == shown


def test_a_shopify_price_is_what_is_paid_beside_what_it_is_compared_at(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Handle,Title,Variant Price,Variant Compare At Price,Image Src\n"
        "cap,Cap,15,20,@red-disc.png\n"
    )
    assert sold(catalogue.attributes_of(0)).amount == 15


def test_variants_are_told_apart_by_what_they_cost(open_feed: OpenFeed) -> None:
    """The currency stands in a column of its own, or a price says more than an amount."""
    head = "id\titem_group_id\timage_link\tcurrency\tprice\n"
    for lower, higher in (("999", "1.299"), ("from $5", "from $30"), (".99 / pair", "5.00 / pair")):
        currency = "" if "/" in lower or "$" in lower else "EUR"
        rows = "".join(
            f"{n}\tg\t@red-disc.png\t{currency}\t{price}\n"
            for n, price in enumerate((higher, lower))
        )
        told = open_feed(head + rows, "feed.tsv").attributes_of(0)
        shown = [str(told["price"]), str(told["highest_price"])]
        assert shown == [lower, higher.replace("1.299", "1299")]
