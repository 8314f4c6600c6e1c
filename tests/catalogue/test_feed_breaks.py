"""A feed with a small mistake is read to its end; one that breaks off says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.catalogue.feeds import Break
from pipeline.errors import CatalogueError
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import ShopServer

COLOURS = ("red", "green", "blue", "purple", "orange")


def rss(*titles: str) -> str:
    items = "".join(
        f"<item><id>{number}</id><title>{title}</title>"
        f"<image_link>@{COLOURS[number]}-disc.png</image_link></item>\n"
        for number, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?>\n<rss><channel>\n{items}</channel></rss>\n'


def breaks(catalogue: Catalogue) -> list[str]:
    return [one.name for one in catalogue.left_out if isinstance(one, Break)]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A & B", "A & B"),
        ("A && B &amp; C", "A && B & C"),
        ("caf&eacute;&nbsp;1", "caf\xe9\xa01"),
        ("<![CDATA[A & B]]> & C", "A & B & C"),
        ("H&M; <!-- & --> 5", "H&M;  5"),
        ("A\x0bB", "A B"),
    ],
)
def test_a_letter_that_xml_does_not_allow_costs_nothing(
    open_feed: OpenFeed, title: str, shown: str
) -> None:
    catalogue = open_feed(rss("a", "b", title, "d", "e"), "feed.xml")
    assert list(catalogue.ids) == ["0", "1", "2", "3", "4"]
    assert catalogue.attributes_of(2)["title"] == shown
    (note,) = [note for note in catalogue.notes if "XML does not allow" in note]
    assert note.startswith("The table 'feed.xml' has ")
    assert not breaks(catalogue)


def test_a_bare_ampersand_is_read_in_wide_letters_too(
    server: ShopServer, home: Path, tmp_path: Path
) -> None:
    text = rss("a", "B & Ö").replace('"1.0"', '"1.0" encoding="utf-16"')
    feed = tmp_path / "feed.xml"
    feed.write_text(text.replace("@", server.address("ok/")), encoding="utf-16")
    catalogue = open_catalogue(feed, allow_private=True, home=home)
    assert catalogue.attributes_of(1)["title"] == "B & Ö"


@pytest.mark.parametrize(
    ("declared", "encoding", "title", "noted"),
    [
        ("Shift_JIS", "cp932", "シャツ①", ""),
        ("EUC-JP", "euc_jp", "シャツ & 靴", ""),
        ("gb2312", "gbk", "连衣裙 & 襯衫", ""),
        ("Big5", "big5", "洋裝", ""),
        ("euc-kr", "cp949", "셔츠 & 뷁", ""),
        ("utf8", "utf-8", "Größe & Maß", ""),
        ("windows-1251", "cp1251", "Шапка & шарф", ""),
        ("utf-16", "utf-8", "Größe", "is not in utf-16, as it says"),
        ("Shift_JIS", "utf-8", "シャツ", "is not in Shift_JIS, as it says"),
        ("utf-8", "cp1252", "Größe à l\u2019été", "is not UTF-8 and is read as cp1252"),
        ("klingon", "utf-8", "Größe", "is not in klingon, as it says"),
        ("zlib", "utf-8", "Größe", "is not in zlib, as it says"),
        ("idna", "cp1252", "Größe à l\u2019été", "is not UTF-8 and is read as cp1252"),
    ],
)
def test_a_feed_is_read_in_the_encoding_that_it_is_in(
    server: ShopServer, home: Path, tmp_path: Path,
    declared: str, encoding: str, title: str, noted: str,
) -> None:  # fmt: skip
    text = rss("a", title).replace('"1.0"', f'"1.0" encoding="{declared}"')
    feed = tmp_path / "feed.xml"
    feed.write_bytes(text.replace("@", server.address("ok/")).encode(encoding))
    catalogue = open_catalogue(feed, allow_private=True, home=home)
    assert list(catalogue.ids) == ["0", "1"]
    assert catalogue.attributes_of(1)["title"] == title
    assert not breaks(catalogue)
    notes = [note for note in catalogue.notes if "as it says" in note or "UTF-8" in note]
    assert len(notes) == bool(noted)
    assert all(noted in note for note in notes)


def test_a_broken_letter_costs_itself_alone(server: ShopServer, home: Path, tmp_path: Path) -> None:
    text = rss("a", "Größe, Maß, Höhe, ?", "c").replace("@", server.address("ok/")).encode()
    (tmp_path / "feed.xml").write_bytes(text.replace(b"?</t", b"\xf6</t"))
    catalogue = open_catalogue(tmp_path / "feed.xml", allow_private=True, home=home)
    assert list(catalogue.ids) == ["0", "1", "2"]
    assert catalogue.attributes_of(1)["title"] == "Größe, Maß, Höhe, \ufffd"
    assert any("1 letter that XML does not allow" in note for note in catalogue.notes)


@pytest.mark.parametrize("before", ["", "\n  ", "<!-- <x:y/> -->"])
def test_a_prefix_that_nobody_declared_is_read(open_feed: OpenFeed, before: str) -> None:
    item = (
        "<item><g:id>{}</g:id><g:title>A & B</g:title><g:price x:of='a'>5 EUR</g:price>"
        "<media:content url='@red-disc.png?a:b=c'/><g:text><![CDATA[<o:p>c</o:p>]]></g:text></item>"
    )
    catalogue = open_feed(
        f"{before}<rss><channel>{item.format(1)}{item.format(2)}</channel></rss>", "f.xml"
    )
    assert list(catalogue.ids) == ["1", "2"]
    told = catalogue.attributes_of(0)
    assert (told["title"], told["price"], told["currency"]) == ("A & B", 5, "EUR")
    (note,) = [note for note in catalogue.notes if "what it means by" in note]
    assert "by 'g:', 'x:', 'media:', and is read" in note


def test_a_prefix_that_one_item_alone_declares_is_read_in_the_others(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        "<rss><item xmlns:g='http://base.google.com/ns/1.0'><g:id>1</g:id><g:image_link>@red-disc.png"
        "</g:image_link></item><item><g:id>2</g:id><g:image_link>@red-disc.png</g:image_link></item>"
        "</rss>",
        "feed.xml",
    )
    assert list(catalogue.ids) == ["1", "2"]
    assert not breaks(catalogue)


def test_blanks_before_the_declaration_cost_nothing(open_feed: OpenFeed) -> None:
    assert list(open_feed(f"\n \n{rss('a', 'b')}", "feed.xml").ids) == ["0", "1"]


@pytest.mark.parametrize(
    ("text", "name", "left", "place"),
    [
        (rss("a", "b", "c & c", "d")[:-80], "feed.xml", 3, "item 4"),
        (rss("a", "b", "c", "d").replace("<title>c", "<title<c"), "feed.xml", 2, "item 3"),
        ("id,image,text\n1,@red-disc.png,a\n2,@blue-disc.png,\"b\nc", "shop.csv", 1, "line 4"),
        ("id,image,text\n1,@red-disc.png,a\n2,@blue-disc.png,\"b\nc\n", "shop.csv", 1, "line 4"),
        ("id,image,text\n1,@red-disc.png,a\n2,@blu", "shop.csv", 1, "line 3"),
        ('{"id": 1, "image": "@red-disc.png"}\n{"id": 2, "ima', "shop.jsonl", 1, "line 2"),
    ],
)  # fmt: skip
def test_a_feed_that_breaks_off_says_that_all_behind_is_missing(
    open_feed: OpenFeed, text: str, name: str, left: int, place: str
) -> None:
    catalogue = open_feed(text, name)
    assert len(catalogue) == left
    assert breaks(catalogue) == [f"{name}, {place}"]
    unit, line = place.split(maxsplit=1)[0], int(place.split()[1])
    last = line - 1 if place != "line 4" else 2
    assert any(f"all that follows {unit} {last} is missing" in note for note in catalogue.notes)


@pytest.mark.parametrize(
    "text",
    [
        "id,image,text\n1,@red-disc.png,a\n2,@blue-disc.png,b",
        "id,image,text\n1,@red-disc.png,a\n2,@bl\n",
        "id,image,text\n1,@red-disc.png,\"a\n2,@blue-disc.png,b\n",
        "id,image,text\n1,@red\n2,@blue-disc.png,b",
        "id,image,text\n1,@red-disc.png,a\nid,image,text",
        "id,image,text\n1,@red-disc.png,a\nTotal: 1 product",
        "id,image,text\n1,@red-disc.png,a\n2,@blue-disc.png,b,c,d",
        "id,image,text\n1,@red-disc.png,a\n2,@bl\n\x1a",
    ],
)  # fmt: skip
def test_a_bad_row_alone_is_no_break(open_feed: OpenFeed, text: str) -> None:
    assert not breaks(open_feed(text))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (r'"ruler 12\""', 'ruler 12"'),
        (r'"\"12\" ruler\""', '"12" ruler"'),
        ('"said ""Hi,"""', 'said "Hi,"'),
        ('""', None),
        ('b"', 'b"'),
        ("b\x1a", "b"),
    ],
)
def test_a_last_row_without_the_end_of_a_line_is_read(
    open_feed: OpenFeed, cell: str, shown: str | None
) -> None:
    other = r'"a 9\" nail"' if "\\" in cell else "a"
    catalogue = open_feed(f"id,image,text\n1,@red-disc.png,{other}\n2,@blue-disc.png,{cell}")
    assert not catalogue.left_out
    assert catalogue.attributes_of(1).get("text") == shown


def test_empty_cells_in_quotation_marks_are_no_doubled_ones(open_feed: OpenFeed) -> None:
    catalogue = open_feed(
        'id,image,text,more\n1,@red-disc.png,"a 9\\" nail",""\n2,@blue-disc.png,"","12\\""'
    )
    assert catalogue.attributes_of(0) == {"text": 'a 9" nail', "more": None}
    assert catalogue.attributes_of(1) == {"text": None, "more": '12"'}


@pytest.mark.parametrize("behind", ["Debug: 0.3s", "\x1a", "<!-- 3 & 4 --> & more", "<p>Bye"])
def test_what_follows_a_feed_in_xml_is_no_break(open_feed: OpenFeed, behind: str) -> None:
    catalogue = open_feed(rss("a", "b") + behind, "feed.xml")
    assert (list(catalogue.ids), catalogue.left_out) == (["0", "1"], ())
    assert any("the end of <rss>; what follows is left out" in note for note in catalogue.notes)


def test_items_without_a_root_are_a_break_still(open_feed: OpenFeed) -> None:
    text = "<item><id>1</id><image>@red-disc.png</image></item>\n"
    assert breaks(open_feed(text + text, "feed.xml")) == ["feed.xml, item 2"]


def test_json_that_is_cut_short_is_refused(open_feed: OpenFeed) -> None:
    text = '[{"id": 1, "image": "@red-disc.png"},\n{"id": 2, "image": "@blue-disc.png"},\n{"id'
    with pytest.raises(CatalogueError, match="holds no list of items"):
        open_feed(text, "shop.json")
