"""What shops export opens as a catalogue: rows folded to products, pictures fetched, all listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, Why
from pipeline.catalogue.fetching import Limits, fetching
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import ShopServer, picture


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LIMITS", Limits(tries=1))


def pictures(catalogue: Catalogue, row: int) -> list[str]:
    """What the pictures of an item show, the main one first."""
    names = ("red-disc", "red-square", "blue-disc", "blue-square", "green-disc")
    known = {picture(name): name for name in names}
    own = (catalogue.picture_source(row), *catalogue.further[row])
    return [known[Path(path).read_bytes()] for path in own if isinstance(path, Path)]


SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,\
Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Inventory Policy,\
Variant Price,Image Src,Image Position,Image Alt Text,Variant Image,Status
tee,Plain tee,"<p>Soft &amp; <b>warm</b></p>",Acme,Shirt,"men, cotton",TRUE,Size,S,Colour,Red,T-S,\
150,0,deny,19.00,@blue-disc.png,2,,@red-square.png,active
tee,,,,,,,,M,,Red,T-M,160,3,deny,21.00,@red-disc.png,1,,@red-square.png,
tee,,,,,,,,,,,,,,,,@gone.png,3,,,
cap,Cap,,Acme,Hat,,TRUE,Title,Default Title,,,C-1,0,0,continue,9.50,@green-disc.png,1,,,active
none,Card,,Acme,Card,,TRUE,Title,Default Title,,,N-1,0,0,deny,5.00,,,,,active
"""


def test_a_shopify_product_csv(open_feed: OpenFeed) -> None:
    catalogue = open_feed(SHOPIFY.replace("@gone", "@nothing/gone"))
    assert catalogue.ids == ["tee", "cap"]
    assert pictures(catalogue, 0)[:3] == ["red-disc", "blue-disc", "red-square"]
    assert pictures(catalogue, 1) == ["green-disc"]
    tee, cap = catalogue.attributes_of(0), catalogue.attributes_of(1)
    wanted = {
        "title": "Plain tee",
        "Body (HTML)": "Soft & warm",
        "brand": "Acme",
        "price": "19.00",
        "highest_price": "21.00",
        "availability": "in_stock",
        "Size": "S, M",
        "Colour": "Red",
        "Variant SKU": "T-S, T-M",
        "Tags": "men, cotton",
    }
    assert {name: tee[name] for name in wanted} == wanted
    assert (cap["price"], cap["availability"], cap["Size"]) == ("9.50", "in_stock", None)
    assert "Title" not in catalogue.attribute_names
    assert catalogue.folded == 2
    left = {one.why: one for one in catalogue.left_out}
    assert left[Why.SKIPPED].name == "shop.csv, line 6"
    assert "'none'" in left[Why.SKIPPED].reason
    assert any("Shopify" in note for note in catalogue.notes)
    assert any("'Vendor' as 'brand'" in note for note in catalogue.notes)


def test_a_shopify_product_csv_of_the_newer_form(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "Title,URL handle,Description,Vendor,Status,SKU,Option1 name,Option1 value,Price,"
        "Inventory quantity,Continue selling when out of stock,Product image URL,Image position,"
        "Variant image URL\n"
        "Tee,tee,Soft,Acme,Active,T-S,Size,S,19,0,FALSE,@red-disc.png,1,\n"
        ",tee,,,,T-M,,M,19,0,FALSE,,,@blue-disc.png\n"
    )
    assert catalogue.ids == ["tee"]
    assert pictures(catalogue, 0) == ["red-disc", "blue-disc"]
    tee = catalogue.attributes_of(0)
    assert (tee["Size"], tee["price"], tee["availability"]) == ("S, M", 19, "out_of_stock")
    assert (tee["title"], tee["brand"], tee["SKU"]) == ("Tee", "Acme", "T-S, T-M")


WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,"Short description","In stock?",Stock,"Sale price","Regular price",\
Categories,Images,Parent,Position,"Attribute 1 name","Attribute 1 value(s)",\
"Attribute 1 visible","Attribute 1 global"
44,variable,vneck,V-Neck,1,<p>Nice</p>,1,,,,"Men, Men > Tees","@red-disc.png, @blue-disc.png",,0,\
Colour,"Red, Blue",1,1
46,variation,vneck-red,V-Neck - Red,1,,0,,,20,,@red-square.png,vneck,1,Colour,Red,,1
47,variation,vneck-blue,V-Neck - Blue,1,,1,3,15,18,,@blue-disc.png,id:44,2,Colour,Blue,,1
48,simple,cap,Cap,1,,backorder,,,9.5,Hats,@green-disc.png,,0,Material,Wool,1,1
"""


def test_a_woocommerce_export(open_feed: OpenFeed) -> None:
    catalogue = open_feed(WOOCOMMERCE)
    assert catalogue.ids == ["44", "48"]
    assert pictures(catalogue, 0) == ["red-disc", "blue-disc", "red-square"]
    neck, cap = catalogue.attributes_of(0), catalogue.attributes_of(1)
    wanted = {
        "title": "V-Neck",
        "price": 18,
        "highest_price": 20,
        "sale_price": 15,
        "availability": "in_stock",
        "Colour": "Red, Blue",
        "SKU": "vneck, vneck-red, vneck-blue",
        "Categories": "Men, Men > Tees",
        "Short description": "Nice",
    }
    assert {name: neck[name] for name in wanted} == wanted
    assert (cap["availability"], cap["Material"], cap["price"]) == ("backorder", "Wool", 9.5)
    assert catalogue.folded == 2


GOOGLE = (
    "id\ttitle\tdescription\tlink\timage link\tadditional_image_link\tavailability\tprice\t"
    "brand\titem_group_id\tcolor\tsize\n"
    "T-S\tTee S\tSoft\thttps://shop.example/t?s\t@red-disc.png\t@blue-disc.png,@red-square.png\t"
    "out_of_stock\t25.00 EUR\tAcme\tTEE\tred\tS\n"
    "T-M\tTee M\tSoft\thttps://shop.example/t?m\t@red-disc.png\t\tin_stock\t20.00 EUR\tAcme\tTEE\t"
    "red\tM\n"
    "CAP\tCap\tWarm\thttps://shop.example/c\t@green-disc.png\t\tin stock\t9.50 EUR\tAcme\t\t"
    "green\t\n"
)
GOOGLE_XML = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>T-S</g:id><title><![CDATA[Tee S]]></title><g:description>Soft</g:description>
<link>https://shop.example/t?s</link><g:image_link>@red-disc.png</g:image_link>
<g:additional_image_link>@blue-disc.png</g:additional_image_link>
<g:additional_image_link>@red-square.png</g:additional_image_link>
<g:availability>out_of_stock</g:availability><g:price>25.00 EUR</g:price><g:brand>Acme</g:brand>
<g:item_group_id>TEE</g:item_group_id><g:color>red</g:color><g:size>S</g:size></item>
<item><g:id>T-M</g:id><title>Tee M</title><g:description>Soft</g:description>
<link>https://shop.example/t?m</link><g:image_link>@red-disc.png</g:image_link>
<g:availability>in_stock</g:availability><g:price>20.00 EUR</g:price><g:brand>Acme</g:brand>
<g:item_group_id>TEE</g:item_group_id><g:color>red</g:color><g:size>M</g:size></item>
<item><g:id>CAP</g:id><title>Cap</title><g:description>Warm</g:description>
<link>https://shop.example/c</link><g:image_link>@green-disc.png</g:image_link>
<g:availability>in stock</g:availability><g:price>9.50 EUR</g:price><g:brand>Acme</g:brand>
<g:color>green</g:color><g:shipping><g:country>DE</g:country></g:shipping></item>
</channel></rss>
"""


@pytest.mark.parametrize(("text", "name"), [(GOOGLE, "feed.tsv"), (GOOGLE_XML, "feed.xml")])
def test_a_google_merchant_feed(open_feed: OpenFeed, text: str, name: str) -> None:
    catalogue = open_feed(text, name)
    assert catalogue.ids == ["TEE", "CAP"]
    assert pictures(catalogue, 0) == ["red-disc", "blue-disc", "red-square"]
    tee, cap = catalogue.attributes_of(0), catalogue.attributes_of(1)
    wanted = {
        "title": "Tee S",
        "price": "20.00",
        "highest_price": "25.00",
        "currency": "EUR",
        "url": "https://shop.example/t?s",
        "brand": "Acme",
        "availability": "in_stock",
        "size": "S, M",
        "color": "red",
        "variants": "T-S, T-M",
    }
    assert {attribute: tee[attribute] for attribute in wanted} == wanted
    assert (cap["price"], cap["availability"], cap["variants"]) == ("9.50", "in_stock", None)
    assert any("Google Merchant" in note for note in catalogue.notes)


@pytest.mark.parametrize(
    ("text", "name", "ids", "count"),
    [
        ("sku,Name,Price,photo_1,photo_2\n07,Tee,\"19,99 €\",@red-disc.png,@blue-disc.png\n",
         "a.csv", ["07"], 2),
        ("id;Titel;bild\n1;Tee;@red-disc.png\n2;Cap;@blue-disc.png\n", "b.csv", ["1", "2"], 1),
        ("id,images\n1,@red-disc.png|@blue-disc.png\n1,@green-disc.png\n", "c.csv", ["1"], 3),
        ('id,pics\n1,"[""@red-disc.png"", ""@blue-disc.png""]"\n', "f.csv", ["1"], 2),
        ("id,logo,front_image,back_image\n1,@gone,@red-disc.png,@blue-disc.png\n",
         "g.csv", ["1"], 2),
        ("product_id,id,size,image_url\nT,T1,S,@red-disc.png\nT,T2,M,@red-disc.png\n",
         "d.csv", ["T"], 1),
        ('{"id": 7, "image": "@red-disc.png", "price": 5}\n', "e.jsonl", ["7"], 1),
    ],
)  # fmt: skip
def test_a_table_of_addresses(
    open_feed: OpenFeed, text: str, name: str, ids: list[str], count: int
) -> None:
    catalogue = open_feed(text, name)
    assert catalogue.ids == ids
    assert len(pictures(catalogue, 0)) == count
    if name == "a.csv":
        values = catalogue.attributes_of(0)
        assert (values["title"], values["price"], values["currency"]) == ("Tee", "19,99", "EUR")


def test_a_list_of_addresses_alone(open_feed: OpenFeed, server: ShopServer) -> None:
    catalogue = open_feed("@red-disc.png\n@blue-disc.png\n", "list.txt")
    assert catalogue.ids == [server.address(f"ok/{c}-disc.png") for c in ("red", "blue")]


def test_every_failure_is_listed_and_the_next_picture_stands_in(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "id,image_1,image_2\n1,@../gone.png,@blue-disc.png\n2,@../page.png,ftp://x/a.png\n"
        "3,,\n4,@red-disc.png,@../cut-unsaid/red-disc.png\n"
    )
    assert catalogue.ids == ["1", "4"]
    assert [pictures(catalogue, row) for row in (0, 1)] == [["blue-disc"], ["red-disc"]]
    reasons = [f"{one.why} {one.name}: {one.reason}" for one in catalogue.left_out]
    for wanted in (
        "picture shop.csv, line 2.*404",
        "picture shop.csv, line 3.*A page lies",
        "picture shop.csv, line 3.*http and https",
        "skipped shop.csv, line 3.*None of its",
        "skipped shop.csv, line 4",
        "picture shop.csv, line 5.*(cut short|damaged)",
    ):
        assert any(re.match(wanted, reason) for reason in reasons), (wanted, reasons)


def test_a_feed_without_one_picture_says_why(open_feed: OpenFeed) -> None:
    with pytest.raises(CatalogueError, match=r"has no items; the first: shop.csv, line 2: .*404"):
        open_feed("id,image\n1,@../gone.png\n")


def test_a_table_whose_pictures_lie_beside_it_is_no_feed(
    open_feed: OpenFeed, tmp_path: Path, server: ShopServer
) -> None:
    asked = sum(server.asked.values())
    (tmp_path / "mine.png").write_bytes(picture("red-disc"))
    assert open_feed("id,image\n1,@mine.png\n").ids == ["1"]
    assert sum(server.asked.values()) == asked


def test_a_changed_picture_or_price_is_another_catalogue(
    open_feed: OpenFeed, server: ShopServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LIMITS", Limits(tries=1, fresh=0))
    text = "id,price,image\n1,5,@purple-disc.png\n"
    first = open_feed(text).fingerprint
    assert open_feed(text).fingerprint == first
    server.changed["purple-disc"] = "orange-disc"
    second = open_feed(text).fingerprint
    assert second != first
    assert open_feed(text.replace("5", "6")).fingerprint != second


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss><channel><item><id>&c;</id><image_link>@red-disc.png</image_link></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<rss><channel><item><id>&a;</id><image_link>@red-disc.png</image_link></item></channel></rss>"""


MISSAID = BOMB.replace('"1.0"', '"1.0" encoding="utf8"')


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, MISSAID])
def test_hostile_xml_is_refused(open_feed: OpenFeed, text: str) -> None:
    with pytest.raises(CatalogueError, match="declares entities"):
        open_feed(text, "feed.xml")


def test_xml_that_ends_in_the_middle_gives_what_came_before(open_feed: OpenFeed) -> None:
    catalogue = open_feed(GOOGLE_XML[: GOOGLE_XML.index("<item><g:id>CAP") + 40], "feed.xml")
    assert catalogue.ids == ["TEE"]
    assert any("nor what follows" in one.reason for one in catalogue.left_out)


@pytest.mark.parametrize(
    "text", ["<?xml version='1.0'?>", "<rss><channel/></rss>", "<rss", "<?xml"]
)
def test_xml_that_is_no_feed_is_said_to_be_none(open_feed: OpenFeed, text: str) -> None:
    with pytest.raises(CatalogueError, match=r"feed.xml"):
        open_feed(text, "feed.xml")
