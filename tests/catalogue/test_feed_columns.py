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
        *("translations.DEFAULT.name", "PRODUCTNAME", "item_name"),
    ],
)
def test_a_title_is_one_under_the_names_of_shops(open_feed: OpenFeed, column: str) -> None:
    text = f"id\t{column}\tprice\timage_link\n1\tHat\t5\t@red-disc.png\n"
    catalogue = open_feed(text, "feed.tsv")
    assert catalogue.attributes_of(0) == {"title": "Hat", "price": 5}
    assert not [note for note in catalogue.notes if "no column known" in note]


@pytest.mark.parametrize(
    "column",
    [
        *("Price tax included", "Price tax excluded", "PRICE_VAT", "*StartPrice"),
        *("price.DEFAULT.gross", "standard_price", "our_price", "list_price"),
    ],
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


AMAZON = (
    "item_sku,item_name,standard_price,sale_price,sale_end_date,main_image_url,other_image_url1,"
    "parent_child,parent_sku,size_name"
)


def test_the_variations_of_amazon_are_one_product_with_their_parent(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        f"{AMAZON}\nP,Dress,,,,@red-disc.png,@blue-disc.png,Parent,,\n"
        "P-S,Dress S,20,15,2020-01-01,@red-disc.png,,Child,P,S\n"
        "P-M,Dress M,22,,,@red-disc.png,,Child,P,M\nC,Cap,9,,,@green-disc.png,,,,\n"
    )
    assert (list(catalogue.ids), catalogue.folded) == (["P", "C"], 2)
    dress, cap = catalogue.attributes_of(0), catalogue.attributes_of(1)
    assert (dress["title"], dress["price"], dress["highest_price"]) == ("Dress", 20, 22)
    assert (dress["variants"], dress["size_name"]) == ("P-S, P-M", "S, M")
    assert (dress["sale_price"], dress["sale_ends"]) == (15, "2020-01-01")
    assert (cap["title"], cap["price"], cap["variants"]) == ("Cap", 9, None)
    assert len(catalogue.further[0]) == 1
    assert not [note for note in catalogue.notes if "no column" in note]


@pytest.mark.parametrize(
    "columns",
    [
        *("sku,parent_sku", "Product SKU,Parent SKU", "product_id,parent_id", "code,master_sku"),
        *("Artikelnummer,parent_product_id", "product_id,parent_product_sku"),
    ],
)
def test_a_variant_is_of_the_product_that_it_calls_its_parent(
    open_feed: OpenFeed, columns: str
) -> None:
    catalogue = open_feed(
        f"{columns},title,size,image\nP,,Dress,,@red-disc.png\nP-S,P,Dress S,S,@blue-disc.png\n"
        "P-M,P,Dress M,M,@red-disc.png\nC,,Cap,,@green-disc.png\n"
    )
    assert (list(catalogue.ids), catalogue.folded) == (["P", "C"], 2)
    dress = catalogue.attributes_of(0)
    assert (dress["title"], dress["variants"], dress["size"]) == ("Dress", "P-S, P-M", "S, M")


def test_a_column_of_parents_that_names_none_leaves_that_to_the_next(open_feed: OpenFeed) -> None:
    rows = "1,,T,@red-disc.png\n2,0,T,@blue-disc.png\n"
    assert open_feed(f"id,parent_id,product_id,image\n{rows}").ids == ["T"]


def test_names_of_pictures_of_wix_are_addresses_and_no_others() -> None:
    wix = {"handleId": ["tee"], "fieldType": ["Product"]}
    cells = ["b8f4d0_aa~mv2.jpg;b8f4d0_bb~mv2.png;https://shop.example/c.jpg"]
    place = "https://static.wixstatic.com/media"
    whole = [f"{place}/b8f4d0_aa~mv2.jpg;{place}/b8f4d0_bb~mv2.png;https://shop.example/c.jpg"]
    assert with_whole_addresses({**wix, "productImageUrl": cells})["productImageUrl"] == whole
    assert with_whole_addresses({"id": ["1"], "productImageUrl": cells})["productImageUrl"] == cells
