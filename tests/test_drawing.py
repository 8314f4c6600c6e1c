"""The drawn catalogue: the committed one is what its command draws, and it is as promised."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from pipeline.catalogue import STARTER_CATALOGUE, open_catalogue
from tools.draw_catalogue import draw_items
from tools.drawing.palette import COLOURS
from tools.drawing.patterns import PATTERNS


def test_the_starter_catalogue_is_varied_and_small_enough_to_carry() -> None:
    catalogue = open_catalogue(STARTER_CATALOGUE)
    columns = catalogue.attributes.to_pydict()
    assert 950 <= len(catalogue) <= 1100
    assert len(set(columns["articleType"])) >= 16
    assert len(set(columns["baseColour"])) >= 12
    names = " ".join(columns["productDisplayName"])
    assert all(pattern in names for pattern in PATTERNS)
    assert min(Counter(columns["articleType"]).values()) >= 30
    assert catalogue.read_picture(0).size == (256, 256)
    (parquet,) = STARTER_CATALOGUE.rglob("*.parquet")
    assert parquet.stat().st_size < 15_000_000


def test_it_has_the_columns_of_the_product_photos(products: str) -> None:
    drawn, photos = open_catalogue(STARTER_CATALOGUE), open_catalogue(products)
    assert drawn.attributes.schema.equals(photos.attributes.schema)


def test_the_same_seed_draws_the_committed_pictures() -> None:
    catalogue = open_catalogue(STARTER_CATALOGUE)
    for row, item in enumerate(islice(draw_items(1015, seed=7), 20)):
        assert str(item["id"]) == catalogue.ids[row]
        assert item["productDisplayName"] == catalogue.attributes_of(row)["productDisplayName"]
        assert item["image"]["bytes"] == catalogue.picture_source(row)


def test_another_seed_draws_others_in_known_colours() -> None:
    items = list(islice(draw_items(29, seed=8), 29))
    assert {item["baseColour"] for item in items} <= set(COLOURS)
    assert items[0]["image"] != next(iter(draw_items(1, seed=7)))["image"]
