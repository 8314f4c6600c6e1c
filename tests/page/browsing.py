"""The page as a person uses it: what they do, and what they see of the answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, Route, ViewportSize, expect

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)


def opened(page: Page, url: str) -> Page:
    """Open the page, and wait until it can be used."""
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(url)
    expect(page.locator("#examples-part button").first).to_be_visible()
    return page


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#photo input[type=file]", path)


def wait_for_answer(page: Page, first: str | None = None) -> list[str]:
    """The names of the cards, once they are there; the first is waited for where it is given."""
    expect(page.locator("body")).to_have_attribute("data-state", "found")
    if first is not None:
        expect(page.locator("#lookalikes .caption-label").first).to_have_text(first)
    expect(page.locator("#lookalikes .beside").first).to_be_visible()
    return [name.strip() for name in page.locator("#lookalikes .caption-label").all_inner_texts()]


def ask(page: Page, picture: Path) -> None:
    """Upload a photo and look at the five pictures of the answer."""
    upload(page, picture)
    expect(page.locator("#lookalikes .caption-label")).to_have_count(5)
    first = page.locator("#lookalikes .grid-container img").first
    expect(first).to_be_visible()
    assert first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64


class HeldRequest:
    """The first request for an address, held until it is let go; those after it go through."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(address, self._hold_the_first)

    def _hold_the_first(self, route: Route) -> None:
        self._routes.append(route)
        if len(self._routes) > 1:
            route.continue_()

    def once_asked(self) -> Route:
        """Wait until the page has asked; what it shows of that may come long before."""
        for _ in range(PATIENCE_MS // 10):
            if self._routes:
                return self._routes[0]
            self._page.wait_for_timeout(10)
        raise AssertionError(f"Nothing was asked within {PATIENCE_MS} ms.")

    def let_go(self) -> None:
        self.once_asked().continue_()
