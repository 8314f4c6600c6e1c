"""The front: what the page's HTML tells other sites and browsers, and what it weighs."""

from __future__ import annotations

import html
import io
import re

import httpx
import pytest
from PIL import Image

from pipeline.page.front.head import DESCRIPTION
from tests.support.live import LiveApp


def told(page: str) -> dict[str, list[str]]:
    """The meta tags, links and the title in the HTML of a page, by what they are about."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page)
    found += re.findall(r'<link rel="(icon|manifest)"[^>]*href="([^"]+)"', page)
    found += [("title", title) for title in re.findall(r"<title>(.*?)</title>", page)]
    names = {name for name, _ in found}
    return {name: [html.unescape(value) for of, value in found if of == name] for name in names}


@pytest.mark.parametrize(
    ("query", "title", "description"),
    [
        ("", "Lookalike", DESCRIPTION),
        ("?item=sku-0-disc", "Red disc · Lookalike", "See Red disc and what looks most like it."),
        ("?item=sku-77", "Lookalike", DESCRIPTION),
        ("?item=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "Lookalike", DESCRIPTION),
    ],
)
def test_a_shared_link_shows_its_own_title_description_picture_and_icon(
    app: LiveApp, http: httpx.Client, query: str, title: str, description: str
) -> None:
    page = http.get(f"/{query}").text
    assert "<script>alert(1)" not in page
    tags = told(page)
    assert tags["title"] == tags["og:title"] == [title]
    assert tags["description"] == tags["og:description"] == [description]
    assert tags["og:site_name"] == ["Lookalike"]
    assert tags["twitter:card"] == ["summary_large_image"]
    assert "manifest" not in tags
    shared = query if title.startswith("Red disc") else ""
    assert tags["og:url"] == [f"{app.url}/{shared}"]
    assert tags["og:image"] == [f"{app.url}/look/share.png{shared}"]
    with Image.open(io.BytesIO(http.get(tags["og:image"][0]).content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert len(set(picture.convert("L").tobytes())) > 1
    (icon,) = tags["icon"]
    assert icon.startswith(app.url)
    Image.open(io.BytesIO(http.get(icon).content)).verify()


def test_the_pages_own_script_and_style_are_light(app: LiveApp, http: httpx.Client) -> None:
    page = http.get("/").text
    files = re.findall(r'(?:href|src)="([^"]+/look/page\.(?:css|js)\?v=\w+)"', page)
    assert len(files) == 2
    weight = 0
    for file in files:
        with http.stream("GET", file) as answer:
            assert len(answer.read()) > answer.num_bytes_downloaded
            weight += answer.num_bytes_downloaded
        assert "immutable" in answer.headers["cache-control"]
    assert 0 < weight < 60_000
