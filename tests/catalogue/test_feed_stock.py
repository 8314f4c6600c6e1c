"""A product can be bought where a variant can, in whatever words its shop says so."""

from __future__ import annotations

import pytest

from tests.catalogue.conftest import OpenFeed

IN, OUT = "in_stock", "out_of_stock"
ADDRESS = "https://schema.org/"


SAID = {
    OUT: (
        *("false", "0", "0.0", "0,00", "-2", "0 in stock", "0 Stück", "Sold out", "out-of-stock"),
        *("Ausverkauft", "nicht verfügbar", "Rupture de stock", "e\u0301puise\u0301", "agotado"),
        *("esaurito", "uitverkocht", "Brak", "vyprodáno", "нет в наличии", "売り切れ"),
        *(f"{ADDRESS}{name}" for name in ("OutOfStock", "SoldOut", "Discontinued")),
    ),
    IN: (
        *("Yes", "1", "7", "7.0", "1,5", "> 10", "10+", "3 auf Lager", "in stock", "InStock"),
        *("in-stock", "available", "auf Lager", "Sofort lieferbar!", "En stock", "Disponibile"),
        *("op voorraad", "w magazynie", "Skladem", "в наличии", "在庫あり", "In stock (5)"),
        f"{ADDRESS}InStock",
    ),
    "limited_availability": ("low stock", f"{ADDRESS}LimitedAvailability"),
    "preorder": ("Pre-order", "vorbestellbar"),
    "backorder": ("on backorder", f"{ADDRESS}BackOrder"),
    "Ships in 3 days": ("Ships in 3 days",),
    "2026-01-05": ("2026-01-05",),
}


@pytest.mark.parametrize("column", ["availability", "in_stock", "Verfügbarkeit"])
def test_what_a_shop_says_of_stock_is_said_in_one_word(open_feed: OpenFeed, column: str) -> None:
    wanted = {cell: availability for availability, cells in SAID.items() for cell in cells}
    rows = "".join(f'{n},@red-disc.png,"{cell}"\n' for n, cell in enumerate(wanted))
    catalogue = open_feed(f"id,image,{column}\n{rows}")
    told = (catalogue.attributes_of(row)["availability"] for row in range(len(catalogue)))
    assert dict(zip(wanted, told, strict=True)) == wanted


@pytest.mark.parametrize(
    ("variants", "availability"),
    [
        (["0", "5"], IN),
        (["out_of_stock", "5"], IN),
        (["ausverkauft", "auf Lager"], IN),
        (["rupture de stock", "en stock"], IN),
        (["outofstock", "available"], IN),
        (["out of stock", "Ships in 3 days"], "Ships in 3 days"),
        (["Ships in 3 days", "preorder"], "preorder"),
        (["preorder", "backorder", "sold out"], "backorder"),
        (["sold out", "0"], OUT),
    ],
)
def test_a_product_is_there_where_a_variant_is(
    open_feed: OpenFeed, variants: list[str], availability: str
) -> None:
    for said in (variants, variants[::-1]):
        rows = "".join(f"{n},A,@red-disc.png,{cell}\n" for n, cell in enumerate(said))
        catalogue = open_feed(f"id,item_group_id,image_link,availability\n{rows}")
        assert (list(catalogue.ids), catalogue.folded) == (["A"], len(said) - 1)
        assert catalogue.attributes_of(0)["availability"] == availability


@pytest.mark.parametrize(("parent", "variation"), [("0", "1"), ("outofstock", "instock")])
def test_a_product_of_woocommerce_is_there_where_a_variation_is(
    open_feed: OpenFeed, parent: str, variation: str
) -> None:
    catalogue = open_feed(
        "ID,Type,Name,Regular price,In stock?,Images,Parent\n"
        f"1,variable,Hat,,{parent},@red-disc.png,\n2,variation,Hat - S,5,{variation},,id:1\n"
    )
    assert catalogue.attributes_of(0)["availability"] == IN
