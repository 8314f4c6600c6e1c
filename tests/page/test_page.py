"""The page in a real browser, at the width of a desk and of a phone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pipeline.artifacts import MANIFEST, BuiltCatalogue
from tests.support.live import LiveApp

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
WIDTHS = {"desk": 1280, "phone": 390}
PATIENCE_MS = 30_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS)
def page(app: LiveApp, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, watched: a request to another host or an error in its console fails the test."""
    page = browser.new_page(viewport={"width": WIDTHS[request.param], "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    elsewhere: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: None if _is_own(r.url, app.url) else elsewhere.append(r.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # What the content security policy forbids is told here.
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(app.url)
    page.wait_for_selector("#photo input[type=file]", state="attached")
    yield page
    assert elsewhere == []
    assert complaints == []
    page.close()


def _is_own(url: str, base: str) -> bool:
    return url.startswith((base, "data:", "blob:"))


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#photo input[type=file]", path)


def captions(page: Page) -> list[str]:
    return page.locator("#lookalikes .caption-label").all_inner_texts()


def wait_for_result(page: Page) -> list[str]:
    expect(page.locator("#message .result")).to_be_visible()
    expect(page.locator("#lookalikes .caption-label")).to_have_count(5)
    return captions(page)


def test_the_empty_page_says_what_to_do_and_what_is_loaded(page: Page) -> None:
    expect(page).to_have_title("Lookalike")
    expect(page.locator("#message")).to_contain_text("Drop, paste or take a photo")
    expect(page.locator("#loaded")).to_contain_text("8 items")
    expect(page.get_by_label("Metric")).to_have_value("Cosine")
    assert captions(page) == []


def test_an_upload_gives_five_named_and_scored_items(page: Page, shop_folder: Path) -> None:
    upload(page, shop_folder / "blue-disc.png")
    found = wait_for_result(page)
    assert found[0].splitlines() == ["1. similarity 1.000", "Blue disc", "disc · blue"]
    assert [text[:2] for text in found] == ["1.", "2.", "3.", "4.", "5."]
    pictures = page.locator("#lookalikes .grid-container img")
    expect(pictures).to_have_count(5)
    for number in range(5):
        assert pictures.nth(number).evaluate("image => image.naturalWidth") == 64


def test_a_photo_that_nothing_is_like_is_told_so_and_shown_the_nearest(
    built: BuiltCatalogue, browser: Browser, shop_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(built.folder, tmp_path / "strict")
    fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    # No query is like anything: what a picture of nonsense gets from a real encoder.
    for record in fields["closeness"]:
        record["shortest"] = 1e9
    (folder / MANIFEST).write_text(json.dumps(fields), encoding="utf-8")
    with LiveApp("--artifacts", folder) as running:
        page = browser.new_page(viewport={"width": WIDTHS["phone"], "height": 900})
        page.goto(running.url)
        page.wait_for_selector("#photo input[type=file]", state="attached")
        upload(page, shop_folder / "blue-disc.png")
        assert len(wait_for_result(page)) == 5
        expect(page.locator("#message")).to_contain_text("Nothing in the catalogue looks like this")
        page.close()


def test_nothing_sticks_out_sideways(page: Page, shop_folder: Path) -> None:
    upload(page, shop_folder / "red-disc.png")
    wait_for_result(page)
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for caption in page.locator("#lookalikes .caption-label").all():
        box = caption.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert caption.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_changing_the_metric_asks_again(page: Page, shop_folder: Path) -> None:
    upload(page, shop_folder / "red-square.png")
    wait_for_result(page)
    page.get_by_label("Metric").click()
    page.get_by_role("option", name="Euclidean").click()
    expect(page.locator("#message")).to_contain_text("Distance is 0 for the same picture")
    expect(page.locator("#lookalikes .caption-label").first).to_contain_text("1. distance 0.00")


def test_an_example_is_a_query_that_leaves_itself_out(page: Page, app: LiveApp) -> None:
    page.locator("#examples button.thumbnail-item").first.click()
    found = wait_for_result(page)
    assert "similarity 1.000" not in found[0]
    page.get_by_label("Metric").click()
    page.get_by_role("option", name="Euclidean").click()
    expect(page.locator("#message")).to_contain_text("Distance")
    assert "distance 0.00" not in wait_for_result(page)[0]


def test_a_new_photo_after_an_example_is_a_query_of_its_own(page: Page, shop_folder: Path) -> None:
    page.locator("#examples button.thumbnail-item").first.click()
    wait_for_result(page)
    upload_again(page, shop_folder / "blue-disc.png")
    expect(page.locator("#lookalikes .caption-label").first).to_contain_text("Blue disc")
    expect(page.locator("#lookalikes .caption-label").first).to_contain_text("1.000")


def upload_again(page: Page, path: Path) -> None:
    page.get_by_label("Remove Image").click()
    page.wait_for_selector("#photo input[type=file]", state="attached")
    upload(page, path)


def test_a_broken_photo_gets_a_sentence_and_the_next_one_works(
    page: Page, shop_folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    upload(page, broken)
    expect(page.locator("#message .error")).to_contain_text("not a picture that can be read")
    assert captions(page) == []
    upload_again(page, shop_folder / "red-disc.png")
    assert "Red disc" in wait_for_result(page)[0]


def test_clearing_the_photo_empties_the_answer(page: Page, shop_folder: Path) -> None:
    upload(page, shop_folder / "red-disc.png")
    wait_for_result(page)
    page.get_by_label("Remove Image").click()
    expect(page.locator("#message .empty")).to_be_visible()
    expect(page.locator("#lookalikes .caption-label")).to_have_count(0)
