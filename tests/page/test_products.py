"""What a shop's own page needs of an item, `url` and `price`, whatever its columns are called."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from mcp import Client as Agent

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from tests.conftest import COLOURS, draw_garment
from tests.support.live import LiveApp


@pytest.fixture(scope="module")
def feed_app(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """A shop whose columns are called as feeds call them; one item has no page of its own."""
    folder = tmp_path_factory.mktemp("feed")
    lines = ["file_name,id,title,Link,Sale_Price,Price"]
    full = {"green": 80, "blue": 50}
    for number, colour in enumerate(COLOURS):
        draw_garment(folder / f"{colour}.png", colour, "disc")
        link = f"https://shop.example/{colour}" if colour != "black" else ""
        prices = f"{60.5 + number},{full.get(colour, '')}"
        lines.append(f"{colour}.png,{colour},{colour} disc,{link},{prices}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    built = build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "feed")
    with LiveApp("--artifacts", built.folder, "--mcp") as running:
        yield running


def by_every_door(app: LiveApp, item: str) -> list[dict[str, Any]]:
    """The matches of an item over Gradio, plain HTTP and, the same, as agents have them."""
    client = Client(app.url, verbose=False, download_files=False)

    async def ask() -> list[dict[str, Any]]:
        async with Agent(f"{app.url}/mcp") as agent:
            answer = await agent.call_tool("similar", {"item": item})
            assert answer.structured_content is not None
            matches: list[dict[str, Any]] = answer.structured_content["matches"]
            return matches

    return [
        *client.predict(item, api_name="/similar"),
        *httpx.post(f"{app.url}/api/search", json={"id": item}, timeout=60).json()["matches"],
        *asyncio.run(ask()),
    ]


def test_link_and_sale_price_are_told_as_url_and_price(feed_app: LiveApp) -> None:
    matches = by_every_door(feed_app, "red")
    # Of the blue one the sale is over: its price is less.
    told = {"green": 61.5, "blue": 50, "black": 63.5}
    assert sorted(match["id"] for match in matches) == sorted([*told] * 3)
    for match in matches:
        assert match["price"] == told[match["id"]]
        link = None if match["id"] == "black" else f"https://shop.example/{match['id']}"
        assert match.get("url") == link


def test_url_and_price_are_told_as_the_catalogue_has_them(shop_app: LiveApp) -> None:
    client = Client(shop_app.url, verbose=False, download_files=False)
    matches = client.predict("red-disc", k=7, api_name="/similar")
    item = httpx.get(f"{shop_app.url}/api/items/red-disc", timeout=60).json()
    assert (item["url"], item["price"]) == ("https://shop.example/red-disc", 60.5)
    assert len(matches) == 7
    for match in matches:
        # A shop's page puts it into a link.
        held = match["attributes"]["url"]
        assert match.get("url") == (held if held.startswith("https://") else None)
        assert match["price"] == match["attributes"]["price"]
