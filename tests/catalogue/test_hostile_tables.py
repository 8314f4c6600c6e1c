"""A small table takes little time and memory, whatever whoever wrote it wants of a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.catalogue import open_catalogue
from pipeline.catalogue.reading.tables import read_table
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed
from tests.conftest import draw_garment
from tests.support.growth import grows_in_step

ITEMS = 2500


def own_keys() -> str:
    """Objects of which each has a name of its own for a value, one a line."""
    rows = ({"id": str(n), "image": "@red-disc.png", f"key{n}": 1} for n in range(ITEMS))
    return "\n".join(map(json.dumps, rows))


def own_elements() -> str:
    items = (
        f"<item><id>{n}</id><image_link>@red-disc.png</image_link><key{n}>1</key{n}></item>"
        for n in range(ITEMS)
    )
    return f"<rss><channel>{''.join(items)}</channel></rss>"


def own_attributes() -> str:
    rows = (f"{n},simple,A{n},5,@red-disc.png,key{n},1" for n in range(ITEMS))
    header = "ID,Type,Name,Regular price,Images,Attribute 1 name,Attribute 1 value(s)"
    return "\n".join([header, *rows])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (own_keys(), "shop.jsonl"),
        (own_elements(), "shop.xml"),
        (own_attributes(), "shop.csv"),
        (f"[{own_keys().replace(chr(10), ',')}]", "shop.json"),
    ],
    ids=["jsonl", "xml", "csv", "json"],
)
def test_a_column_for_each_item_is_refused(open_feed: OpenFeed, text: str, name: str) -> None:
    with pytest.raises(CatalogueError, match=r"2,50\d different names .* the same names"):
        open_feed(text, name)


def test_a_table_that_would_be_all_but_empty_is_refused(tmp_path: Path) -> None:
    """A thousand names of 37,000 items with one value each: 300 kB, and gigabytes as a table."""
    draw_garment(tmp_path / "a.png", "red", "disc")
    rows = "\n".join(f'{{"k{number % 1000}":1}}' for number in range(37_000))
    (tmp_path / "metadata.jsonl").write_text(rows)
    with pytest.raises(CatalogueError, match=r"1,000 different names for .* 37,000 items"):
        open_catalogue(tmp_path)


def test_many_names_of_many_values_each_are_columns(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    row = {"file_name": "a.png"} | {f"key{number}": number for number in range(1500)}
    (tmp_path / "metadata.jsonl").write_text("\n".join([json.dumps(row)] * 3))
    assert len(open_catalogue(tmp_path).attribute_names) == 1500


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("image_2", lambda size: "@blue-disc.png" + "," * size),
        ("title", lambda size: "<p>" + "<!--" * size),
        ("title", lambda size: "<p>" + "<script " * size),
        ("title", lambda size: "<b>" + "<p " * 3 * size),
        ("title", lambda size: "é" + " " * size + "x"),
        ("price", lambda size: "1" + " " * size + "x!"),
    ],
)
def test_a_long_cell_of_a_feed_is_read_in_step_with_its_length(
    open_feed: OpenFeed, column: str, cell: Callable[[int], str]
) -> None:
    def read(size: int) -> None:
        text = f'id,image,{column}\n1,@red-disc.png,"{cell(size)}"\n'
        assert open_feed(text).ids == ["1"]

    assert grows_in_step(read, 2000)


def test_many_columns_of_one_name_are_numbered_in_step_with_their_number(tmp_path: Path) -> None:
    def read(count: int) -> None:
        cells = ",".join(map(str, range(count)))
        (tmp_path / "a.csv").write_text(f"file_name{',size' * count}\na.png,{cells}\n")
        assert list(read_table(tmp_path / "a.csv").columns)[-1] == f"size ({count})"

    assert grows_in_step(read, 500)


def test_what_lies_between_the_items_of_a_feed_is_passed_over_in_step(open_feed: OpenFeed) -> None:
    def read(count: int) -> None:
        item = "<item><id>1</id><image_link>@red-disc.png</image_link></item>"
        text = f"<rss><channel>{'<x/>' * 20 * count}{item * count}</channel></rss>"
        assert open_feed(text, "feed.xml").ids == ["1"]

    assert grows_in_step(read, 300)


def test_an_entity_of_thousands_of_digits_stays_as_it_is_written(open_feed: OpenFeed) -> None:
    entity = f"&#{'1' * 5000};"
    catalogue = open_feed(f"id,image,title\n1,@red-disc.png,<p>{entity}</p>\n")
    assert catalogue.attributes_of(0)["title"] == entity
