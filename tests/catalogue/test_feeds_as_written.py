"""Feeds hold what programs write around texts and addresses: it is taken off, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, open_catalogue
from tests.support.shop_server import ShopServer, picture


@pytest.fixture(scope="module")
def server() -> Iterator[ShopServer]:
    with ShopServer().serving() as running:
        yield running


def opened(server: ShopServer, folder: Path, text: str, name: str = "shop.csv") -> Catalogue:
    """Open a feed in which ``@x`` stands for the address of the picture x."""
    (folder / name).write_text(text.replace("@", server.address("ok/")), encoding="utf-8")
    return open_catalogue(folder / name, allow_private=True, home=folder / "home")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Levi&#39;s &amp; Co", "Levi's & Co"),
        ("5 &lt; 6 &euro;", "5 < 6 €"),
        ("H&M", "H&M"),
        ("a&copy=1&lt", "a&copy=1&lt"),
        ("&nosuch; &#1114112;", "&nosuch; \ufffd"),
    ],
)
def test_letters_of_html_are_the_letters_that_they_stand_for(
    server: ShopServer, tmp_path: Path, written: str, shown: str
) -> None:
    catalogue = opened(server, tmp_path, f"id,image_link,title\n1,@red-disc.png,{written}\n")
    assert catalogue.attributes_of(0) == {"title": shown}


def test_an_address_cut_out_of_html_is_asked_for_as_it_was_meant(
    server: ShopServer, tmp_path: Path
) -> None:
    opened(server, tmp_path, "id,image_link\n1,@red-disc.png?w=1&amp;h=2\n")
    assert any(path.endswith("red-disc.png?w=1&h=2") for path in server.asked)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("'-50% off", "-50% off"),
        ("'=7", "=7"),
        ("'+31 20", "+31 20"),
        ("'\t-5", -5),
        ("'-1", -1),
        ("'80s tee", "'80s tee"),
        ("''-1", "''-1"),
        ("'", "'"),
        ("-50%", "-50%"),
    ],
)
def test_what_keeps_spreadsheets_from_a_formula_is_no_part_of_a_cell(
    server: ShopServer, tmp_path: Path, cell: str, shown: str | int
) -> None:
    catalogue = opened(server, tmp_path, f'id,image,said\n1,@red-disc.png,"{cell}"\n')
    assert catalogue.attributes_of(0) == {"said": shown}


@pytest.mark.parametrize(
    "cell",
    [
        r'["https:\/\/shop\/red-disc.png","https:\/\/shop\/blue-disc.png"]',
        r'[ "https:\/\/shop\/red-disc.png", "https:\/\/shop\/blue-disc.png" ]',
        '[\n\t"https://shop/red-disc.png",\n\t"https://shop/blue-disc.png"\n]',
        r'["https:\/\/shop\/red-disc.png?a=1\u0026b=2","https:\/\/shop\/blue-disc.png"]',
        "\thttps://shop/red-disc.png\n\thttps://shop/blue-disc.png",
    ],
)
def test_a_list_of_addresses_as_programs_write_it_is_their_pictures(
    server: ShopServer, tmp_path: Path, cell: str
) -> None:
    is_escaped = r"\/" in cell
    address = server.address("ok").replace("/", r"\/") if is_escaped else server.address("ok")
    place = r"https:\/\/shop" if is_escaped else "https://shop"
    quoted = cell.replace(place, address).replace('"', '""')
    catalogue = opened(server, tmp_path, f'id,pictures,title\n1,"{quoted}",Hat\n')
    own = [catalogue.picture_source(0), *catalogue.further[0]]
    shown = [Path(str(path)).read_bytes() for path in own]
    assert shown == [picture("red-disc"), picture("blue-disc")]


def test_one_file_here_is_not_the_pictures_of_all_that_are_called_so(
    server: ShopServer, tmp_path: Path
) -> None:
    (tmp_path / "main.png").write_bytes(picture("black-disc"))
    colours = enumerate(("red", "green", "blue"))
    rows = [f"{number},@{colour}-disc/main.png" for number, colour in colours]
    catalogue = opened(server, tmp_path, "\n".join(["id,image", *rows]))
    assert catalogue.ids == ["0", "1", "2"]
    assert all(
        tmp_path / "home" in Path(str(catalogue.picture_source(row))).parents for row in range(3)
    )


def test_a_list_of_products_in_json_is_a_feed(server: ShopServer, tmp_path: Path) -> None:
    images = [{"src": "@red-disc.png"}, {"src": "@blue-disc.png"}]
    products = [{"id": 7, "title": "Hat", "images": images, "image": images[0]}]
    catalogue = opened(server, tmp_path, json.dumps({"products": products}), "products.json")
    assert (list(catalogue.ids), catalogue.attributes_of(0)) == (["7"], {"title": "Hat"})
    own = [catalogue.picture_source(0), *catalogue.further[0]]
    assert [Path(str(path)).read_bytes() for path in own] == [
        picture("red-disc"),
        picture("blue-disc"),
    ]
