"""What a shop says of stock, of drafts and of prices is read as the shop means it."""

from __future__ import annotations

import pytest

from pipeline.catalogue import Catalogue, Why
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed

SHOPIFY = "Handle,Title,Image Src"
STOCK = "Variant Inventory Qty,Variant Inventory Policy"
NEWER_STOCK = "Inventory quantity,Continue selling when out of stock"
NEWER = "URL handle,Title,Product image URL"
WOOCOMMERCE = "ID,Type,Name,Published,Regular price,Images,Parent"


def rows(header: str, *lines: str) -> str:
    return "\n".join([header, *lines])


def hidden(catalogue: Catalogue) -> dict[str, str]:
    return {one.name: one.reason for one in catalogue.left_out if one.why is Why.SKIPPED}


def balanced(catalogue: Catalogue, count: int) -> bool:
    """Whether each row is an item, folded into one, or listed."""
    return len(catalogue) + catalogue.folded + len(hidden(catalogue)) == count


@pytest.mark.parametrize(
    ("header", "cells", "availability"),
    [
        (f"Variant Inventory Tracker,{STOCK}", ",0,deny", "in_stock"),
        (f"Variant Inventory Tracker,{STOCK}", ",,deny", "in_stock"),
        (f"Variant Inventory Tracker,{STOCK}", "shopify,0,deny", "out_of_stock"),
        (STOCK, "0,deny", "out_of_stock"),
        (STOCK, "²,deny", "out_of_stock"),
        (f"Inventory tracker,{NEWER_STOCK}", ",0,FALSE", "in_stock"),
        (f"Inventory tracker,{NEWER_STOCK}", "shopify,0,FALSE", "out_of_stock"),
        (f"Inventory tracker,{NEWER_STOCK}", "shopify,0,ja", "in_stock"),
        (f"Inventory tracker,{NEWER_STOCK}", "shopify,0,nein", "out_of_stock"),
    ],
)
def test_stock_that_a_shop_does_not_count_is_there(
    open_feed: OpenFeed, header: str, cells: str, availability: str
) -> None:
    further = f"tee,,@blue-disc.png,{',' * header.count(',')}"
    catalogue = open_feed(rows(f"{SHOPIFY},{header}", f"tee,Tee,@red-disc.png,{cells}", further))
    assert catalogue.attributes_of(0)["availability"] == availability


@pytest.mark.parametrize(
    ("header", "shown", "not_shown", "says"),
    [
        (f"{SHOPIFY},Published,Status", "TRUE,active", "TRUE,draft", "Status is draft"),
        (f"{SHOPIFY},Published,Status", "FALSE,active", "TRUE,archived", "Status is archived"),
        (f"{NEWER},Status", "Active", "Draft", "Status is Draft"),
        (f"{SHOPIFY},Published", "TRUE", "FALSE", "Published is FALSE"),
        (f"{SHOPIFY},Published", "", "false", "Published is false"),
        (f"{SHOPIFY},Published", "ja", "nein", "Published is nein"),
        (f"{SHOPIFY},Published", "oui", "Non", "Published is Non"),
    ],
)
def test_a_product_that_shopify_does_not_show_is_listed_and_no_item(
    open_feed: OpenFeed, header: str, shown: str, not_shown: str, says: str
) -> None:
    empty = "," * shown.count(",")
    catalogue = open_feed(
        rows(
            header,
            f"tee,Tee,@red-disc.png,{shown}",
            f"tee,,@blue-disc.png,{empty}",
            f"new,New,@red-disc.png,{not_shown}",
            f"new,,@blue-disc.png,{empty}",
        )
    )
    assert catalogue.ids == ["tee"]
    (line,) = hidden(catalogue).items()
    assert line[0] == "shop.csv, line 4"
    assert f"'new': The shop does not show it, since its {says}." in line[1]
    assert balanced(catalogue, 4)


def test_what_woocommerce_does_not_show_is_listed_and_no_item(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        rows(
            WOOCOMMERCE,
            '1,"variable, downloadable",Hat,1,,@red-disc.png,',
            '2,"variation, virtual",Hat - S,0,7,@blue-disc.png,id:1',
            "3,variation,Hat - M,1,9,@green-disc.png,id:1",
            "4,variable,Cap,-1,,@red-disc.png,",
            "5,variation,Cap - S,1,5,@blue-disc.png,id:4",
            "6,simple,Bag,0,5,@red-disc.png,",
            "8,simple,Tie,'-1,5,@red-disc.png,",
            "7,simple,Belt,1,5,@red-disc.png,",
        )
    )
    assert catalogue.ids == ["1", "7"]
    hat = catalogue.attributes_of(0)
    assert (hat["price"], hat.get("highest_price")) == (9, None)
    reasons = hidden(catalogue)
    assert list(reasons) == [f"shop.csv, line {line}" for line in (3, 5, 7, 8)]
    assert reasons["shop.csv, line 3"].startswith("A variant of '1'")
    assert "Published is -1 (a draft)" in reasons["shop.csv, line 5"]
    assert "Published is 0 (private)" in reasons["shop.csv, line 7"]
    assert "Published is -1 (a draft)" in reasons["shop.csv, line 8"]
    assert balanced(catalogue, 8)


@pytest.mark.parametrize(
    "column",
    [
        *("Visibility in catalog", "Sichtbarkeit im Katalog", "Visibilité dans le catalogue"),
        *("Visibilidad en el catálogo", "Visibilità nel catalogo", "Zichtbaarheid in catalogus"),
    ],
)
def test_a_product_that_woocommerce_hides_in_its_catalogue_is_no_item(
    open_feed: OpenFeed, column: str
) -> None:
    catalogue = open_feed(
        rows(
            f"{WOOCOMMERCE},{column}",
            "1,simple,Hat,1,5,@red-disc.png,,visible",
            "2,simple,Cap,1,5,@red-disc.png,,search",
            "3,simple,Bag,1,5,@red-disc.png,,catalog",
            "4,variable,Belt,1,,@red-disc.png,,hidden",
            "5,variation,Belt - S,1,5,@red-disc.png,id:4,visible",
        )
    )
    assert catalogue.ids == ["1", "2", "3"]
    (reason,) = hidden(catalogue).values()
    assert f"'4': The shop does not show it, since its {column} is hidden." in reason
    assert balanced(catalogue, 5)


def test_a_shopify_product_lists_what_orders_call_its_variants(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        rows(
            f"{SHOPIFY},Variant SKU,Variant ID",
            "tee,Tee,@red-disc.png,T-S,4401",
            "tee,,,T-M,4402",
            "tee,,@blue-disc.png,,",
            "cap,Cap,@red-disc.png,C-1,4403",
        )
    )
    listed = [catalogue.attributes_of(row)["variants"] for row in (0, 1)]
    assert listed == ["T-S, T-M, 4401, 4402", "C-1, 4403"]


def test_a_woocommerce_product_lists_what_orders_call_its_variations(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        rows(
            f"{WOOCOMMERCE},SKU",
            "1,variable,Hat,1,,@red-disc.png,,HAT",
            "2,variation,Hat - S,1,5,,id:1,HAT-S",
            "3,variation,Hat - M,1,5,,HAT,",
            "4,simple,Cap,1,5,@red-disc.png,,CAP",
        )
    )
    listed = [catalogue.attributes_of(row)["variants"] for row in (0, 1)]
    assert listed == ["HAT, 2, HAT-S, 3", "CAP"]


def test_a_feed_of_drafts_alone_says_so(open_feed: OpenFeed) -> None:
    with pytest.raises(CatalogueError, match=r"no items; the first: .*Status is draft"):
        open_feed(rows(f"{SHOPIFY},Status", "tee,Tee,@red-disc.png,draft"))


@pytest.mark.parametrize(
    ("written", "price", "currency"),
    [
        ("19.990 USD", "19.990", "USD"),
        ("£1.299", "1.299", "GBP"),
        ("1.299 EUR", "1299", "EUR"),
        ("1.299 €", "1299", "EUR"),
        ("1.299.000 USD", "1299000", "USD"),
        ("1.299.000 IDR", "1299000", "IDR"),
        ("12.500 KWD", "12.500", "KWD"),
        ("1,299.00 USD", "1,299.00", "USD"),
    ],
)
def test_a_dot_divides_thousands_only_where_the_currency_is_written_so(
    open_feed: OpenFeed, written: str, price: str, currency: str
) -> None:
    cells = open_feed(f"id\tprice\timage_link\n1\t{written}\t@red-disc.png\n", "feed.tsv")
    told = cells.attributes_of(0)
    assert (str(told["price"]), told["currency"]) == (price, currency)


@pytest.mark.parametrize(
    ("first", "second", "lowest", "highest"),
    [
        ("19.990 USD", "25.00 USD", "19.990", "25.00"),
        ("1.299 EUR", "25.00 EUR", "25.00", "1299"),
        ("12.500 KWD", "9.75 KWD", "9.75", "12.500"),
    ],
)
def test_the_lowest_price_of_variants_is_told_by_the_same_reading(
    open_feed: OpenFeed, first: str, second: str, lowest: str, highest: str
) -> None:
    catalogue = open_feed(
        f"id,item_group_id,price,image_link\n1,A,{first},@red-disc.png\n2,A,{second},@red-disc.png\n"
    )
    told = catalogue.attributes_of(0)
    assert (str(told["price"]), str(told["highest_price"])) == (lowest, highest)


def test_a_sale_price_of_nothing_is_no_variants_sale_price(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "id,item_group_id,price,sale_price,image_link\n1,A,20 EUR,0.00 EUR,@red-disc.png\n"
        "2,A,20 EUR,15.00 EUR,@red-disc.png\n3,A,20 EUR,12.50 EUR,@red-disc.png\n"
    )
    told = catalogue.attributes_of(0)
    assert (told["sale_price"], told["highest_sale_price"]) == ("12.50 EUR", "15.00 EUR")
