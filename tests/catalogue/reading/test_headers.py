"""Headers of tables, as spreadsheets and shops save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_folder import draw

BROKEN = '"Article\nno";file_name;"Price\r\n(EUR)"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return draw(tmp_path, "a.png", "b.png")


def opened(shop: Path, text: str | bytes, name: str = "metadata.csv") -> Catalogue:
    (shop / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return open_catalogue(shop)


@pytest.mark.parametrize("above", ["", 'Stock 5" of May\n', '"Stock\nof May";;\n'])
@pytest.mark.parametrize("name", ["metadata.csv", "stock.csv"])
def test_a_header_may_have_line_breaks_in_its_cells(shop: Path, above: str, name: str) -> None:
    catalogue = opened(shop, f"{above}{BROKEN}1;a.png;9,50\n2;b.png;10,00\n", name)
    assert catalogue.ids == ["a.png", "b.png"]
    assert catalogue.attributes_of(0) == {"Article no": 1, "Price (EUR)": "9,50"}
    assert not [one for one in catalogue.left_out if one.is_file]


def test_a_header_with_a_mark_that_does_not_close_is_one_line(shop: Path) -> None:
    catalogue = opened(shop, 'file_name,"title\na.png,hat\nb.png,cap\n')
    assert len(catalogue) == 2


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_that_is_called_a_text_is_called_a_workbook(shop: Path, start: bytes) -> None:
    with pytest.raises(CatalogueError, match=r"is a workbook, .* save it as CSV") as raised:
        opened(shop, start + b"\x14\0\6\0\x08\0[Content_Types].xml", "metadata.csv")
    assert str(raised.value).isprintable()
    (shop / "metadata.csv").rename(shop / "stock.csv")
    (left,) = open_catalogue(shop).left_out
    assert (left.name, left.why) == ("stock.csv", Why.OTHER)
    assert "a workbook" in left.reason
    with pytest.raises(CatalogueError, match="is a workbook"):
        open_catalogue(shop / "stock.csv")


SETTINGS = "TemplateType=fptcustom\tVersion=2021.1\tThe top 3 rows are for Amazon.com use only."
LABELS = "Seller SKU\tProduct Name\tMain Image URL\tStandard Price"
NAMES = "item_sku\titem_name\tmain_image_url\tstandard_price"
AMAZON = "1\tHat\thttps://cdn.example/a.png\t10\n2\tCap\thttps://cdn.example/b.png\t12\n"


@pytest.mark.parametrize(
    "above",
    [
        f"{SETTINGS}\n{LABELS}\n{NAMES}\n",
        f"{SETTINGS}\tand\tmore\n{LABELS}\n{NAMES}\n",
        f"{LABELS}\n{NAMES}\n",
        f"{SETTINGS}\nVerkäufer-Kürzel\tBezeichnung\tHauptansicht\tBetrag\n{NAMES}\n",
        f"# Required | A text of its own for each item, as in the shop\t# Title\t#\t#\n{NAMES}\n",
        f"{NAMES}\n",
    ],
)
def test_of_rows_above_the_products_the_one_of_known_names_is_the_header(
    shop: Path, above: str
) -> None:
    """As Amazon's flat files begin, and the templates of other places to sell."""
    catalogue = opened(shop, above + AMAZON, "flat.txt")
    assert len(catalogue) == 2
    told = {"item_sku": 1, "item_name": "Hat", "standard_price": 10}
    assert catalogue.attributes_of(0) == told
    assert not [one for one in catalogue.left_out if one.is_file]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("file_name,kind\na.png,photo\nb.png,size\n", ["kind"]),
        ("Titel,Bild\nsku_number,a.png\nid_code,b.png\n", ["Titel"]),
        ("Kind,File_Name\nbrand_name,a.png\nimage_size,b.png\n", ["Kind"]),
    ],
)
def test_a_product_called_as_a_column_is_no_header(
    shop: Path, text: str, columns: list[str]
) -> None:
    catalogue = opened(shop, text, "products.csv")
    assert (len(catalogue), catalogue.attribute_names) == (2, columns)
