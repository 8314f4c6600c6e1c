"""A folder a product, and a table that names the folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import open_catalogue
from tests.catalogue.reading.test_called import opened, reasons
from tests.catalogue.reading.test_folder import draw
from tests.catalogue.reading.test_several import shown


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    names = [f"Women/P10{n}/{view}.jpg" for n in range(3) for view in ("back", "front", "side")]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    return draw(tmp_path, *names)


@pytest.mark.parametrize("name", ["list.csv", "metadata.csv", "Women/list.csv"])
@pytest.mark.parametrize("column", ["sku", "Artikelnummer", "folder"])
def test_each_folder_that_a_table_names_is_an_item(shop: Path, name: str, column: str) -> None:
    text = f"{column},title,price\nP100,Dress,10\np101,Skirt,12\nP102,Coat,14\n"
    catalogue = opened(shop, text, name)
    assert shown(catalogue) == {
        "P100": "frontbackside",
        "p101": "frontbackside",
        "P102": "frontbackside",
    }
    assert catalogue.attributes_of(1) == {"title": "Skirt", "price": 12}
    assert not [one for one in catalogue.left_out if one.is_file]
    assert any("names the folders" in note and f"'{column}'" in note for note in catalogue.notes)


def test_folders_without_a_row_and_rows_without_a_folder_are_listed(shop: Path) -> None:
    catalogue = opened(shop, "sku,title\nP100,Dress\nP101,Skirt\nP999,Gone\n", "list.csv")
    assert list(catalogue.ids) == ["P100", "P101"]
    told = reasons(catalogue)
    assert "No folder of pictures is called 'P999'" in told["list.csv, line 4"]
    assert "does not name" in told["Women/P102/front.jpg"]


def test_pictures_that_are_numbered_are_in_their_order(tmp_path: Path) -> None:
    for folder in ("1", "002"):
        (tmp_path / folder).mkdir()
        draw(tmp_path / folder, "1.jpg", "2.jpg", "10.jpg", "1.webp")
    catalogue = opened(tmp_path, "id,title\n1,Hat\n2,Cap\n", "list.csv")
    assert shown(catalogue) == {"1": "1210", "2": "1210"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["P100,S", "P100,M", "P101,S"], "some of them in several rows"),
        (["P100,Dress", "P999,Gone", "P998,Gone"], "not used"),
    ],
)
def test_a_table_of_folders_that_is_not_used_says_why(
    shop: Path, rows: list[str], says: str
) -> None:
    catalogue = opened(shop, "\n".join(["sku,size", *rows]), "list.csv")
    assert len(catalogue) == 9
    assert says in reasons(catalogue)["list.csv"]


def test_folders_of_kinds_are_no_items(tmp_path: Path) -> None:
    for folder in ("tops", "shoes"):
        (tmp_path / folder).mkdir()
        draw(tmp_path / folder, *(f"{folder}x{number:03}y.png" for number in range(41)))
    (tmp_path / "kinds.csv").write_text("id,discount\ntops,10\nshoes,20\n", encoding="utf-8")
    catalogue = open_catalogue(tmp_path)
    assert len(catalogue) == 82
    assert "kinds of things" in reasons(catalogue)["kinds.csv"]


def test_a_table_of_labels_is_no_table_of_items(shop: Path) -> None:
    assert len(opened(shop, "label,discount\nP100,10\nP101,20\nP102,5\n", "kinds.csv")) == 9
