"""A shop's table beside its own pictures is read as the shop means it, like its feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.errors import CatalogueError
from pipeline.recommender import product_of
from tests.catalogue.reading.test_folder import draw


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return draw(tmp_path, "a.png", "b.png", "c.png")


def opened(shop: Path, text: str, name: str = "products.csv") -> Catalogue:
    (shop / name).write_text(text, encoding="utf-8")
    return open_catalogue(shop)


def skipped(catalogue: Catalogue) -> dict[str, str]:
    return {one.name: one.reason for one in catalogue.left_out if one.why is Why.SKIPPED}


@pytest.mark.parametrize(
    ("header", "cells", "amount", "currency"),
    [
        ("price,currency", "1.299,EUR", 1299, "EUR"),
        ("price,currency", "1.299,USD", 1.299, "USD"),
        ("price,currency", "1.299,", 1.299, ""),
        ("price,currency", "10.00,EUR", 10, "EUR"),
        ("Preis,currency_code", "1.299,EUR", 1299, "EUR"),
        ("Price (EUR),size", "1.299,M", 1299, "EUR"),
        ("price_usd,size", "1.299,M", 1.299, "USD"),
        ("price,currency", '"1.299,00",EUR', 1299, "EUR"),
    ],
)
def test_a_price_is_read_by_the_currency_beside_it(
    shop: Path, header: str, cells: str, amount: float, currency: str
) -> None:
    catalogue = opened(shop, f"sku,image,name,{header}\n1,a.png,A,{cells}\n2,b.png,B,5,\n")
    product = product_of(catalogue.attributes_of(0), "A")
    assert (product.amount, product.currency) == (amount, currency)


def test_a_price_of_a_list_of_objects_is_read_by_its_currency_too(shop: Path) -> None:
    text = '[{"sku": "1", "image": "a.png", "price": "1.299", "currency": "EUR"}]'
    assert opened(shop, text, "products.json").attributes_of(0)["price"] == "1299"


def test_the_price_of_a_sale_is_read_so_and_no_other_number_is(shop: Path) -> None:
    text = "sku,image,sale_price,weight,currency\n1,a.png,1.299,1.299,EUR\n"
    told = opened(shop, text).attributes_of(0)
    assert (told["sale_price"], told["weight"]) == (1299, 1.299)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Tee &amp; Co", "Tee & Co"),
        ("<p>x<br>y</p>", "x\ny"),
        ("<p></p>", None),
        ("a < b", "a < b"),
    ],
)
@pytest.mark.parametrize("name", ["products.csv", "metadata.csv"])
def test_html_becomes_text(shop: Path, cell: str, shown: str, name: str) -> None:
    text = f"file_name,title,kind\na.png,{cell},hat\nb.png,Cap,hat\n"
    assert opened(shop, text, name).attributes_of(0)["title"] == shown


@pytest.mark.parametrize(
    ("header", "cells", "says"),
    [
        ("status", ["active", "draft"], "status is draft"),
        ("visible", ["yes", "no"], "visible is no"),
        ("product_online", ["1", "2"], "product_online is 2"),
        ("visibility", ["Catalog", "Not Visible Individually"], "visibility is Not Visible"),
        ("Published", ["1", "-1"], "Published is -1"),
        ("active", ["1", "0"], "active is 0"),
        ("hidden", ["no", "yes"], "hidden is yes"),
        ("Veröffentlicht", ["1", "0"], "Veröffentlicht is 0"),
    ],
)
def test_what_a_shop_does_not_show_is_no_item_and_listed(
    shop: Path, header: str, cells: list[str], says: str
) -> None:
    text = f"sku,image,{header}\n1,a.png,{cells[0]}\n2,b.png,{cells[1]}\n3,c.png,\n"
    catalogue = opened(shop, text)
    assert list(catalogue.ids) == ["1", "3"]
    (reason,) = skipped(catalogue).values()
    assert says in reason
    assert "products.csv, line 3" in skipped(catalogue)
    left = {one.name: one.reason for one in catalogue.left_out}
    assert left["b.png"] == "a picture of what the shop does not show"
    assert catalogue.files == 3


def test_in_shopifys_export_one_row_says_it_for_all_of_a_product(shop: Path) -> None:
    draw(shop, "d.png")
    catalogue = opened(
        shop,
        "Handle,Title,Published,Status,Image Src\n"
        "tee,Tee,FALSE,active,https://cdn.example/a.png\ntee,,,,https://cdn.example/b.png\n"
        "hat,Hat,TRUE,draft,https://cdn.example/c.png\nhat,,,,https://cdn.example/d.png\n",
    )
    assert list(catalogue.ids) == ["a.png", "b.png"]
    assert all("Status is draft" in reason for reason in skipped(catalogue).values())
    assert len(skipped(catalogue)) == 2
    assert any("'Handle'" in note and "several rows" in note for note in catalogue.notes)


@pytest.mark.parametrize(
    ("header", "rows", "kept"),
    [
        ("id,image,item_group_id,status", ["1,a.png,,draft", "2,b.png,1,", "3,c.png,,"], ["3"]),
        ("ID,Images,Parent,Published", ["1,a.png,,0", "2,b.png,id:1,1", "3,c.png,,1"], ["3"]),
        ("ID,Images,Parent,Published", ["1,a.png,,1", "2,b.png,id:1,0", "3,c.png,,1"], ["1", "3"]),
    ],
)
def test_a_hidden_product_hides_its_variants_and_a_variant_itself(
    shop: Path, header: str, rows: list[str], kept: list[str]
) -> None:
    assert list(opened(shop, "\n".join([header, *rows])).ids) == kept


@pytest.mark.parametrize(
    ("rows", "is_said"),
    [
        (["1,a.png,G", "2,b.png,G", "3,c.png,H"], True),
        (["1,a.png,G", "2,b.png,", "3,c.png,"], False),
    ],
)
def test_variants_that_are_not_folded_are_said(shop: Path, rows: list[str], is_said: bool) -> None:
    catalogue = opened(shop, "\n".join(["id,image,item_group_id", *rows]))
    assert len(catalogue) == 3
    notes = [note for note in catalogue.notes if "'item_group_id'" in note]
    assert [("1 product" in note) for note in notes] == [True] * is_said


def test_what_is_no_switch_hides_nothing(shop: Path) -> None:
    text = "sku,image,active\n1,a.png,retinol\n2,b.png,no\n3,c.png,\n"
    assert len(opened(shop, text)) == 3


def test_where_nothing_is_shown_the_first_reason_is_told(shop: Path) -> None:
    with pytest.raises(CatalogueError, match="status is draft"):
        opened(shop, "sku,image,status\n1,a.png,draft\n2,b.png,draft\n3,c.png,draft\n")
