"""Tables open as spreadsheets and shops save them, and rows that are broken are listed."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.catalogue.reading.tables import read_table
from pipeline.errors import CatalogueError
from tests.conftest import draw_garment
from tests.support.growth import grows_in_step

ROWS = [("a.png", "Blå skjorte", "10,00"), ("b.png", "Robe d\u2019été", "9,50")]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png", "c.png"):
        draw_garment(tmp_path / name, "red", "disc")
    return tmp_path


def table(shop: Path, text: str | bytes, name: str = "metadata.csv") -> Path:
    data = text.encode() if isinstance(text, str) else text
    (shop / name).write_bytes(data)
    return shop


def items(shop: Path) -> dict[str, dict]:
    catalogue = open_catalogue(shop)
    return {i: catalogue.attributes_of(row) for row, i in enumerate(catalogue.ids)}


def bad(catalogue: Catalogue) -> dict[str, str]:
    return {one.name: one.reason for one in catalogue.left_out if one.why is Why.SKIPPED}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_separator_encoding_and_line_end(
    shop: Path, separator: str, encoding: str, ending: str
) -> None:
    lines = [separator.join(f'"{cell}"' for cell in row) for row in ROWS]
    lines.insert(0, separator.join(("file_name", "title", "price")))
    table(shop, (ending.join(lines) + ending).encode(encoding))
    assert items(shop) == {name: {"title": title, "price": p} for name, title, p in ROWS}


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1252", "Über"),
        ("cp1252", "10 €"),
        ("cp1252", "½ “zip” \u2013 Levi\u2019s®"),
        ("cp1251", "Красное платье"),
        ("cp932", "赤いドレス"),
        ("gb18030", "红色连衣裙"),
    ],
)
def test_a_code_page_is_read_and_said(shop: Path, encoding: str, title: str) -> None:
    table(shop, f"file_name,title\na.png,{title}\nb.png,Plain\n".encode(encoding))
    catalogue = open_catalogue(shop)
    assert catalogue.attributes_of(0) == {"title": title}
    assert any(f"read as {encoding}" in note for note in catalogue.notes)


def test_lines_of_another_encoding_among_utf8(shop: Path) -> None:
    table(shop, "file_name,title\na.png,Blå\n".encode() + "b.png,été\n".encode("cp1252"))
    assert [item["title"] for item in items(shop).values()] == ["Blå", "été"]


def test_lines_of_another_encoding_below_a_mark_of_utf8(shop: Path) -> None:
    table(shop, "\ufefffile_name,title\na.png,Blå\n".encode() + "b.png,été\n".encode("cp1252"))
    assert [item["title"] for item in items(shop).values()] == ["Blå", "été"]


def test_tables_that_were_joined_are_one(shop: Path) -> None:
    table(shop, "\ufefffile_name,id,title\na.png,1,x\n\ufefffile_name,id,title\nb.png,\ufeff2,y\n")
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["1", "2"]
    assert bad(catalogue) == {"metadata.csv, line 3": "The row is the header again."}
    table(shop, "file_name,title\na.png,\u200bJoined 👩\u200d👧\u200f\n")
    assert items(shop)["a.png"] == {"title": "Joined 👩\u200d👧"}


def test_a_line_that_names_the_separator(shop: Path) -> None:
    table(shop, "sep=;\r\nfile_name;title\r\na.png;Hat, red\r\n")
    assert items(shop) == {"a.png": {"title": "Hat, red"}}


@pytest.mark.parametrize(
    "above", ["Stock of 2024-05-01\n", "\nStock, all shops;;\n\n", '"Stock";;\nAcme;;\n;;\n']
)
@pytest.mark.parametrize("name", ["metadata.csv", "stock.csv"])
def test_what_a_report_is_called_is_no_header(shop: Path, above: str, name: str) -> None:
    table(shop, f"{above}image;sku;title\na.png;1;id\nb.png;2;Hat, red\n", name)
    catalogue = open_catalogue(shop)
    assert [catalogue.attributes_of(row) for row in (0, 1)] == [
        {"title": "id"},
        {"title": "Hat, red"},
    ]
    assert any("what stands above it" in note for note in catalogue.notes)


def test_a_row_that_holds_a_known_name_is_a_row(shop: Path) -> None:
    table(shop, "file_name\nid,image\na.png\n")
    assert "a.png" in items(shop)
    table(shop, "Bild,Art\na.png,image\nb.png,id\n")
    assert items(shop) == {"a.png": {"Art": "image"}, "b.png": {"Art": "id"}}


def test_the_header_tells_the_separator_whatever_the_cells_hold(shop: Path) -> None:
    table(shop, 'file_name,"a;b;c",sizes\na.png,x;y,S;M;L\nb.png,z;w,S;M\n')
    assert items(shop)["a.png"] == {"a;b;c": "x;y", "sizes": "S;M;L"}
    table(shop, "file_name;title, short;price\na.png;Hat, red, wool;9,50\nb.png;Cap;10,00\n")
    assert items(shop)["a.png"] == {"title, short": "Hat, red, wool", "price": "9,50"}


def test_long_descriptions_with_line_breaks(shop: Path) -> None:
    text = "A long, long text; of a garment.\n" * 40_000
    table(shop, f'file_name,id,text\na.png,1,"{text}"\nb.png,2,"He said ""hi"""\n')
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["1", "2"]
    assert catalogue.attributes_of(0) == {"text": text.strip()}
    assert catalogue.attributes_of(1) == {"text": 'He said "hi"'}


def test_empty_rows_and_blanks_and_other_cases_in_headers(shop: Path) -> None:
    table(
        shop, " File Name ,SKU , Name,,\n a.png ,007, Hat ,,\n,,,,\n\nb.png,08,Cap,,\n,,,,\n,,,,\n"
    )
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["007", "08"]
    assert catalogue.attributes_of(0) == {"Name": "Hat"}
    assert not bad(catalogue)


def test_a_column_twice_is_there_twice_unless_it_says_the_same(shop: Path) -> None:
    table(shop, "file_name,price,price,kind,kind\na.png,1,2,hat,hat\n")
    catalogue = open_catalogue(shop)
    assert catalogue.attributes_of(0) == {"price": 1, "price (2)": 2, "kind": "hat"}
    assert len(catalogue.notes) == 2


def test_bad_rows_are_listed_with_their_lines_and_the_rest_is_read(shop: Path) -> None:
    table(
        shop,
        "file_name,id,text\n"
        'a.png,1,"two\nlines"\n'
        "b.png,2,a comma, too many\n"
        "b.png,3\n"
        'b.png,4,"not closed\n'
        "b.png,5,fine\n"
        'c.png,6,"odd" marks\n'
        ",7,no picture\n",
    )
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["1", "5", "6"]
    reasons = bad(catalogue)
    assert list(reasons) == [f"metadata.csv, line {line}" for line in (4, 5, 6, 9)]
    assert "4 cells where the header has 3" in reasons["metadata.csv, line 4"]
    assert "does not close" in reasons["metadata.csv, line 6"]
    assert "names no picture" in reasons["metadata.csv, line 9"]


def test_marks_as_databases_and_spreadsheets_write_them(shop: Path) -> None:
    table(shop, 'file_name,id,text\na.png,="007","a 12\\" ruler"\nb.png,="08",plain\n')
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["007", "08"]
    assert catalogue.attributes_of(0) == {"text": 'a 12" ruler'}
    table(shop, 'file_name, id, text\na.png, 1, "a, b"\n')
    assert items(shop) == {"1": {"text": "a, b"}}


def test_the_set_of_kaggle_as_it_comes(tmp_path: Path) -> None:
    for number in (15970, 39386):
        draw_garment(tmp_path / "images" / f"{number}.jpg", "red", "disc")
    table(
        tmp_path,
        "id,gender,year,productDisplayName\n15970,Men,2011,Turtle Check Shirt\n"
        "39386,Men,2012,Peter England, Party Jeans\n39387,Men,2012,No such picture\n",
        "styles.csv",
    )
    links = "filename,link\n15970.jpg,http://x/15970.jpg\n39386.jpg,http://x/39386.jpg\n"
    table(tmp_path, links, "images.csv")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["15970"]
    assert catalogue.attributes_of(0)["productDisplayName"] == "Turtle Check Shirt"
    assert set(bad(catalogue)) == {"styles.csv, line 3", "styles.csv, line 4"}
    assert any("styles.csv" in note for note in catalogue.notes)
    why = {one.name: one.why for one in catalogue.left_out}
    assert why["images/39386.jpg"] is Why.WITHOUT_ROW
    assert why["images.csv"] is Why.OTHER


def test_a_sheet_of_sales_is_no_table_of_the_pictures(shop: Path) -> None:
    table(shop, "sku,sold\na,3\na,4\nb,1\n", "sales.csv")
    table(shop, "day,image\nmonday,none.png\n", "log.txt")
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["a.png", "b.png", "c.png"]
    assert {one.name for one in catalogue.left_out} == {"sales.csv", "log.txt"}


@pytest.mark.parametrize("name", ["filename", "FILENAME", "image", "Picture", "path", "Image Path"])
def test_usual_names_for_the_picture_are_taken_and_said(shop: Path, name: str) -> None:
    table(shop, f"sku,{name},kind\n7,a.png,hat\n")
    catalogue = open_catalogue(shop)
    assert (list(catalogue.ids), catalogue.attributes_of(0)) == (["7"], {"kind": "hat"})
    assert any(f"'{name}'" in note for note in catalogue.notes)


def test_the_column_that_names_files_is_the_one_whose_files_are_here(shop: Path) -> None:
    table(shop, "image,path\nhttps://shop.example/1,a.png\n")
    catalogue = open_catalogue(shop)
    assert catalogue.ids == ["a.png"]
    assert catalogue.attributes_of(0) == {"image_text": "https://shop.example/1"}


@pytest.mark.parametrize("name", ["metadata.jsonl", "metadata.parquet", "METADATA.TSV", "list.txt"])
def test_tables_of_other_formats(shop: Path, name: str) -> None:
    tags, reviews = ["x", "y"], [{"stars": 5}]
    rows = [
        {"file_name": "a.png", "id": "007", "size": "08", "tags": tags, "reviews": reviews},
        {"file_name": "b.png", "id": "8"},
    ]
    if name.endswith("jsonl"):
        lines = list(map(json.dumps, rows))
        table(shop, "\n".join([*lines, "{broken", "[1]"]), name)
    elif name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist(rows), shop / name)
    else:
        table(shop, "file_name\tid\tsize\ttags\na.png\t007\t08\tx, y\nb.png\t8\t\t\n", name)
    said = {"size": "08", "tags": "x, y"}
    assert items(shop) == {"007": said, "8": dict.fromkeys(said)}
    catalogue = open_catalogue(shop)
    if name.endswith("jsonl"):
        assert list(bad(catalogue)) == ["metadata.jsonl, line 3", "metadata.jsonl, line 4"]
    if name.endswith(("jsonl", "parquet")):
        assert any("'reviews' of lists" in note for note in catalogue.notes)


def test_a_table_given_by_itself_has_its_pictures_beside_it(shop: Path) -> None:
    table(shop, "sku,image\n7,a.png\n", "shop.csv")
    assert open_catalogue(shop / "shop.csv").ids == ["7"]
    table(shop, "sku,image\n7,a.png\n8,https://shop.example/x.jpg\n", "shop.csv")
    assert open_catalogue(shop / "shop.csv").ids == ["7"]
    (line,) = open_catalogue(shop / "shop.csv").left_out
    assert "https://shop.example/x.jpg" in line.reason


@pytest.mark.parametrize("text", ["", "\n\n", "file_name,id\n"])
def test_a_table_of_nothing_is_one_sentence(shop: Path, text: str) -> None:
    for picture in shop.glob("*.png"):
        picture.unlink()
    with pytest.raises(CatalogueError, match=r"is empty|has no items"):
        open_catalogue(table(shop, text))


def test_many_rows_of_odd_quotation_marks_are_read_in_seconds(shop: Path) -> None:
    def read(count: int) -> None:
        rows = "".join(f'"a "plain" {number}",{number}.png\n' for number in range(count))
        table(shop, f"title,file_name\n{rows}end,a.png\n")
        assert len(read_table(shop / "metadata.csv").lines) == count + 1

    assert grows_in_step(read, 5000)
