"""A table's names find their files however another machine spells them; errors blame the source."""

from __future__ import annotations

import json
import os
import time
import unicodedata
from pathlib import Path

import pytest

from pipeline.catalogue import Why, open_catalogue
from pipeline.errors import CatalogueError
from pipeline.recommender import open_recommender
from pipeline.settings import Settings, looks_like_path
from tests.conftest import draw_garment


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("tops/a.png", "tops\\a.png"),
        ("tops/a.png", " tops/a.png "),
        ("tops/a.png", "Tops/A.PNG"),
        ("tops/a.png", "C:\\shop\\tops\\a.png"),
        ("tops/a.png", "/home/anna/shop/tops/a.png"),
        ("tops/a.png", "\\\\nas\\shop\\tops\\a.png"),
        ("tops/a.png", "https://shop.example/img/tops/a.png?w=300"),
        ("tops/a.png", "file:///home/anna/tops/a.png"),
        ("tops/a.png", "a.png"),
        ("tops/a.png", "a"),
        ("tops/a.png", "pictures/a.png"),
        ("tops/a.png", "tops/a.png?v=2"),
        ("tops/a.png", "/cdn/a.png?v=2&w=300#top"),
        ("tops/a.png", "\u202aC:\\shop\\tops\\a.png"),
        ("tops/a.png", "\ufefftops/a.png"),
        ("a\u200bb.png", "ab.png"),
        ("\u2764\ufe0f kleid.png", "\u2764 kleid.png"),
        ("\u2764 kleid.png", "\u2764\ufe0f kleid.png"),
        ("\u2600\ufe0e.png", "\u2600\ufe0f.png"),
        ("\u845b\U000e0100.png", "\u845b.png"),
        ("a.png@v=2", "https://shop.example/a.png?v=2"),
        ("a b.png", "a%20b.png"),
        (unicodedata.normalize("NFC", "é.png"), unicodedata.normalize("NFD", "é.png")),
        (unicodedata.normalize("NFD", "é.png"), unicodedata.normalize("NFC", "é.png")),
    ],
)
def test_a_name_that_is_spelt_otherwise_is_found(tmp_path: Path, file: str, named: str) -> None:
    draw_garment(tmp_path / "drawn.png", "red", "disc")
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / "drawn.png").rename(tmp_path / file)
    (tmp_path / "metadata.csv").write_text(f'file_name,id\n"{named}",7\n', encoding="utf-8")
    catalogue = open_catalogue(tmp_path)
    assert (list(catalogue.ids), catalogue.left_out) == (["7"], ())
    assert catalogue.read_picture(0).size == (64, 64)


def test_no_name_takes_the_picture_of_another_row(tmp_path: Path) -> None:
    for name in ("tops/a.png", "hats/b.png"):
        draw_garment(tmp_path / name, "red", "disc")
    rows = ["file_name,id", "tops/a.png,1", "gone/a.png,2", "/old/x.png,3"]
    (tmp_path / "metadata.csv").write_text("\n".join(rows))
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["1", "2"]
    assert catalogue.picture_source(1) == tmp_path / "gone" / "a.png"
    left = {one.name: one.why for one in catalogue.left_out}
    assert left == {"metadata.csv, line 4": Why.SKIPPED, "hats/b.png": Why.WITHOUT_ROW}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (["hat/1.png", "cap/1.png"], ["hat/1.png", "belt/1.png"]),
        (["cap/1.png"], ["hat/1.png", "belt/1.png"]),
        (["cap/1.png"], ["hat/1", "belt/1"]),
        (["cap/x/1.png"], ["hat/x/1.png", "belt/x/1.png"]),
        (["cap/1.png"], ["https://shop.example/hat/1.png", "https://shop.example/belt/1.png"]),
    ],
)
def test_a_file_that_many_folders_have_is_of_no_other_folder(
    tmp_path: Path, files: list[str], named: list[str]
) -> None:
    for name in files:
        draw_garment(tmp_path / name, "red", "disc")
    rows = [f"{name},{number}" for number, name in enumerate(["a.png", *named])]
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.csv").write_text("\n".join(["file_name,id", *rows]))
    catalogue = open_catalogue(tmp_path)
    left = {one.name for one in catalogue.left_out if one.why is Why.WITHOUT_ROW}
    assert left == {name for name in files if name not in named}


@pytest.mark.parametrize("name", ["\ud800.png", "\ud800/b.png", "b\0.png", "b\0/c.png", "b" * 300])
def test_what_no_file_can_be_called_is_a_row_without_a_picture(tmp_path: Path, name: str) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    rows = [{"file_name": "a.png"}, {"file_name": name}]
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png"]
    (left,) = catalogue.left_out
    assert (left.name, left.why) == ("metadata.jsonl, line 2", Why.SKIPPED)
    assert "no file can be called" in left.reason
    assert len(left.reason) < 200
    assert left.reason.encode()


@pytest.mark.skipif(os.name == "nt", reason="there a backslash is no letter of a name")
def test_no_spelling_leads_outside(tmp_path: Path) -> None:
    draw_garment(tmp_path / "secret.png", "red", "disc")
    draw_garment(tmp_path / "shop" / "a.png", "red", "disc")
    (tmp_path / "shop" / "metadata.csv").write_text("file_name,id\n..\\secret.png,7\n")
    with pytest.raises(CatalogueError, match="lies outside of its folder"):
        open_catalogue(tmp_path / "shop")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("photos/", "no catalogue at 'photos/'"),
        ("my photos/summer", "no catalogue at"),
        ("shop/products.csv", "no catalogue at"),
        ("https://shop.example/products.csv", "is an address"),
        ("ftp://bucket/photos", "is an address"),
    ],
)
def test_what_is_not_there_is_told_at_once(tmp_path: Path, source: str, sentence: str) -> None:
    started = time.monotonic()
    with pytest.raises(CatalogueError, match=sentence):
        open_recommender(Settings(catalogue=source, home=tmp_path))
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", "is one picture. Give the folder"),
        ("a.zip", b"PK", "unpack it"),
        ("a.xlsx", b"PK", "save it as CSV"),
        ("a.csv", b"kind,price\nhat,3\n", "no column 'file_name'"),
    ],
)
def test_a_file_that_is_no_catalogue_is_told_what_to_give(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CatalogueError, match=sentence):
        open_catalogue(tmp_path / name)


def test_a_name_of_the_hub_is_no_path() -> None:
    assert not looks_like_path("ashraq/fashion-product-images-small")
    assert looks_like_path("photos/")


def test_a_disk_that_tells_no_case_apart_has_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a Mac or a memory card: no disk here is one, so what the system answers is put in."""
    draw_garment(tmp_path / "a.png", "red", "disc")
    draw_garment(tmp_path / "b.png", "blue", "disc")
    (tmp_path / "shop.csv").write_text("image,id,kind\nA.PNG,7,hat\nb.png,8,cap\n")
    there = {str(tmp_path / name).casefold() for name in ("a.png", "b.png")}
    monkeypatch.setattr(
        "pipeline.catalogue.reading.matching.is_file_here",
        lambda path: str(path).casefold() in there,
    )
    monkeypatch.setattr(
        Path, "samefile", lambda one, other: str(one).casefold() == str(other).casefold()
    )
    catalogue = open_catalogue(tmp_path)
    assert (list(catalogue.ids), catalogue.left_out) == (["7", "8"], ())
    assert catalogue.attributes_of(0) == {"kind": "hat"}
