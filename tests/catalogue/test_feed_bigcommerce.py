"""An export of BigCommerce is read as its products, whatever rows stand below each."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import picture

NEWER = """\
Item,ID,Name,Type,SKU,Options,Inventory Tracking,Current Stock,Price,Sale Price,Is Visible,\
Product URL,Variant Image URL,Internal Image URL (Export),Image URL (Import),Image Description,\
Image is Thumbnail,Image Sort Order
Product,100,Dress,physical,D,,variant,0,50,0,TRUE,/dress/,,,,,,
Variant,501,,,D-S,Type=Rectangle|Name=Size|Value=S,,0,,,,,,,,,,
Variant,100,,,D-M,Type=Rectangle|Name=Size|Value=MType=Swatch|Name=Hue|Value=Red[#ff0000],,5,55,\
,,,@green-disc.png,,,,,
Image,200,,,,,,,,,,,,@blue-disc.png,,Back,FALSE,1
Image,101,,,,,,,,,,,,@red-square.png,,Side,FALSE,2
Image,202,,,,,,,,,,,,@red-disc.png,,Front,TRUE,3
Product,101,Hat,physical,H,,none,0,20,15,TRUE,/hat/,,,,,,
Image,100,,,,,,,,,,,,,@blue-square.png,,TRUE,0
Product,200,Old,physical,O,,none,0,9,0,FALSE,/old/,,,,,,
Variant,102,,,O,,,,,,,,,,,,,
Image,203,,,,,,,,,,,,@red-disc.png,,,TRUE,0
"""
OLDER = """\
Item Type,Product ID,Product Name,Product Code/SKU,Brand Name,Price,Product Visible?,\
Product Image ID - 1,Product Image File - 1,Product Image Is Thumbnail - 1,Product Image Sort - 1,\
Product Image ID - 2,Product Image File - 2
Product,100,Dress,D,Acme,50,Y,1,@red-disc.png,Y,0,2,@blue-disc.png
"  SKU",101,"[RB]Size=S,[CS]Hue=Red:#ff0000",D-S,,,,,,,,,
"  SKU",102,[RB]Size=M,D-M,,,,,@green-disc.png,,,,
"  Rule",101,,D-M,,[FIXED]5,,,,,,,
Product,101,Hat,H,Acme,20,Y,3,@blue-square.png,Y,0,,
Product,102,Old,O,Acme,9,N,4,@red-disc.png,Y,0,,
"""


def shown(catalogue: Catalogue, row: int) -> list[bytes]:
    own = (catalogue.picture_source(row), *catalogue.further[row])
    return [Path(str(path)).read_bytes() for path in own]


def told(catalogue: Catalogue, row: int) -> dict[str, object]:
    return {name: cell for name, cell in catalogue.attributes_of(row).items() if cell is not None}


def test_the_rows_below_a_product_are_its_variants_and_pictures(open_feed: OpenFeed) -> None:
    catalogue = open_feed(NEWER)
    assert list(catalogue.ids) == ["100", "101"]
    dress = ["red-disc", "blue-disc", "red-square", "green-disc"]
    assert shown(catalogue, 0) == list(map(picture, dress))
    assert shown(catalogue, 1) == [picture("blue-square")]
    assert told(catalogue, 0) == {
        "title": "Dress",
        "Type": "physical",
        "SKU": "D, D-S, D-M",
        "Inventory Tracking": "variant",
        "Current Stock": "0, 5",
        "price": 50,
        "highest_price": 55,
        "sale_price": 0,
        "Is Visible": "TRUE",
        "url": "/dress/",
        "Size": "S, M",
        "Hue": "Red",
        "variants": "D, D-S, D-M",
    }
    assert (told(catalogue, 1)["title"], told(catalogue, 1)["sale_price"]) == ("Hat", 15)
    left = [one for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert [one.name for one in left] == ["shop.csv, line 10"]
    assert "'200': The shop does not show it, since its Is Visible is FALSE." in left[0].reason
    assert catalogue.folded == 8
    assert any("read as a BigCommerce export: 11 rows of 3 products" in n for n in catalogue.notes)
    assert not [note for note in catalogue.notes if "different titles" in note]


def test_the_rows_of_the_older_form_are_its_variants_and_rules(open_feed: OpenFeed) -> None:
    catalogue = open_feed(OLDER)
    assert list(catalogue.ids) == ["100", "101"]
    assert shown(catalogue, 0) == [*map(picture, ("red-disc", "blue-disc", "green-disc"))]
    assert told(catalogue, 0) == {
        "title": "Dress",
        "Product Code/SKU": "D, D-S, D-M",
        "brand": "Acme",
        "price": 50,
        "Product Visible?": "Y",
        "Size": "S, M",
        "Hue": "Red",
        "variants": "D, D-S, D-M",
    }
    assert told(catalogue, 1)["price"] == 20
    assert any("has 1 rule by which prices change, left out" in note for note in catalogue.notes)
    assert not [note for note in catalogue.notes if "different titles" in note]


@pytest.mark.parametrize("cells", [("Shirt", "Hat"), ("Product", "Product"), ("Image", "Image")])
def test_a_column_called_item_in_another_table_is_any_column(
    open_feed: OpenFeed, cells: tuple[str, str]
) -> None:
    catalogue = open_feed(
        f"Item,ID,Image,Image ID\n{cells[0]},7,@red-disc.png,a\n{cells[1]},8,@blue-disc.png,b\n"
    )
    assert list(catalogue.ids) == ["7", "8"]
    assert told(catalogue, 0) == {"Item": cells[0], "Image ID": "a"}


def test_a_variant_above_all_products_is_listed(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Item,ID,Name,SKU,Options,Image URL (Import)\nVariant,9,,X,,\n"
        "Product,100,Dress,D,,\nImage,9,,,,@red-disc.png\n"
    )
    assert list(catalogue.ids) == ["100"]
    (line,) = [one for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert (line.name, "names no product" in line.reason) == ("shop.csv, line 2", True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Type=Dropdown|Name=Price|Value=Low", {"option Price": "Low"}),
        ("Type=A|Name=Size|Value=S;Type=B|Name=Hue|Value=Red", {"Size": "S", "Hue": "Red"}),
        ("whatever it is", {"Options": "whatever it is"}),
    ],
)
def test_the_options_of_a_variant_are_attributes(
    open_feed: OpenFeed, written: str, said: dict[str, str]
) -> None:
    catalogue = open_feed(
        "Item,ID,Name,Price,Options,Image URL (Import)\nProduct,1,Dress,5,,\n"
        f"Variant,7,,,{written},\nImage,9,,,,@red-disc.png\n"
    )
    assert told(catalogue, 0) == {"title": "Dress", "price": 5, **said}
