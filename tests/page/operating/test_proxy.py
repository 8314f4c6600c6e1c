"""The page under a path of another site, and its form for those who log in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Page, expect, sync_playwright

from pipeline.access import Users, user_line
from pipeline.errors import LookalikeError
from pipeline.page.serving import Door
from tests.page.browsing import CHROMIUM, FLAGS, PATIENCE_MS, ask, opened
from tests.support.proxy import proxied

Serve = Callable[..., httpx.Client]
PREFIX = "/shop/lookalike"
NAME, PASSWORD = "anna", "correct horse"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def under_path(serve: Serve) -> str:
    return str(serve(root_path=f"{PREFIX}/").base_url).rstrip("/")


@pytest.fixture(params=[True, False], ids=["stripped", "kept"])
def site(under_path: str, request: pytest.FixtureRequest) -> Iterator[str]:
    with proxied(under_path, PREFIX, strips=request.param) as url:
        yield url


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser's page; what it complains about, or asks of other places, fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        page.on("response", lambda a: complaints.append(a.url) if a.status >= 400 else None)
        yield page
        assert [text for text in complaints if "401" not in text] == []
        browser.close()


def test_clients_and_probes_are_answered_under_the_path(site: str, shop_folder: Path) -> None:
    client = Client(site, verbose=False)
    matches = client.predict(handle_file(shop_folder / "red-disc.png"), api_name="/recommend")
    assert Path(matches[0]["image"]).read_bytes()
    assert httpx.get(f"{site}/healthz").status_code == 200
    assert httpx.get(f"{site}/monitoring").status_code == 404
    # The guards see the path that is meant, not the one that is asked for.
    secret = f"{site}/gradio_api/file={shop_folder}/red-disc.png"
    assert httpx.get(secret).status_code == 403


@needs_chromium
def test_the_page_works_under_the_path(site: str, page: Page, shop_folder: Path) -> None:
    opened(page, f"{site}/")
    ask(page, shop_folder / "blue-disc.png")


@needs_chromium
def test_a_person_logs_in_by_the_form(serve: Serve, page: Page, shop_folder: Path) -> None:
    _, _, hashed = user_line(NAME, PASSWORD).partition(":")
    page.goto(str(serve(users=Users({NAME: hashed})).base_url))
    page.get_by_label("username").fill(NAME)
    page.get_by_label("password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    expect(page.locator("#examples-part button").first).to_be_visible()
    ask(page, shop_folder / "blue-disc.png")


@pytest.mark.parametrize(
    "path", ["shop", "//evil.example", "/a/../b", "/./a", "/a b", "/a?b", "/a\n", "/é", "https://x"]
)
def test_a_path_that_is_none_is_one_sentence(path: str) -> None:
    with pytest.raises(LookalikeError, match="is no path of the page"):
        Door(root_path=path)


@pytest.mark.parametrize("path", ["", "/", "/shop", "/shop/", "/a/b.c~d", None])
def test_a_path_that_is_one_is_taken(path: str | None) -> None:
    assert Door(root_path=path).root_path == path
