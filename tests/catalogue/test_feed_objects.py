"""What the servers of shops answer in JSON opens as a catalogue, however it is nested."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.catalogue import Catalogue, Why
from pipeline.catalogue.fetching import Limits, fetching
from tests.catalogue.conftest import OpenFeed

TEE: dict[str, Any] = {"id": "t", "title": "Tee", "images": [{"src": "@red-disc.png"}]}
CAP: dict[str, Any] = {"id": "c", "title": "Cap", "images": [{"src": "@green-disc.png"}]}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LIMITS", Limits(tries=1))


def opened(open_feed: OpenFeed, answer: object) -> Catalogue:
    """Open what a server answers, in which ``@type`` is a name and ``@x.png`` an address."""
    text = json.dumps(answer).replace('"@', '"\0@')
    for name in ("type", "graph", "context", "id"):
        text = text.replace(f'\0@{name}"', f'\\u0040{name}"')
    return open_feed(text.replace("\0", ""), "products.json")


def told(catalogue: Catalogue, row: int = 0) -> dict[str, object]:
    """What is said of an item, without what is empty."""
    return {name: cell for name, cell in catalogue.attributes_of(row).items() if cell is not None}


SHOPIFY = TEE | {
    "created_at": "2024-01-02",
    "tags": ["men", "cotton"],
    "options": [{"name": "Size", "values": ["S", "M"]}],
    "variants": [
        {"id": 1, "title": "S", "option1": "S", "sku": "T-S", "available": False, "price": "21.00"},
        {"id": 2, "title": "M", "option1": "M", "sku": "T-M", "available": True, "price": "19.00"},
    ],
}
NO_OPTION = CAP | {
    "options": [{"name": "Title", "values": ["Default Title"]}],
    "variants": [{"id": 3, "title": "Default Title", "sku": "C-1", "price": "9.50"}],
}


def test_the_products_json_of_a_shopify_shop(open_feed: OpenFeed) -> None:
    catalogue = opened(open_feed, {"products": [SHOPIFY, NO_OPTION]})
    assert (list(catalogue.ids), catalogue.folded) == (["t", "c"], 3)
    assert told(catalogue) == {
        "title": "Tee",
        "created_at": "2024-01-02",
        "tags": "men, cotton",
        "Size": "S, M",
        "price": "19.00",
        "highest_price": "21.00",
        "availability": "in_stock",
        "variants": "T-S, T-M, 1, 2",
    }
    assert told(catalogue, 1) == {"title": "Cap", "price": "9.50", "variants": "C-1, 3"}


WOO = {
    "id": 7,
    "name": "Tee",
    "type": "variable",
    "status": "publish",
    "permalink": "https://shop.example/tee",
    "regular_price": "20.00",
    "price": "15.00",
    "stock_status": "instock",
    "images": [{"id": 1, "src": "@red-disc.png", "alt": "red"}],
    "categories": [{"id": 9, "name": "Clothing"}, {"id": 14, "name": "Shirts"}],
    "attributes": [{"id": 6, "name": "Colour", "options": ["Black", "Green"]}],
    "variations": [12, 13],
    "_links": {"self": [{"href": "https://shop.example/wp-json/7"}]},
}


def test_what_woocommerce_answers(open_feed: OpenFeed) -> None:
    draft = WOO | {"id": 8, "status": "draft"}
    hidden = WOO | {"id": 9, "catalog_visibility": "hidden"}
    catalogue = opened(open_feed, [WOO, draft, hidden])
    assert catalogue.ids == ["7"]
    said = told(catalogue)
    assert (said["categories"], said["Colour"]) == ("Clothing, Shirts", "Black, Green")
    assert (said["price"], said["variants"], said["url"]) == ("15.00", "12, 13", WOO["permalink"])
    left = [one.reason for one in catalogue.left_out if one.why is Why.SKIPPED]
    assert "its status is draft" in left[0]
    assert "its catalog_visibility is hidden" in left[1]
    notes = " ".join(catalogue.notes)
    assert "'_links' of lists, which is left out" in notes
    assert "'categories' of objects, of which the names alone are kept" in notes


def test_the_largest_of_the_sizes_of_a_picture_is_taken(open_feed: OpenFeed) -> None:
    sizes = {
        "url_thumbnail": "@blue-disc.png",
        "url_standard": "@blue-square.png",
        "url_zoom": "@red-disc.png",
        "description": "https://shop.example/what",
    }
    catalogue = opened(open_feed, {"data": [TEE | {"images": [sizes]}], "meta": {"pages": 1}})
    assert told(catalogue) == {"title": "Tee"}
    assert catalogue.further == ((),)
    assert catalogue.picture_source(0) == opened(open_feed, [TEE]).picture_source(0)


def node(value: object) -> dict[str, object]:
    return {"node": value}


EDGES = {"edges": [node(TEE | {"images": {"edges": [node({"url": "@red-disc.png"})]}}), node(CAP)]}
ENTITIES = [
    {"@type": "BreadcrumbList", "name": "Home"},
    {"@type": "Product", "sku": "t", "name": "Tee", "image": "@red-disc.png"},
    {"@type": ["Product"], "sku": "c", "name": "Cap", "image": {"url": "@green-disc.png"}},
]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"data": {"products": EDGES}, "extensions": {"cost": {"n": 1}}}, id="GraphQL"),
        pytest.param({"data": {"products": {"nodes": [TEE, CAP]}}}, id="GraphQL nodes"),
        pytest.param({"@context": "https://schema.org", "@graph": ENTITIES}, id="JSON-LD"),
        pytest.param({"hits": {"total": 2, "hits": [{"_source": TEE}, {"_source": CAP}]}}, id="ES"),
        pytest.param({"data": [{"type": "p", "attributes": one} for one in (TEE, CAP)]}, id="API"),
        pytest.param({"products": [TEE, CAP], "facets": [{"name": "size"}]}, id="two lists"),
        pytest.param([{"_id": {"$oid": one["id"]}, **one} for one in (TEE, CAP)], id="MongoDB"),
        pytest.param({"t": TEE, "c": CAP}, id="by id"),
        pytest.param({"data": {"products": EDGES}, "errors": [{"message": "x"}]}, id="errors"),
        pytest.param({"answer": {"list": [TEE, CAP]}, "facets": [{"name": "a"}]}, id="facets"),
    ],
)
def test_where_the_items_are_is_found(open_feed: OpenFeed, answer: object) -> None:
    catalogue = opened(open_feed, answer)
    assert catalogue.ids == ["t", "c"]
    assert [told(catalogue, row)["title"] for row in (0, 1)] == ["Tee", "Cap"]


OFFER = {"@type": "Offer", "price": 9.5, "priceCurrency": "EUR", "seller": {"name": "Acme"}}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"brand": {"@type": "Brand", "name": "Acme"}}, {"brand": "Acme"}),
        ({"offers": OFFER}, {"price": 9.5, "currency": "EUR", "seller": "Acme"}),
        ({"offers": [OFFER, OFFER | {"price": 12}]}, {"price": 9.5, "highest_price": 12}),
        ({"price": 10, "offers": [{"title": "Two", "price": 5}]}, {"price": 10, "offers": "Two"}),
        ({"price": {"value": "12", "label": "sale"}}, {"price": 12}),
        ({"care": {"title": "Wash", "value": "30"}}, {"care.title": "Wash", "care.value": 30}),
        ({"rgb": [255, 255, 0]}, {"rgb": "255, 255, 0"}),
        ({"attributes": {"title": "Slim", "fit": "s"}}, {"attributes": "Slim", "fit": "s"}),
        ({"price": {"amount": "1e999990", "currency": "EUR"}}, {"price": "1e999990"}),
        ({"price": {"amount": "sNaN", "currency": "EUR"}}, {"price": "sNaN"}),
        ({"offers": OFFER | {"availability": "https://schema.org/OutOfStock"}}, {
            "availability": "out_of_stock",
        }),
        ({"price": {"amount": 1990, "divisor": 100, "currency_code": "USD"}}, {"price": 19.9}),
        ({"price": {"value": "10.00", "currency": "GBP"}}, {"price": "10.00", "currency": "GBP"}),
        ({"rating": {"rate": 3.9, "count": 120}}, {"rating.rate": 3.9, "rating.count": 120}),
        ({"custom_attributes": [{"attribute_code": "colour", "value": "red"}]}, {"colour": "red"}),
        ({"variants": ["S", "M"]}, {"variants": "S, M"}),
        ({"a": {"b": {"c": {"d": 1}}}}, {"a.b.c.d": 1}),
    ],
)  # fmt: skip
def test_what_is_nested_is_said(
    open_feed: OpenFeed, said: dict[str, object], found: dict[str, object]
) -> None:
    catalogue = opened(open_feed, [TEE | said, CAP])
    assert told(catalogue).items() >= found.items()
    assert not any("left out" in note for note in catalogue.notes)


@pytest.mark.parametrize(
    "value",
    [
        [0.25] * 768,
        [{"rating": 2}, {"rating": 3}],
        [[1, 2], [3]],
        ["x"] * 101,
        {"a": {"b": {"c": {"d": {"e": 1}}}}},
    ],
)
def test_what_is_no_cell_is_left_out_and_said_to_be(open_feed: OpenFeed, value: object) -> None:
    catalogue = opened(open_feed, [TEE | {"odd": value}, CAP | {"odd": "plain"}])
    assert (list(catalogue.ids), told(catalogue)) == (["t", "c"], {"title": "Tee"})
    [note] = [note for note in catalogue.notes if "left out" in note]
    assert "'odd" in note


def test_variants_without_an_id_of_their_product_are_said_to_be_left_out(
    open_feed: OpenFeed,
) -> None:
    tee = {name: value for name, value in SHOPIFY.items() if name != "id"}
    catalogue = opened(open_feed, [tee])
    assert (len(catalogue.ids), told(catalogue).get("price")) == (1, None)
    assert any("'variants'" in note and "left out" in note for note in catalogue.notes)


@pytest.mark.parametrize("name", ["style", "parent", "product", "item_group"])
def test_the_id_of_something_else_joins_no_products(open_feed: OpenFeed, name: str) -> None:
    catalogue = opened(open_feed, [TEE | {name: {"id": 7, "look": "x"}}, CAP | {name: {"id": 7}}])
    assert list(catalogue.ids) == ["t", "c"]
    assert any(f"ids of other things in '{name}.id'" in note for note in catalogue.notes)
