"""What an item is called: by its name, in whatever column and language a shop has it."""

from __future__ import annotations

import pytest

from pipeline.recommender.answers import Item


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        *(
            ({called: "Rotes Kleid"}, "Rotes Kleid")
            for called in ("title", "Title", "TITLE", "Name")
        ),
        *(
            ({called: "Rotes Kleid"}, "Rotes Kleid")
            for called in (
                "Bezeichnung",
                "Titel",
                "Product Name",
                "product_name",
                "De\u0301signation",
            )
        ),
        ({"Title": "Rotes Kleid", "label": "dress"}, "Rotes Kleid"),
        ({"Label": "dress"}, "dress"),
        ({"name": "", "Title": "Rotes Kleid"}, "Rotes Kleid"),
        ({"name": "  ", "label": "dress"}, "dress"),
        ({"productDisplayName": "Red Dress", "Titel": "Rotes Kleid"}, "Red Dress"),
        ({"title": 501}, "501"),
        ({"Title": " ", "Colour": "red"}, "sku-1"),
        ({}, "sku-1"),
    ],
)
def test_an_item_is_called_by_what_says_its_name(attributes: dict, name: str) -> None:
    assert Item("sku-1", attributes, b"").record()["name"] == name
