"""Feeds in XML of other programs than RSS and Atom, and pictures that stand in attributes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import picture

YANDEX = """<?xml version="1.0"?><yml_catalog><shop><name>Shop</name>
<categories><category id="1">Tops</category><category id="2">Hats</category></categories><offers>
<offer id="7" available="true"><name>A & B</name><price>20</price><picture>@red-disc.png</picture>
<picture>@blue-disc.png</picture></offer>
<offer id="8" available="true"><name>Cap</name><price>9</price><picture>@green-disc.png</picture>
</offer></offers></shop></yml_catalog>"""
HEUREKA = """<SHOP><SHOPITEM><ITEM_ID>7</ITEM_ID><PRODUCT>A &amp; B</PRODUCT>
<PRODUCTNAME>A &amp; B</PRODUCTNAME><IMGURL>@red-disc.png</IMGURL>
<IMGURL_ALTERNATIVE>@blue-disc.png</IMGURL_ALTERNATIVE></SHOPITEM>
<SHOPITEM><ITEM_ID>8</ITEM_ID><PRODUCTNAME>Cap</PRODUCTNAME><IMGURL>@green-disc.png</IMGURL>
</SHOPITEM></SHOP>"""
OWN = """<?xml version="1.0"?><stock><garment id="7"><name>A &amp; B</name><images>
<image>@red-disc.png</image><image>@blue-disc.png</image></images></garment>
<garment id="8"><name>Cap</name><images><image>@green-disc.png</image></images></garment></stock>"""


def first_pictures(catalogue: Catalogue) -> list[bytes]:
    own = [catalogue.picture_source(0), *(catalogue.further[0] if catalogue.further else ())]
    return [Path(str(path)).read_bytes() for path in own]


@pytest.mark.parametrize(
    ("text", "item"), [(YANDEX, "offer"), (HEUREKA, "SHOPITEM"), (OWN, "garment")]
)
def test_the_element_that_repeats_and_names_pictures_is_the_item(
    open_feed: OpenFeed, text: str, item: str
) -> None:
    catalogue = open_feed(text, "feed.xml")
    assert list(catalogue.ids) == ["7", "8"]
    assert catalogue.attributes_of(0)["title"] == "A & B"
    assert first_pictures(catalogue) == [picture("red-disc"), picture("blue-disc")]
    assert any(f"each <{item}> is read as one" in note for note in catalogue.notes)


def ware(number: int, more: str) -> str:
    return f"<ware id='{number}'><name>Cap</name><bild>@red-disc.png</bild>{more}</ware>"


VARIANTS = "<varianten>" + "<v><bild>@blue-disc.png</bild></v>" * 2 + "</varianten>"
PHOTOS = "<photo><url>@blue-disc.png</url><alt>Cap</alt></photo>" * 2
DATA = "<x><name>Cap</name><medium><a>@red-disc.png</a><b>Cap</b></medium></x>"
BANNER = "<banner><bild>@red-disc.png</bild></banner>"
GROUPS = f"<gruppe>{ware(7, '')}{ware(8, '')}</gruppe><gruppe>{ware(9, '')}</gruppe>"
RELATED = (
    "<product id='{}'><image>@red-disc.png</image><related><product id='1'><image>@x.png</image>"
)


@pytest.mark.parametrize(
    ("inner", "item", "ids"),
    [
        (ware(7, VARIANTS) + ware(8, VARIANTS), "ware", ["7", "8"]),
        (ware(7, PHOTOS) + ware(8, PHOTOS), "ware", ["7", "8"]),
        (GROUPS, "ware", ["7", "8", "9"]),
        (BANNER * 2 + f"<waren>{ware(7, '')}{ware(8, '')}{ware(9, '')}</waren>", "ware",
         ["7", "8", "9"]),
        (DATA.replace("<x>", "<x id='7'>") + DATA.replace("<x>", "<x id='8'>"), "x", ["7", "8"]),
        ("".join(f"{RELATED.format(number)}</product></related></product>" for number in (7, 8)),
         "product", ["7", "8"]),
    ],
)  # fmt: skip
def test_the_outermost_element_with_pictures_of_its_own_is_the_item(
    open_feed: OpenFeed, inner: str, item: str, ids: list[str]
) -> None:
    catalogue = open_feed(f"<?xml version='1.0'?><shop>{inner}</shop>", "feed.xml")
    assert list(catalogue.ids) == ids
    assert any(f"each <{item}> is read as one" in note for note in catalogue.notes)
    assert not catalogue.left_out


def test_an_item_within_an_item_is_none(open_feed: OpenFeed) -> None:
    inner = "<item><id>8</id><enclosure url='@blue-disc.png' type='image/png'/></item>"
    catalogue = open_feed(
        "<rss><item><id>7</id><image>@red-disc.png</image><sizes><item>S</item><item>M</item>"
        f"</sizes><goes_with>{inner}</goes_with></item></rss>",
        "feed.xml",
    )
    assert (list(catalogue.ids), len(first_pictures(catalogue))) == (["7"], 1)
    assert catalogue.attributes_of(0) == {"sizes_item": "S, M"}


def test_xml_nested_too_deep_is_refused_at_once(open_feed: OpenFeed) -> None:
    with pytest.raises(CatalogueError, match="in each other more than 100 deep"):
        open_feed("<?xml version='1.0'?>" + "<a>" * 2000 + "</a>" * 2000, "feed.xml")


def test_xml_without_any_item_says_what_is_in_it(open_feed: OpenFeed) -> None:
    text = "<?xml version='1.0'?><a>" + "<row><name>Tee</name></row>" * 3 + "</a>"
    with pytest.raises(CatalogueError, match=r"no <item> and no <entry>.*<row> \(3 times\)"):
        open_feed(text, "feed.xml")


@pytest.mark.parametrize(
    ("element", "pictures"),
    [
        ('<media:content url="@red-disc.png" type="image/png"/>', ["red-disc"]),
        ('<media:group><media:content url="@red-disc.png" medium="image"/>'
         '<media:thumbnail url="@blue-disc.png"/></media:group>', ["red-disc"]),
        ('<media:thumbnail url="@red-disc.png"/>', ["red-disc"]),
        ('<enclosure url="@red-disc.png" type="image/png" length="9"/>', ["red-disc"]),
        ('<link rel="enclosure" type="image/png" href="@red-disc.png"/>', ["red-disc"]),
        ('<media:content url="@gone.mp4" type="video/mp4"/><enclosure url="@a.mp3" '
         'type="audio/mpeg"/><image_link>@red-disc.png</image_link>', ["red-disc"]),
        ('<image_link>@red-disc.png</image_link><media:content url="@red-disc.png"/>'
         '<media:content url="@blue-disc.png"/>', ["red-disc", "blue-disc"]),
    ],
)  # fmt: skip
def test_pictures_that_stand_in_attributes_are_read(
    open_feed: OpenFeed, element: str, pictures: list[str]
) -> None:
    catalogue = open_feed(
        '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><id>1</id>'
        f"<link>https://shop.example/1</link>{element}</item></channel></rss>",
        "feed.xml",
    )
    assert first_pictures(catalogue) == [picture(name) for name in pictures]
    assert catalogue.attributes_of(0) == {"url": "https://shop.example/1"}


def test_attributes_that_a_feed_names_itself_are_called_so(open_feed: OpenFeed) -> None:
    named = '<param name="Farbe">rot</param><param name="name">x</param><param name="id">y</param>'
    heureka = "<PARAM><PARAM_NAME>Barva</PARAM_NAME><VAL>rudá</VAL></PARAM>"
    inner = "".join(
        f"<offer id='{number}'><name>Cap</name><picture>@red-disc.png</picture>{named}{heureka}"
        f"<params><param name='Size'>S</param><param name='Size'>M</param></params></offer>"
        for number in (7, 8)
    )
    catalogue = open_feed(f"<?xml version='1.0'?><shop>{inner}</shop>", "feed.xml")
    assert list(catalogue.ids) == ["7", "8"]
    wanted = {"title": "Cap", "Farbe": "rot", "Barva": "rudá", "Size": "S, M"}
    assert catalogue.attributes_of(0) == {**wanted, "param_name": "x", "param_id": "y"}


def test_offers_of_one_group_are_one_item_that_is_there_if_one_of_them_is(
    open_feed: OpenFeed,
) -> None:
    offers = "".join(
        f"<offer id='{number}' group_id='{group}' available='{is_there}'><name>Cap</name>"
        f"<price>{number}</price><currencyId>RUB</currencyId><picture>@red-disc.png</picture>"
        "</offer>"
        for number, group, is_there in ((7, 1, "false"), (8, 1, "true"), (9, 2, "false"))
    )
    catalogue = open_feed(f"<?xml version='1.0'?><shop>{offers}</shop>", "feed.xml")
    assert list(catalogue.ids) == ["1", "9"]
    told = [catalogue.attributes_of(row) for row in (0, 1)]
    assert [one["availability"] for one in told] == ["in_stock", "out_of_stock"]
    assert (told[0]["currency"], told[0]["variants"]) == ("RUB", "7, 8")
