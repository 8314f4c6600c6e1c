"""Rows of a feed are one item only where they say so, however a program has written their ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import open_catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed
from tests.conftest import draw_garment
from tests.support.shop_server import picture

EXCEL = r"the id '4[,.]05[Ee]\+12' more than once.*Excel has rounded these: format their column"
WOOCOMMERCE = "ID,Type,SKU,Name,Regular price,Images,Parent\n"


@pytest.mark.parametrize(
    "text",
    [
        "id;title;image\n4,05E+12;Shirt;@red-disc.png\n4,05E+12;Hat;@blue-disc.png\n",
        "id,title,image\n7,Bag,@red-disc.png\n4.05e+12,Hat,@red-disc.png\n4.05e+12,Cap,@red-disc.png\n",
        "id,image\n4.05E+12,@red-disc.png\n4.05E+12,@blue-disc.png\n",
        "id,item_group_id,title,image\n1,4.05E+12,Hat,@red-disc.png\n2,4.05E+12,Cap,@red-disc.png\n",
        "Handle,Title,Image Src\n4.05E+12,Hat,@red-disc.png\n4.05E+12,Cap,@blue-disc.png\n",
        f"{WOOCOMMERCE}1,variable,4.05E+12,Hat,5,@red-disc.png,\n2,variable,4.05E+12,Cap,5,"
        "@red-disc.png,\n3,variation,,Hat - S,5,,4.05E+12\n4,variation,,Cap - S,5,,4.05E+12\n",
    ],
)  # fmt: skip
def test_ids_that_excel_has_rounded_are_refused_before_they_join_products(
    open_feed: OpenFeed, text: str
) -> None:
    with pytest.raises(CatalogueError, match=EXCEL):
        open_feed(text)


def test_rounded_ids_of_a_folder_are_refused_with_the_same_sentence(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_garment(tmp_path / name, "red", "disc")
    (tmp_path / "metadata.csv").write_text("file_name;id\na.png;4,05E+12\nb.png;4,05E+12\n")
    with pytest.raises(CatalogueError, match=EXCEL):
        open_catalogue(tmp_path)


def test_rows_of_one_product_whose_handle_was_rounded_stay_one_item(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Handle,Title,Image Src\n4.05E+12,Hat,@red-disc.png\n4.05E+12,,@blue-disc.png\n"
    )
    assert (list(catalogue.ids), catalogue.folded) == (["4.05E+12"], 1)


def test_an_id_of_rows_with_different_titles_is_told(open_feed: OpenFeed) -> None:
    rows = ["7,Shirt", "7,Hat", "8,Bag", "9,Cap", "9,Cap", "10,Belt", "10,Scarf"]
    text = "\n".join(["id,title,image", *(f"{row},@red-disc.png" for row in rows)])
    catalogue = open_feed(text)
    assert (list(catalogue.ids), catalogue.folded) == (["7", "8", "9", "10"], 3)
    (note,) = [note for note in catalogue.notes if "different titles" in note]
    assert note.startswith("2 ids are of rows with different titles, as '7'")


@pytest.mark.parametrize(
    "text",
    [
        "id,parent_id,title,image\n100,,Shirt,@red-disc.png\n101,100,Shirt S,@red-disc.png\n",
        "Handle,Title,Image Src\ntee,Tee,@red-disc.png\ntee,,@blue-disc.png\n",
        f"{WOOCOMMERCE}1,variable,a,Hat,5,@red-disc.png,\n2,variation,b,Hat - S,5,,a\n",
    ],
)
def test_variants_with_titles_of_their_own_are_nothing_to_tell(
    open_feed: OpenFeed, text: str
) -> None:
    assert not [note for note in open_feed(text).notes if "different titles" in note]


@pytest.mark.parametrize(
    ("rows", "variants"),
    [
        ("G,,@red-disc.png\nG,,@blue-disc.png\n", None),
        ("G,G-1,@red-disc.png\nG,,@blue-disc.png\n", "G-1"),
        ("G,G,@red-disc.png\nG,G-1,@blue-disc.png\n", "G-1"),
        ("G,G-1,@red-disc.png\nG,G-2,@blue-disc.png\n", "G-1, G-2"),
    ],
)
def test_a_product_lists_the_ids_of_its_variants_where_they_have_any(
    open_feed: OpenFeed, rows: str, variants: str | None
) -> None:
    catalogue = open_feed(f"product_id,id,image_link\n{rows}")
    assert (list(catalogue.ids), catalogue.folded) == (["G"], 1)
    assert catalogue.attributes_of(0).get("variants") == variants


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("id,parent_id,title,image\n100,,Shirt,@red-disc.png\n101,100.0,Shirt S,@red-disc.png\n"
         "102,100.0,Shirt M,@red-disc.png\n", ["100"]),
        ("id,image\n100.0,@red-disc.png\n101.0,@red-disc.png\n", ["100", "101"]),
        ("id,item_group_id,image\n1.0,7.0,@red-disc.png\n2.0,7.0,@red-disc.png\n3.0,0.0,"
         "@red-disc.png\n", ["7", "3"]),
        ("id,image\n100.0,@red-disc.png\n007,@red-disc.png\n", ["100.0", "007"]),
        (f"{WOOCOMMERCE}44.0,variable,a,Hat,5,@red-disc.png,\n45.0,variation,b,,5,,id:44\n",
         ["44"]),
    ],
)  # fmt: skip
def test_ids_and_parents_that_a_writer_made_floats_are_read_as_in_a_folder(
    open_feed: OpenFeed, text: str, ids: list[str]
) -> None:
    assert open_feed(text).ids == ids


def test_numbers_of_a_shop_that_a_writer_made_floats_are_read_as_numbers(
    open_feed: OpenFeed,
) -> None:
    catalogue = open_feed(
        "Handle,Title,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Price,Image Src,"
        "Image Position\n"
        "tee,Tee,Size,40.0,3.0,19.0,@blue-disc.png,2.0\ntee,,,41.0,,19.0,@red-disc.png,1.0\n"
    )
    tee = catalogue.attributes_of(0)
    assert (tee["Size"], tee["price"], tee["availability"]) == ("40, 41", 19, "in_stock")
    assert Path(str(catalogue.picture_source(0))).read_bytes() == picture("red-disc")


def test_a_variation_with_the_sku_of_its_parent_is_folded_into_it(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        f"{WOOCOMMERCE}1,variable,hat,Hat,,@red-disc.png,\n2,variation,hat,Hat - S,5,,hat\n"
    )
    assert (list(catalogue.ids), catalogue.folded) == (["1"], 1)


def test_variations_without_their_parent_keep_what_each_has(open_feed: OpenFeed) -> None:
    header = f"{WOOCOMMERCE.strip()},Attribute 1 name,Attribute 1 value(s)\n"
    sizes = "".join(
        f"{number},variation,,Hat - {size},5,@red-disc.png,id:7,Size,{size}\n"
        for number, size in enumerate("SML", start=8)
    )
    catalogue = open_feed(header + sizes)
    assert (list(catalogue.ids), catalogue.folded) == (["7"], 2)
    assert catalogue.attributes_of(0)["Size"] == "S, M, L"


@pytest.mark.parametrize(
    "address", ["https://[shop]/a.jpg", "https://shop.com\uff0fa.jpg", "https://xn--a.com/x.jpg"]
)
def test_what_is_no_address_costs_its_own_picture_alone(open_feed: OpenFeed, address: str) -> None:
    rows = f"1,Hat,@red-disc.png\n2,Cap,{address}\n3,Bag,@blue-disc.png\n"
    catalogue = open_feed(f"id,title,image_link\n{rows}")
    assert list(catalogue.ids) == ["1", "3"]
    assert any("It is no address" in one.reason for one in catalogue.left_out)
