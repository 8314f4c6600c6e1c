"""The servers that the tests of the page share, a plain way to call one, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from tests.conftest import COLOURS, draw_garment
from tests.page.browsing import CHROMIUM, DESK, FLAGS, opened
from tests.support.live import LiveApp


@pytest.fixture(scope="session")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder) as running:
        yield running


@pytest.fixture
def http(app: LiveApp) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight products as a shop sells them, in pictures larger than a thumbnail."""
    folder = tmp_path_factory.mktemp("priced")
    lines = ["file_name,id,title,kind,colour,price,currency,url"]
    for number, colour in enumerate(COLOURS):
        for shape in ("disc", "square"):
            name = f"{colour}-{shape}"
            draw_garment(folder / f"{name}.png", colour, shape, size=640)
            link = f"https://shop.example/{name}" if shape == "disc" else "javascript:alert(1)"
            price = 60.5 + number
            lines.append(f"{name}.png,{name},{colour} {shape},{shape},{colour},{price},EUR,{link}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def shop_app(
    shop: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveApp]:
    """The page of that shop, for whatever is done in a browser."""
    built = build(open_catalogue(shop), encoder, tmp_path_factory.mktemp("built") / "priced")
    with LiveApp("--artifacts", built.folder, "--title", "Discs & Co") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file of tests: other files could not run a loop of their own beside it."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all, so that what the browser keeps is fetched once."""
    context = browser.new_context(viewport=DESK)
    yield context
    context.close()


@pytest.fixture
def page(shop_app: LiveApp, context: BrowserContext) -> Iterator[Page]:
    """The page, watched: a request to another host or an error in its console fails the test."""
    page = context.new_page()
    elsewhere: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: None if _is_own(r.url, shop_app.url) else elsewhere.append(r.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # What the content security policy forbids is told here.
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened(page, shop_app.url)
    assert elsewhere == []
    assert [text for text in complaints if "Failed to load resource" not in text] == []
    page.close()


def _is_own(url: str, base: str) -> bool:
    return url.startswith((base, "data:", "blob:"))
