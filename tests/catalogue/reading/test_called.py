"""Pictures that are called after what a column says, whatever the column is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.catalogue.reading.tables.columns import id_columns, is_called_id
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_folder import draw
from tests.catalogue.reading.test_several import shown


def opened(folder: Path, text: str, name: str = "articles.csv") -> Catalogue:
    (folder / name).write_text(text, encoding="utf-8")
    return open_catalogue(folder)


def reasons(catalogue: Catalogue) -> dict[str, str]:
    return {one.name: one.reason for one in catalogue.left_out}


@pytest.mark.parametrize("column", ["article_id", "product_id", "code", "Artikelnummer", "Kolumna"])
@pytest.mark.parametrize("zeros", ["0", ""])
@pytest.mark.parametrize("name", ["articles.csv", "metadata.csv"])
def test_a_column_of_what_the_pictures_are_called_is_their_id(
    tmp_path: Path, column: str, zeros: str, name: str
) -> None:
    """As the set of H&M comes; a spreadsheet takes its zeros off."""
    draw(tmp_path, "images/010/0108775015.jpg", "images/011/0110065001.jpg")
    rows = [f"{zeros}108775015,0108775,Vest", f"{zeros}110065001,0110065,Bra", "1,0110065,Gone"]
    catalogue = opened(tmp_path, "\n".join([f"{column},product,prod_name", *rows]), name)
    assert list(catalogue.ids) == [f"{zeros}108775015", f"{zeros}110065001"]
    assert catalogue.attributes_of(0) == {"product": "0108775", "prod_name": "Vest"}
    assert f"The column '{column}' of '{name}' names the pictures and the items." in catalogue.notes


def test_ids_that_name_no_picture_leave_that_to_another_column(tmp_path: Path) -> None:
    draw(tmp_path, "ab-1.jpg", "cd-2.jpg")
    catalogue = opened(tmp_path, "id,sku,kind\n1,ab-1,hat\n2,cd-2,cap\n")
    assert list(catalogue.ids) == ["ab-1", "cd-2"]
    assert catalogue.attributes_of(1) == {"id_text": 2, "kind": "cap"}


@pytest.mark.parametrize(
    "header",
    [
        "kind,sold",
        "kind,Rang",
        "kind,casino",
        "kind,paid",
        "city,order_id",
        "a,customer_id",
        "kind,page_no",
        "kind,#",
    ],
)
def test_counts_name_no_numbered_pictures(tmp_path: Path, header: str) -> None:
    draw(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    catalogue = opened(tmp_path, f"{header}\nhat,3\ncap,1\nbag,2\n")
    assert list(catalogue.ids) == ["1.jpg", "2.jpg", "3.jpg"]


@pytest.mark.parametrize("header", ["kind,Style No", "kind,Artikelnr.", "kind,itemId"])
def test_numbers_that_are_called_an_id_name_numbered_pictures(tmp_path: Path, header: str) -> None:
    draw(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    catalogue = opened(tmp_path, f"{header}\nhat,3\ncap,1\nbag,2\n")
    assert list(catalogue.ids) == ["3", "1", "2"]


def test_a_log_of_what_was_sold_is_no_table_of_the_pictures(tmp_path: Path) -> None:
    draw(tmp_path, "0108775015.jpg", "0110065001.jpg")
    rows = "0108775015,3\n0108775015,4\n0110065001,1\n"
    for column, said in (("article_id", "not used"), ("sku", "in several rows")):
        catalogue = opened(tmp_path, f"{column},sold\n{rows}", "sales.csv")
        assert list(catalogue.ids) == ["0108775015.jpg", "0110065001.jpg"]
        assert said in reasons(catalogue)["sales.csv"]


def test_a_table_without_a_header_is_one_of_what_the_pictures_are_called(tmp_path: Path) -> None:
    draw(tmp_path, "a.png", "b.png", "c.png")
    catalogue = opened(tmp_path, "a,Hat\nb,Cap\nc,Belt\n")
    assert list(catalogue.ids) == ["a", "b", "c"]
    assert catalogue.attributes_of(0) == {"column 2": "Hat"}


def test_a_list_of_words_alone_names_no_pictures(tmp_path: Path) -> None:
    draw(tmp_path, "hat.png", "cap.png")
    assert list(opened(tmp_path, "words\nhat\ncap\n").ids) == ["cap.png", "hat.png"]


def test_pictures_that_are_counted_up_after_an_id_are_of_one_item(tmp_path: Path) -> None:
    draw(tmp_path, "A_2.jpg", "A_1.jpg", "A_10.jpg", "b.jpg", "B-1.jpg", "c (2).jpg", "d-1.jpg")
    catalogue = opened(tmp_path, "sku,kind\na,hat\nb,cap\nc,bag\nd-1,belt\nd,tie\n")
    assert shown(catalogue) == {"a": "A_1A_2A_10", "b": "bB-1", "c": "c (2)", "d-1": "d-1"}
    assert any("further pictures" in note for note in catalogue.notes)
    assert [one.name for one in catalogue.left_out] == ["articles.csv, line 6"]


def test_pictures_that_are_counted_up_in_several_folders_are_of_none(tmp_path: Path) -> None:
    draw(tmp_path, "hat/1_1.jpg", "cap/1_1.jpg", "hat/2_1.jpg", "cap/2_1.jpg")
    catalogue = opened(tmp_path, "sku,kind\n1,hat\n2,cap\n")
    assert len(catalogue) == 4


def test_a_copy_in_another_format_is_no_item_of_its_own(tmp_path: Path) -> None:
    draw(tmp_path, "1.jpg", "1.webp", "2.png", "2.png.webp", "3.webp", "4.jpg", "4.png")
    catalogue = open_catalogue(tmp_path)
    assert list(catalogue.ids) == ["1.jpg", "2.png", "3.webp", "4.jpg", "4.png"]
    assert reasons(catalogue) == {
        "1.webp": "the picture '1.jpg' in another format",
        "2.png.webp": "the picture '2.png' in another format",
    }
    assert len(catalogue) + len(catalogue.left_out) == catalogue.files


def test_ids_find_the_first_of_several_formats(tmp_path: Path) -> None:
    draw(tmp_path, "1.jpg", "1.webp", "02.png", "02.webp", "x/3.avif", "x/3.webp")
    catalogue = opened(tmp_path, "sku,kind\n1,hat\n2,cap\n3,bag\n")
    files = [Path(str(catalogue.picture_source(row))).name for row in range(3)]
    assert files == ["1.jpg", "02.png", "3.webp"]


def test_a_table_that_names_both_formats_has_both(tmp_path: Path) -> None:
    draw(tmp_path, "1.jpg", "1.webp")
    catalogue = opened(tmp_path, "file_name,id\n1.jpg,a\n1.webp,b\n")
    assert shown(catalogue) == {"a": "1", "b": "1"}
    assert {Path(str(catalogue.picture_source(row))).suffix for row in (0, 1)} == {".jpg", ".webp"}


def test_ids_that_fit_several_pictures_are_said_to(tmp_path: Path) -> None:
    draw(tmp_path, "hat/1.jpg", "cap/1.jpg", "hat/2.jpg", "cap/2.jpg")
    catalogue = opened(tmp_path, "sku,kind\n1,hat\n2,cap\n")
    assert len(catalogue) == 4
    assert "as '1' does 'cap/1.jpg' and 'hat/1.jpg'" in reasons(catalogue)["articles.csv"]
    with pytest.raises(CatalogueError, match="column 'sku' fits several pictures a row"):
        opened(tmp_path, "sku,kind\n1,hat\n2,cap\n", "metadata.csv")


@pytest.mark.parametrize("ending", ["", ".png"])
def test_objects_by_their_id_are_a_table(tmp_path: Path, ending: str) -> None:
    draw(tmp_path, "a.png", "b.png")
    kinds = {f"a{ending}": {"kind": "hat"}, f"b{ending}": {"kind": "cap"}}
    catalogue = opened(tmp_path, json.dumps(kinds), "articles.json")
    assert list(catalogue.ids) == [f"a{ending}", f"b{ending}"]
    assert catalogue.attributes_of(1) == {"kind": "cap"}
    own = {"x": {"file_name": "a.png", "id": 7}, "y": {"file_name": "b.png", "id": 8}}
    catalogue = opened(tmp_path, json.dumps(own), "articles.json")
    assert list(catalogue.ids) == ["7", "8"]


def test_settings_in_json_are_no_table_of_the_pictures(tmp_path: Path) -> None:
    draw(tmp_path, "a.png", "b.png")
    catalogue = opened(tmp_path, json.dumps({"a": {"x": 1}, "rules": {"y": 2}, "z": {}}), "x.json")
    assert list(catalogue.ids) == ["a.png", "b.png"]


def test_of_columns_of_ids_the_most_usual_without_a_gap_names_the_items(tmp_path: Path) -> None:
    draw(tmp_path, "a.png", "b.png")
    rows = "a.png,1,x\nb.png,2,y\n"
    for header, ids in (("ID,sku", ["1", "2"]), ("sku,Item ID", ["x", "y"])):
        assert list(opened(tmp_path, f"file_name,{header}\n{rows}").ids) == ids
    catalogue = opened(tmp_path, "file_name,id,sku\na.png,,x\nb.png,2,y\n")
    assert (list(catalogue.ids), catalogue.attribute_names) == (["x", "y"], ["id_text"])
    assert id_columns(["sku", "ID", "id", "kind"]) == ["id", "ID", "sku"]
    with pytest.raises(CatalogueError, match="has no 'id' in row 1"):
        opened(tmp_path, "file_name,id,sku\na.png,,x\nb.png,2,\n")


def test_a_folder_as_a_picture_is_called_one(tmp_path: Path) -> None:
    draw(tmp_path, "SKU1/1.png", "a.png")
    catalogue = opened(tmp_path, "file_name,id\nSKU1,1\n.,2\na.png,3\n", "metadata.csv")
    assert list(catalogue.ids) == ["3"]
    skipped = [one.reason for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert [reason.split(".  ")[0][:20] for reason in skipped] == [
        "'SKU1' is a folder. ",
        "'.' is a folder. Nam",
    ]


def test_no_row_takes_the_picture_of_another_by_its_case(tmp_path: Path) -> None:
    draw(tmp_path, "a.png")
    catalogue = opened(tmp_path, "file_name,id\na.png,1\nA.PNG,2\n", "metadata.csv")
    assert shown(catalogue)["1"] == "a"
    assert catalogue.picture_source(1) == tmp_path / "A.PNG"
    catalogue = opened(tmp_path, "file_name,id\nA.PNG,1\nA.png,2\n", "metadata.csv")
    assert shown(catalogue) == {"1": "a", "2": "a"}


@pytest.mark.parametrize("name", ["Art.-Nr.", "productID", "SKU", "Stock Number", "EAN"])
def test_what_ids_are_called(name: str) -> None:
    assert is_called_id(name)


@pytest.mark.parametrize("name", ["grid", "Kimono", "paid", "price", "coded", "no of sales"])
def test_what_ids_are_not_called(name: str) -> None:
    assert not is_called_id(name)
