"""The page in a real browser: what a shopper goes on with from an answer, and what may fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.browsing import PHONE, opened, upload, wait_for_answer


def test_an_item_opens_larger_and_closes_where_it_was_opened(page: Page, shop: Path) -> None:
    page.set_viewport_size(PHONE)
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    opener = page.locator("#lookalikes button.thumbnail-item").first
    opener.click()
    picture = page.locator("#item img")
    page.wait_for_function("document.querySelector('#item img').naturalWidth === 640")
    expect(picture).to_have_attribute("alt", "red disc")
    close = page.locator("#item .close").bounding_box()
    assert close is not None
    assert close["x"] + close["width"] <= PHONE["width"]
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_steps_go_on_and_back_and_stand_in_the_address(page: Page, shop: Path) -> None:
    page.locator("#examples-part button").first.click()
    wait_for_answer(page)
    expect(page.locator("#photo .image-frame img")).to_be_visible()
    page.locator("#steering").get_by_role("button", name="disc, ").click()
    page.wait_for_function("location.search.includes('where')")
    names = wait_for_answer(page)
    assert all("disc" in name for name in names)
    page.locator("#lookalikes").get_by_role("button", name="More like this: ").first.click()
    page.wait_for_function("!location.search.includes('where')")
    wait_for_answer(page)
    expect(page.locator("#told")).to_be_focused()
    page.go_back()
    expect(page.locator(".chosen")).to_contain_text("disc")
    expect(page.locator("#lookalikes .caption-label")).to_have_count(len(names))
    address = page.url
    opened(page, address)
    assert wait_for_answer(page) == names
    page.get_by_role("button", name="Remove: disc").click()
    expect(page.locator("#lookalikes .caption-label")).to_have_count(5)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#lookalikes .caption-label")).to_have_count(len(names))
    assert page.url == address
    # A photo of one's own is kept for a step back, and is no part of the address.
    upload(page, shop / "blue-disc.png")
    wait_for_answer(page, "blue disc")
    assert "item" not in page.url
    page.go_back()
    expect(page.locator("#lookalikes .caption-label")).to_have_count(len(names))
    page.go_forward()
    wait_for_answer(page, "blue disc")
    opened(page, page.url)
    expect(page.locator(".said")).to_contain_text("Your own photo is not part of the address")


def test_words_marks_and_sliders_steer(page: Page) -> None:
    page.get_by_label("In words").fill("blue disc xyzzy")
    page.keyboard.press("Enter")
    wait_for_answer(page)
    expect(page.locator(".notes")).to_contain_text("does not know the word 'xyzzy'")
    assert page.get_by_role("button", name="Why this one").count() == 0
    named = page.locator("#lookalikes .caption-label").first.inner_text().strip()
    page.get_by_role("button", name=f"Away from this one: {named}").click()
    expect(page.locator(".chosen")).to_contain_text(f"less like {named}")
    wait_for_answer(page)
    assert named not in page.locator("#lookalikes .caption-label").all_inner_texts()
    for label, value, part in (
        ("varied", "0.5", "variety=0.5"),
        ("colour", "1", "colour_weight=1"),
    ):
        slider = page.locator(".slider", has_text=label).locator("input")
        slider.fill(value)
        page.wait_for_function(f"location.search.includes('{part}')")
    page.get_by_label("How many").select_option("10")
    expect(page.locator("#lookalikes .caption-label")).to_have_count(7)


def test_why_shows_where_both_pictures_agree(page: Page) -> None:
    page.locator("#examples-part button").first.click()
    wait_for_answer(page)
    opener = page.locator("#lookalikes").get_by_role("button", name="Why this one").first
    opener.click()
    expect(page.locator("#why .heat")).to_have_count(2)
    expect(page.locator("#why .lead")).to_contain_text("similarity")
    expect(page.locator("#why .shared")).to_contain_text("Both")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        (503, "busy", "Many people"),
        (500, "failed", "went wrong on our side"),
        (0, "offline", "be reached"),
        (200, "failed", "went wrong in this page"),
    ],
)
def test_trouble_has_a_state_of_its_own_and_the_old_answer_stays(
    page: Page, status: int, state: str, sentence: str
) -> None:
    page.locator("#examples-part button").first.click()
    names = wait_for_answer(page)

    def fail(route: Route) -> None:
        if status == 200:
            route.fulfill(json={"data": [{"state": "found"}]})  # which the script cannot show
        elif status:
            route.fulfill(status=status, json={"error": "The server is full."})
        else:
            route.abort("internetdisconnected")

    page.route("**/run/page_ask", fail)
    page.locator("#examples-part button").nth(1).click()
    expect(page.locator("body")).to_have_attribute("data-state", state)
    expect(page.locator("#told")).to_contain_text(sentence)
    assert page.locator("#lookalikes .caption-label").count() == len(names)
    page.unroute("**/run/page_ask")
    page.get_by_role("button", name="Try again").click()
    wait_for_answer(page)
