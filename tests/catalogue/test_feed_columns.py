"""What a column of a feed is, is known by the names that exports of shops have for it."""

from __future__ import annotations

import pytest

from pipeline.catalogue.feeds.shops import with_whole_addresses
from tests.catalogue.conftest import OpenFeed


@pytest.mark.parametrize(
    "column",
    [
        *("Währung", "Wa\u0308hrung", "devise", "valuta", "moneda", "divisa", "waluta", "měna"),
        *("currencyId", "currency_code"),
    ],
)
def test_a_currency_is_one_in_the_language_of_the_shop(open_feed: OpenFeed, column: str) -> None:
    for cell in ("EUR", "€"):
        text = f"id\tprice\t{column}\timage_link\n1\t1.299\t{cell}\t@red-disc.png\n"
        told = open_feed(text, "feed.tsv").attributes_of(0)
        assert (told["price"], told["currency"]) == (1299, cell)


@pytest.mark.parametrize(
    "column",
    [
        *("Bezeichnung", "Artikelbezeichnung", "nom", "nome", "nombre", "titel", "titre", "titolo"),
        *("título", "naam", "nazwa", "název", "Name *", "*Title", "NL_Title_Short"),
        *("translations.DEFAULT.name", "PRODUCTNAME"),
    ],
)
def test_a_title_is_one_under_the_names_of_shops(open_feed: OpenFeed, column: str) -> None:
    text = f"id\t{column}\tprice\timage_link\n1\tHat\t5\t@red-disc.png\n"
    catalogue = open_feed(text, "feed.tsv")
    assert catalogue.attributes_of(0) == {"title": "Hat", "price": 5}
    assert not [note for note in catalogue.notes if "no column known" in note]


@pytest.mark.parametrize(
    "column",
    ["Price tax included", "Price tax excluded", "PRICE_VAT", "*StartPrice", "price.DEFAULT.gross"],
)
def test_a_price_is_one_under_the_names_of_shops(open_feed: OpenFeed, column: str) -> None:
    text = f"id\ttitle\t{column}\timage_link\n1\tHat\t19.90\t@red-disc.png\n"
    assert open_feed(text, "feed.tsv").attributes_of(0) == {"title": "Hat", "price": "19.90"}


def test_a_price_with_its_tax_goes_before_one_without(open_feed: OpenFeed) -> None:
    text = "id,Price tax excluded,Price tax included,image\n1,10,12,@red-disc.png\n"
    assert open_feed(text).attributes_of(0)["price"] == 12


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("foo,bar", "no column known as a title or as a price: if it has one, call it 'title' or"),
        ("title,bar", "no column known as a price: if it has one, call it 'price'"),
        ("foo,Price (EUR)", "no column known as a title: if it has one, call it 'title'"),
    ],
)
def test_a_feed_without_a_title_or_a_price_is_said_once_to_be(
    open_feed: OpenFeed, columns: str, said: str
) -> None:
    rows = "1,@red-disc.png,a,5\n2,@blue-disc.png,b,6\n"
    catalogue = open_feed(f"id,image,{columns}\n{rows}")
    (note,) = [note for note in catalogue.notes if "no column known" in note]
    assert said in note


def test_the_number_that_a_shop_gives_is_the_id_on_ebay(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "*Action,CustomLabel,*Title,PicURL,*StartPrice\nAdd,HAT-1,Hat,@red-disc.png,5\n"
        "Add,CAP-1,Cap,@blue-disc.png,6\n"
    )
    assert list(catalogue.ids) == ["HAT-1", "CAP-1"]


@pytest.mark.parametrize(
    ("cell", "availability"),
    [("false", "out_of_stock"), ("0", "out_of_stock"), ("Yes", "in_stock"), ("7", 7)],
)
def test_a_yes_or_a_no_tells_of_stock(
    open_feed: OpenFeed, cell: str, availability: str | int
) -> None:
    told = open_feed(f"id,image,in_stock\n1,@red-disc.png,{cell}\n").attributes_of(0)
    assert told["availability"] == availability


def test_names_of_pictures_of_wix_are_addresses_and_no_others() -> None:
    wix = {"handleId": ["tee"], "fieldType": ["Product"]}
    cells = ["b8f4d0_aa~mv2.jpg;b8f4d0_bb~mv2.png;https://shop.example/c.jpg"]
    place = "https://static.wixstatic.com/media"
    whole = [f"{place}/b8f4d0_aa~mv2.jpg;{place}/b8f4d0_bb~mv2.png;https://shop.example/c.jpg"]
    assert with_whole_addresses({**wix, "productImageUrl": cells})["productImageUrl"] == whole
    assert with_whole_addresses({"id": ["1"], "productImageUrl": cells})["productImageUrl"] == cells
