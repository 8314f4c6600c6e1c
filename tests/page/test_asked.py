"""What is asked, in a real browser: it outlasts reloads and steps, and ends with its photo."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from tests.page.browsing import upload, wait_for_answer

ASK = "**/run/page_ask"


def sent(request: Request) -> tuple[str | None, dict]:
    """The path of the photo that is asked by, and the rest of what is asked."""
    told = request.post_data_json
    assert told is not None
    photo, _, asked = told["data"]
    return photo and photo["path"], asked


def filter_by_disc(page: Page) -> Locator:
    return page.locator("#steering").get_by_role("button", name="disc, ")


def test_a_frame_on_an_item_is_asked_by_its_picture_after_a_step_and_a_reload(page: Page) -> None:
    photo = page.locator("#photo .image-frame img")
    captions = page.locator("#lookalikes .caption-label")
    page.locator("#examples-part button").first.click()
    wait_for_answer(page)
    picture = photo.get_attribute("src")
    assert picture is not None
    page.locator("#lookalikes").get_by_role("button", name="More like this: ").first.click()
    expect(photo).not_to_have_attribute("src", picture)
    wait_for_answer(page)
    corner = page.get_by_role("button", name="Frame, top left")
    expect(corner).to_be_visible()
    corner.focus()
    with page.expect_request(ASK) as request:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    path, asked = sent(request.value)
    assert path is not None
    assert asked["box"]
    names = wait_for_answer(page)
    # Back to the first item at once, and on again to the frame on the second.
    page.locator(".trail li button").nth(1).click()
    expect(photo).to_have_attribute("src", picture)
    wait_for_answer(page)
    with page.expect_request(ASK) as request:
        page.evaluate("history.go(2)")
    assert sent(request.value) == (path, asked)
    expect(captions).to_have_text(names)
    with page.expect_request(ASK) as request:
        page.reload()
    assert sent(request.value) == (path, asked)
    expect(captions).to_have_text(names)
    expect(corner).to_be_visible()


def test_a_filter_chosen_first_waits_and_a_turn_keeps_marks(page: Page, shop: Path) -> None:
    chosen = page.locator(".chosen")
    filter_by_disc(page).click()
    expect(chosen).to_contain_text("disc")
    page.locator("#examples-part button").first.click()
    assert all("disc" in name for name in wait_for_answer(page))
    expect(chosen).to_contain_text("disc")
    page.get_by_label("Remove Image").click()
    expect(page.locator("body")).to_have_attribute("data-state", "empty")
    expect(chosen).to_contain_text("disc")
    upload(page, shop / "red-square.png")
    names = wait_for_answer(page)
    assert all("disc" in name for name in names)
    for sign, name in (("Nearer to", names[0]), ("Away from", names[1])):
        page.get_by_role("button", name=f"{sign} this one: {name}").click()
        wait_for_answer(page)
    with page.expect_request(ASK) as request:
        page.get_by_role("button", name="Turn").click()
    _, asked = sent(request.value)
    assert asked["but"] == {"kind": ["disc"]}
    assert [asked["more"], asked["less"]] == [[name.replace(" ", "-")] for name in names[:2]]
    wait_for_answer(page)


def test_the_emptied_page_counts_what_the_catalogue_has(page: Page, shop: Path) -> None:
    disc = filter_by_disc(page)
    counted = disc.get_attribute("aria-label")
    assert counted == "disc, 4 items"
    upload(page, shop / "red-disc.png")
    wait_for_answer(page)
    expect(disc).to_have_attribute("aria-label", re.compile("near"))
    page.get_by_label("Remove Image").click()
    expect(page.locator("body")).to_have_attribute("data-state", "empty")
    expect(disc).to_have_attribute("aria-label", counted)
