"""Rows without an id of their own are told apart by what they say, and hidden ones are left out."""

from __future__ import annotations

import pytest

from pipeline.catalogue import Catalogue, Why
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import ShopServer


def noted(catalogue: Catalogue, words: str) -> list[str]:
    return [note for note in catalogue.notes if words in note]


def hidden(catalogue: Catalogue) -> list[str]:
    return [one.reason for one in catalogue.left_out if "does not show it" in one.reason]


@pytest.mark.parametrize(
    "column",
    [
        *("code", "Product Code", "product_code", "variant_sku", "articleId", "Artikel-Nr.", "EAN"),
        *("Artikelnummer", "Style number", "item no", "internal_id", "Handle", "ARTNR"),
    ],
)
def test_a_column_that_tells_all_rows_apart_is_the_id(open_feed: OpenFeed, column: str) -> None:
    rows = "100,Tee,@red-disc.png,5\n101,Cap,@red-disc.png,6\n"
    catalogue = open_feed(f"{column},product,image,cost\n{rows}")
    assert list(catalogue.ids) == ["100", "101"]
    (note,) = noted(catalogue, "is the id")
    assert f"'{column}'" in note
    moved = open_feed(f"{column},product,image,cost\n{rows}".replace(".png", ".png?v=2"))
    assert moved.ids == catalogue.ids


@pytest.mark.parametrize(
    "text",
    [
        "code,product,image\n7,Tee,@red-disc.png\n7,Cap,@red-disc.png\n",
        "code,product,image\n7,Tee,@red-disc.png\n,Cap,@red-disc.png\n",
        "colour_code,product,image\n7,Tee,@red-disc.png\n8,Cap,@red-disc.png\n",
        "paid,product,image\n7,Tee,@red-disc.png\n8,Cap,@red-disc.png\n",
        "id,product,image\n,Tee,@red-disc.png\n,Cap,@red-disc.png\n",
    ],
)
def test_products_of_one_picture_stay_apart_without_an_id(
    open_feed: OpenFeed, server: ShopServer, text: str
) -> None:
    catalogue = open_feed(f"{text}{text.splitlines()[1]}\n")
    address = server.address("ok/red-disc.png")
    assert list(catalogue.ids) == [address, f"{address}#2"]
    assert [catalogue.attributes_of(row)["product"] for row in (0, 1)] == [
        "Tee",
        "Cap",
    ]
    assert catalogue.folded == 1  # the row that says the very same again
    assert len(noted(catalogue, "2 rows without an id, so the address")) == 1
    assert len(noted(catalogue, f"as '{address}#2'")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "No,image\n1,@red-disc.png\n2,@blue-disc.png\n",
        "Nr.,image\n7,@red-disc.png\n8,@blue-disc.png\n",
        "Code,image\n1,@red-disc.png\n0,@blue-disc.png\n",
        "Number,image\n1,@red-disc.png\n2,\n3,@blue-disc.png\n",
    ],
)
def test_numbers_of_rows_are_no_ids(open_feed: OpenFeed, server: ShopServer, text: str) -> None:
    catalogue = open_feed(text)
    assert list(catalogue.ids) == [server.address(f"ok/{c}-disc.png") for c in ("red", "blue")]


@pytest.mark.parametrize(
    ("further", "ids", "number"),
    [
        (",Cap,@blue-disc.png", ["blue-disc.png"], "1 row"),
        ("100,Cap,@blue-disc.png", ["blue-disc.png"], "2 rows"),
        ("100,Tee,@red-disc.png", [], ""),
    ],
)
def test_a_code_that_is_missing_or_comes_twice_leaves_the_other_ids(
    open_feed: OpenFeed, server: ShopServer, further: str, ids: list[str], number: str
) -> None:
    count = 30
    rows = "".join(f"{100 + row},Tee,@red-disc.png\n" for row in range(count))
    catalogue = open_feed(f"Code,product,image\n{rows}{further}\n")
    named = [str(100 + row) for row in range(count)]
    if number == "2 rows":
        named[0] = server.address("ok/red-disc.png")
        assert catalogue.attributes_of(0)["Code"] == 100
    assert list(catalogue.ids) == named + [server.address(f"ok/{one}") for one in ids]
    assert len(noted(catalogue, f"{number} without an id")) == (1 if number else 0)
    assert len(noted(catalogue, "'Code', which tells the rows apart, is the id")) == 1


@pytest.mark.parametrize(
    ("column", "shown", "not_shown"),
    [
        ("visible", "TRUE", "FALSE"),
        ("Visible", "Yes", "No"),
        ("Product Visible?", "Y", "N"),
        ("product_online", "1", "2"),
        ("visibility", "Catalog, Search", "Not Visible Individually"),
        ("Published", "1", "-1"),
        ("status", "active", "Draft"),
        ("Active (0/1)", "1", "0"),
        ("active", "true", "false"),
        ("aktiv", "ja", "nein"),
        ("enabled", "yes", "no"),
        ("disabled", "0", "1"),
        ("Visibility", "both", "none"),
    ],
)
def test_what_a_shop_does_not_show_is_no_item(
    open_feed: OpenFeed, column: str, shown: str, not_shown: str
) -> None:
    rows = f'1,@red-disc.png,"{shown}"\n2,@blue-disc.png,"{not_shown}"\n3,@green-disc.png,\n'
    catalogue = open_feed(f"sku,image,{column}\n{rows}")
    assert list(catalogue.ids) == ["1", "3"]
    (reason,) = hidden(catalogue)
    assert f"'2': The shop does not show it, since its {column} is {not_shown}." in reason


def test_what_is_active_in_a_product_hides_none(open_feed: OpenFeed) -> None:
    rows = "1,@red-disc.png,retinol\n2,@blue-disc.png,no\n"
    catalogue = open_feed(f"sku,image,active\n{rows}")
    assert (list(catalogue.ids), hidden(catalogue)) == (["1", "2"], [])


def test_a_hidden_variant_is_left_out_alone_and_a_hidden_product_whole(
    open_feed: OpenFeed,
) -> None:
    catalogue = open_feed(
        "id,parent_id,size,image,published\n"
        "1,,,@red-disc.png,true\n2,1,S,@red-disc.png,false\n3,1,M,@red-disc.png,true\n"
        "4,,,@blue-disc.png,false\n5,4,S,@blue-disc.png,true\n"
    )
    assert (list(catalogue.ids), catalogue.attributes_of(0)["size"]) == (["1"], "M")
    assert len(hidden(catalogue)) == 2


@pytest.mark.parametrize(
    ("first", "second", "sizes"),
    [
        ("inactive", "active", "M"),
        ("active", "inactive", "S"),
        ("inactive", "draft", None),
        ("inactive", "", None),  # what the first row of a product says is said of all
    ],
)
def test_rows_of_one_id_are_hidden_each_for_itself(
    open_feed: OpenFeed, first: str, second: str, sizes: str | None
) -> None:
    catalogue = open_feed(
        f"id,image_link,size,status\nA,@red-disc.png,S,{first}\nA,@red-disc.png,M,{second}\n"
        "B,@blue-disc.png,L,active\n"
    )
    assert list(catalogue.ids) == (["A", "B"] if sizes else ["B"])
    assert catalogue.attributes_of(0)["size"] == (sizes or "L")
    assert len(hidden(catalogue)) == 1


def test_rows_of_one_woocommerce_id_are_hidden_each_for_itself(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "ID,Type,Name,Published,Regular price,Images\n"
        "1,simple,Tee,0,5,@red-disc.png\n1,simple,Tee,1,6,@red-disc.png\n"
    )
    assert catalogue.attributes_of(0)["price"] == 6


WIX = (
    "handleId,fieldType,name,productImageUrl,sku,price,visible,productOptionName1,"
    "productOptionType1,productOptionDescription1\n"
    "tee,Product,Tee,@red-disc.png;@blue-disc.png,TEE,20,TRUE,Size,DROP_DOWN,S;M\n"
    "tee,Variant,,,TEE-S,,,,,S\ntee,Variant,,,TEE-M,,FALSE,,,M\n"
    "cap,Product,Cap,@green-disc.png,CAP,9,TRUE,Size,DROP_DOWN,One;Two\n"
    "old,Product,Old,@red-square.png,OLD,9,FALSE,,,\nold,Variant,,,OLD-S,,TRUE,,,\n"
)
SQUARESPACE = (
    "Product ID [Non Editable],Variant ID [Non Editable],Title,SKU,Option Name 1,Option Value 1,"
    "Price,Visible,Hosted Image URLs\n"
    "p1,v1,Tee,T-S,Size,S,20,Yes,@red-disc.png @blue-disc.png\n"
    ",v2,,T-M,Size,M,22,,\n"
    "p2,v3,Cap,C,,,9,Yes,@green-disc.png\n"
    "p3,v4,Old,O-S,Size,S,9,No,@red-square.png\n,v5,,O-M,Size,M,9,,\n"
)


@pytest.mark.parametrize(
    ("text", "ids", "size", "variants"),
    [
        (WIX, ["tee", "cap"], "S", "TEE, TEE-S"),
        (SQUARESPACE, ["p1", "p2"], "S, M", "T-S, T-M, v1, v2"),
    ],
)
def test_variants_below_their_product_are_its_own(
    open_feed: OpenFeed, text: str, ids: list[str], size: str, variants: str
) -> None:
    catalogue = open_feed(text)
    assert list(catalogue.ids) == ids
    tee = catalogue.attributes_of(0)
    assert (tee["title"], tee["price"], tee["Size"]) == ("Tee", 20, size)
    assert tee["variants"] == variants
    assert not [one for one in catalogue.left_out if "no picture" in one.reason]
    assert not any("ption" in name for name in catalogue.attribute_names)
    assert len(catalogue.further[0]) == 1
    left = sum(one.why is Why.SKIPPED for one in catalogue.left_out)
    assert left == len(hidden(catalogue))


def test_a_shopify_table_sorted_otherwise_keeps_its_options(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Handle,Title,Option1 Name,Option1 Value,Image Src,Image Position\n"
        "tee,,,,@blue-disc.png,2\ntee,Tee,Size,S,@red-disc.png,1\ntee,,,M,,\n"
    )
    assert catalogue.attributes_of(0) == {"title": "Tee", "Size": "S, M"}
