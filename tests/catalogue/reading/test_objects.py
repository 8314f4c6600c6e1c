"""Tables in JSON: lists as programs write them, and files that are about one picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_folder import draw
from tests.catalogue.reading.test_several import shown

ROWS: list[object] = [{"image": "a.png", "kind": "hat"}, {"image": "b.png", "kind": "cap"}, 3]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return draw(tmp_path, "a.png", "b.png", "c.png")


def opened(shop: Path, text: str, name: str = "products.json") -> Catalogue:
    (shop / name).write_text(text, encoding="utf-8")
    return open_catalogue(shop)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (json.dumps(ROWS), "item 3"),
        ("\ufeff\n" + json.dumps(ROWS, indent=2), "item 3"),
        (json.dumps({"count": 2, "products": ROWS, "tags": ["x"]}), "item 3"),
        ("\n".join(map(json.dumps, ROWS)), "line 3"),
    ],
)
def test_a_list_of_objects_is_a_table(shop: Path, text: str, where: str) -> None:
    catalogue = opened(shop, text)
    assert catalogue.ids == ["a.png", "b.png"]
    assert [catalogue.attributes_of(row) for row in (0, 1)] == [{"kind": "hat"}, {"kind": "cap"}]
    left = {one.name: one.why for one in catalogue.left_out}
    assert left == {f"products.json, {where}": Why.SKIPPED, "c.png": Why.WITHOUT_ROW}
    assert open_catalogue(shop / "products.json").ids == catalogue.ids


def test_lists_of_pictures_are_an_items_pictures(shop: Path) -> None:
    sources = [{"id": 7, "src": f"https://shop.example/{name}.png?v=1"} for name in "bac"]
    for images in (["b.png", "a.png", "c.png"], sources):
        row = {"id": 1, "images": images, "image": None, "tags": ["x"], "options": [{"name": "S"}]}
        catalogue = opened(shop, json.dumps([row]))
        assert shown(catalogue) == {"1": "bac"}
        assert catalogue.attributes_of(0).items() >= {"tags": "x", "options": "S"}.items()


@pytest.mark.parametrize(
    "text",
    [
        '{"image": "a.png", "kind": "hat"}',
        '{"image": "a.png",\n"kind": "hat"}',
        '["a.png"]',
        '{"image": "a.png"',
        "[" * 100_000,
    ],
)
def test_what_is_no_list_takes_no_picture_from_the_others(shop: Path, text: str) -> None:
    assert opened(shop, text).ids == ["a.png", "b.png", "c.png"]
    with pytest.raises(CatalogueError, match=r"no list of items .* one object a line"):
        open_catalogue(shop / "products.json")


def test_beside_pictures_a_product_says_what_it_says_itself(shop: Path) -> None:
    variants = [{"id": 1, "size": "S", "price": "9.50"}, {"id": 2, "size": "M", "price": "8.00"}]
    rows = [{"id": "t", "image": "a.png", "price": "11.00", "variants": variants}]
    catalogue = opened(shop, json.dumps([*rows, {"id": "c", "image": "b.png"}]))
    assert (list(catalogue.ids), catalogue.attributes_of(0)) == (["t", "c"], {"price": "11.00"})
    assert any("lists variants of items, which are left out" in note for note in catalogue.notes)


@pytest.mark.parametrize("keys", [120, 700])
def test_keys_that_are_data_cost_no_item(shop: Path, keys: int) -> None:
    rows = [{"image": "a.png", "kind": "hat", "stock": {f"{n}-S": n for n in range(keys)}}]
    catalogue = opened(shop, json.dumps([*rows, {"image": "b.png"}]))
    assert catalogue.attributes_of(0) == {"kind": "hat"}
    assert any("'stock' of lists, which is left out" in note for note in catalogue.notes)


def test_a_picture_as_datasets_write_it_is_found_by_its_path(shop: Path) -> None:
    rows = [{"image": {"bytes": None, "path": f"{name}.png"}, "kind": name} for name in "ab"]
    catalogue = opened(shop, "\n".join(map(json.dumps, rows)), "metadata.jsonl")
    assert [catalogue.attributes_of(row) for row in (0, 1)] == [{"kind": "a"}, {"kind": "b"}]


@pytest.mark.parametrize("without", [[], {}, None, "", ["a.png", None], [{}]])
def test_a_product_without_pictures_leaves_those_of_the_others(shop: Path, without: object) -> None:
    rows = [{"id": 1, "images": ["b.png", "c.png"]}, {"id": 2, "images": without}]
    catalogue = opened(shop, json.dumps(rows))
    assert shown(catalogue)["1"] == "bc"
    assert not any("'images'" in note and "left out" in note for note in catalogue.notes)


def test_an_empty_cell_as_pandas_writes_it_is_none(shop: Path) -> None:
    nothing = float("nan")
    rows = (
        {"image": "a.png", "id": "x", "brand": "Acme", "price": 9.99},
        {"image": "b.png", "id": "y", "brand": nothing, "price": nothing},
    )
    catalogue = opened(shop, "\n".join(map(json.dumps, rows)), "products.jsonl")
    assert catalogue.attributes_of(0) == {"brand": "Acme", "price": 9.99}
    assert not any(catalogue.attributes_of(1).values())
