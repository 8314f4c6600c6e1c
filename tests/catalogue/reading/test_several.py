"""The column that names pictures is found by what it holds, and names as many as an item has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_folder import draw
from tests.conftest import draw_garment


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return draw(tmp_path, "a.png", "b.png", "c.png", "d.png")


def opened(shop: Path, text: str, name: str = "products.csv") -> Catalogue:
    (shop / name).write_text(text, encoding="utf-8")
    return open_catalogue(shop)


def shown(catalogue: Catalogue) -> dict[str, str]:
    """The pictures of each item by its id, the first one first."""
    further = catalogue.further or [()] * len(catalogue)
    return {
        item: "".join(Path(str(p)).stem for p in (catalogue.picture_source(row), *further[row]))
        for row, item in enumerate(catalogue.ids)
    }


@pytest.mark.parametrize(
    "cell",
    [
        "b.png,a.png,c.png",
        "b.png; a.png;c.png;",
        "b.png|a.png|c.png",
        "b.png\na.png\r\nc.png",
        "['b.png', 'a.png', 'c.png']",
        '["b.png","a.png","c.png"]',
        "https://shop.example/b.png?v=1, https://shop.example/x/a.png, //shop.example/c.png",
        "C:\\shop\\b.png|C:\\shop\\A.PNG|C:\\shop\\c.png",
        "b.png,b.png,a.png,c.png",
    ],
)
def test_a_cell_of_several_names_gives_an_item_several_pictures(shop: Path, cell: str) -> None:
    quoted = cell.replace('"', '""')
    catalogue = opened(shop, f'sku,images,kind\n1,"{quoted}",hat\n2,d.png,cap\n')
    assert shown(catalogue) == {"1": "bac", "2": "d"}
    assert catalogue.attributes_of(0) == {"kind": "hat"}
    assert not [one for one in catalogue.left_out if one.is_file]
    assert any("further pictures" in note for note in catalogue.notes)
    views, owners = catalogue.views()
    assert owners == ["1", "1"]
    assert views.read_picture(0).size == (64, 64)


def test_of_several_those_that_are_not_here_are_listed(shop: Path) -> None:
    catalogue = opened(shop, 'sku,image\n1,"gone.png,b.png,lost.png,a.png"\n2,c.png\n3,d.png\n')
    assert shown(catalogue) == {"1": "ba", "2": "c", "3": "d"}
    missing = [one.reason for one in catalogue.left_out if one.why is Why.PICTURE]
    assert ["gone.png" in missing[0], "lost.png" in missing[1], len(missing)] == [True, True, 2]
    assert (catalogue.files, len(catalogue.left_out)) == (3, 2)


def test_a_name_with_a_comma_is_one_name(tmp_path: Path) -> None:
    draw(tmp_path, "hat, red.png", "a.png")
    catalogue = opened(tmp_path, 'sku,image\n1,"Hat, Red.png"\n2,a.png\n')
    assert shown(catalogue) == {"1": "hat, red", "2": "a"}


@pytest.mark.parametrize(
    ("header", "rows", "expected", "left"),
    [
        ("Artikel,Bild", ["x,a.png", "y,b.png"], {"a.png": "a", "b.png": "b"}, ["Artikel"]),
        ("sku,Foto principal", ["1,a.png", "2,b.png"], {"1": "a", "2": "b"}, []),
        ("sku,image1,image2", ["1,a.png,b.png", "2,c.png,d.png"], {"1": "ab", "2": "cd"}, []),
        ("sku,image1,image2", ["1,a.png,", "2,,d.png"], {"1": "a", "2": "d"}, []),
        ("sku,front,back", ["1,gone.png,b.png", "2,c.png,d.png"], {"1": "b", "2": "cd"}, []),
        ("sku,image,worn with", ["1,a.png,c.png", "2,c.png,a.png"], {"1": "a", "2": "c"}, ["worn"]),
        ("sku,filename,image", ["1,a.png,b.png", "2,n1,c.png", "3,n2,d.png"], None, ["filename"]),
    ],
)
def test_the_column_of_pictures_is_the_one_that_names_them(
    shop: Path, header: str, rows: list[str], expected: dict[str, str] | None, left: list[str]
) -> None:
    catalogue = opened(shop, "\n".join([header, *rows]))
    assert shown(catalogue) == (expected or {"1": "b", "2": "c", "3": "d"})
    assert [name.split()[0] for name in catalogue.attribute_names] == left


def test_a_column_of_where_pictures_came_from_is_none_of_further_ones(shop: Path) -> None:
    draw(shop / "camera", "a.png", "b.png")
    (shop / "shop").mkdir()
    draw_garment(shop / "shop" / "a.png", "red", "disc")
    source = (shop / "camera" / "a.png").as_posix()
    catalogue = opened(shop / "shop", f"sku,image,source\n1,a.png,{source}\n")
    assert (shown(catalogue), catalogue.attributes_of(0)) == ({"1": "a"}, {"source": source})


def test_a_table_without_a_header_names_its_pictures(shop: Path) -> None:
    catalogue = opened(shop, "a.png,Hat\nb.png,Cap\nc.png,Belt\nd.png,Bag\n")
    assert list(shown(catalogue)) == ["a.png", "b.png", "c.png", "d.png"]
    assert catalogue.attributes_of(3) == {"column 2": "Bag"}
    assert any("has no header" in note for note in catalogue.notes)


def test_a_list_of_a_few_pictures_leaves_the_others_items(shop: Path) -> None:
    catalogue = opened(shop, "a.png,to be retouched\n")
    assert len(catalogue) == 4
    (left,) = catalogue.left_out
    assert "call that file_name" in left.reason


@pytest.mark.parametrize("header", ["id,todo", "sku,sold", "ID;Rang;Land"])
def test_a_list_of_a_few_ids_leaves_the_others_items(shop: Path, header: str) -> None:
    separator = ";" if ";" in header else ","
    row = separator.join(["a", *["1"] * header.count(separator)])
    for name in ("notes.txt", "bestsellers.csv"):
        catalogue = opened(shop, f"{header}\n{row}\n", name)
        assert list(catalogue.ids) == ["a.png", "b.png", "c.png", "d.png"]
        (left,) = catalogue.left_out
        assert (left.name, left.why) == (name, Why.OTHER)
        assert "names few of the pictures" in left.reason
        (shop / name).unlink()


def test_a_list_of_half_of_the_ids_or_one_that_is_the_metadata_describes_them(shop: Path) -> None:
    catalogue = opened(shop, "id,kind\na,hat\nb,cap\n", "shop.csv")
    assert (list(catalogue.ids), len(catalogue.left_out)) == (["a", "b"], 2)
    catalogue = opened(shop, "id,kind\na,hat\n", "metadata.csv")
    assert (list(catalogue.ids), catalogue.attributes_of(0)) == (["a"], {"kind": "hat"})


@pytest.mark.parametrize("name", ["metadata.csv", "styles.csv"])
def test_ids_whose_leading_zeros_excel_took_find_their_pictures(tmp_path: Path, name: str) -> None:
    draw(tmp_path, "001.png", "0.png", "013.png", "100.png")
    catalogue = opened(tmp_path, "id,kind\n1,hat\n0,cap\n13,bag\n100,belt\n", name)
    assert list(catalogue.ids) == ["1", "0", "13", "100"]
    sources = [catalogue.picture_source(row) for row in range(4)]
    files = [source.name for source in sources if isinstance(source, Path)]
    assert files == ["001.png", "0.png", "013.png", "100.png"]
    assert catalogue.left_out == ()
    assert any("as '001.png' for '1'" in note for note in catalogue.notes)


def test_where_leading_zeros_may_be_any_it_is_said(tmp_path: Path) -> None:
    draw(tmp_path, "01.png", "001.png", "02.png", "002.png")
    with pytest.raises(CatalogueError, match=r"leading zeros, as '1' for '0+1.png': write them"):
        opened(tmp_path, "id,kind\n1,hat\n2,cap\n", "metadata.csv")
    (tmp_path / "metadata.csv").unlink()
    catalogue = opened(tmp_path, "id,kind\n1,hat\n2,cap\n", "styles.csv")
    assert len(catalogue) == 4
    (left,) = catalogue.left_out
    assert "a table whose ids differ" in left.reason
    draw(tmp_path, "100.png", "101.png", "102.png", "103.png")
    ids = "".join(f"{number},hat\n" for number in (1, 2, 100, 101, 102, 103))
    catalogue = opened(tmp_path, f"id,kind\n{ids}", "styles.csv")
    assert list(catalogue.ids) == ["100", "101", "102", "103"]
    reasons = [one.reason for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert re.fullmatch(r"No picture is called '1'; '0+1.png' has other .* zeros.", reasons[0])


@pytest.mark.parametrize("ids", [("007", "7"), ("07", "7")])
def test_no_id_takes_the_picture_of_another_for_its_zeros(
    tmp_path: Path, ids: tuple[str, str]
) -> None:
    draw(tmp_path, "007.png", "8.png", "9.png")
    rows = "".join(f"{one},hat\n" for one in (*ids, "8", "9"))
    catalogue = opened(tmp_path, f"id,kind\n{rows}", "metadata.csv")
    assert list(catalogue.ids) == [*({"007"} & {*ids}), "8", "9"]
    (*_, left) = [one for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert left.reason == "No picture is called '7'; '007.png' has other leading zeros."


def test_the_first_row_without_a_header_keeps_its_cells(shop: Path) -> None:
    catalogue = opened(shop, 'a.png,,S,S,="007"\nb.png,Cap,M,L,8\nc.png,Bag,M,L,9\n')
    told = {name: value for name, value in catalogue.attributes_of(0).items() if value}
    assert told == {"column 3": "S", "column 4": "S", "column 5": "007"}
