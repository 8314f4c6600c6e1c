"""The page in a real browser: from a photo, or a part of it, to its answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import FloatRect, Page, Request, expect

from tests.page.browsing import PHONE, HeldRequest, upload, wait_for_answer
from tests.page.test_accessible import faults


def box_of(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box


def box_asked(request: Request) -> list[float]:
    sent = request.post_data_json
    assert sent is not None
    return sent["data"][2]["box"]


def test_the_way_from_a_photo_to_the_products_own_page_on_a_phone(page: Page, shop: Path) -> None:
    page.set_viewport_size(PHONE)
    expect(page).to_have_title("Discs & Co")
    expect(page.locator("#message")).to_contain_text("Give a photo of a garment")
    upload(page, shop / "blue-disc.png")
    names = wait_for_answer(page, "blue disc")
    assert len(names) == 5
    # The answer is what is seen, beside the photo that was asked.
    assert box_of(page, "#photo img")["y"] >= 0
    assert box_of(page, "#lookalikes img")["y"] + 100 < PHONE["height"]
    card = page.locator("#lookalikes .gallery-item").first
    expect(card).to_contain_text("€62.50")
    expect(card).to_contain_text("very close")
    expect(card.locator(".number")).to_be_hidden()
    link = card.get_by_role("link", name="View product: blue disc")
    assert link.get_attribute("href") == "https://shop.example/blue-disc"
    # What is no address of the web is no link.
    assert page.locator("#lookalikes a").count() == sum("disc" in name for name in names)
    page.get_by_role("button", name="Numbers").click()
    expect(card).to_contain_text("similarity 1.000")
    for word in ("encoder", "hub", "%"):
        assert word not in page.locator("#search").inner_text()


def test_five_answers_fit_every_width(page: Page, shop: Path) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page)
    for width in (320, 390, 768, 820, 900, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for card in page.locator("#lookalikes .gallery-item").all():
            box = card.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    # Five beside each other on a desk, and two on the narrowest of phones.
    rows = """new Set([...document.querySelectorAll("#lookalikes .gallery-item")]
        .map(card => card.getBoundingClientRect().top)).size"""
    assert page.evaluate(rows) == 1
    page.set_viewport_size({"width": 320, "height": 844})
    assert page.evaluate(rows) == 3
    small = """[...document.querySelectorAll("#search button, #search a, #search input")]
        .filter(e => e.checkVisibility() && e.type !== "file")
        .filter(e => e.getBoundingClientRect().width < 24 || e.getBoundingClientRect().height < 24)
        .map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(small) == []


def test_changing_the_metric_asks_again(page: Page, shop: Path) -> None:
    expect(page.get_by_label("Metric")).to_have_value("Cosine")
    upload(page, shop / "red-square.png")
    wait_for_answer(page, "red square")
    page.get_by_label("Metric").click()
    page.get_by_role("option", name="Euclidean").click()
    expect(page.locator("#message .reading")).to_contain_text("Distance is 0 for the same picture")
    expect(page.locator("#lookalikes .number").first).to_have_text("distance 0.00")


def test_of_two_quick_choices_the_last_is_answered(page: Page) -> None:
    slow = HeldRequest(page, "**/run/page_ask")
    first, second = (page.locator("#examples-part button").nth(number) for number in (0, 1))
    # Else a busy machine gives the first up before it has asked.
    first.click()
    slow.once_asked()
    second.click()
    wait_for_answer(page)
    asked = page.evaluate("new URLSearchParams(location.search).get('item')")
    name = second.get_attribute("aria-label")
    assert name == f"Find what looks like: {asked.replace('-', ' ')}"
    answered = page.locator("#lookalikes .caption-label").all_inner_texts()
    slow.let_go()
    page.wait_for_timeout(300)
    assert page.locator("#lookalikes .caption-label").all_inner_texts() == answered
    assert asked.replace("-", " ") not in [name.strip() for name in answered]
    page.unroute("**/run/page_ask")


def test_another_photo_is_chosen_pasted_or_dropped_while_the_first_stays(
    page: Page, shop: Path
) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Other photo").click()
    expect(page.locator("#lookalikes .caption-label").first).to_have_text("red disc")
    chooser.value.set_files(shop / "blue-disc.png")
    wait_for_answer(page, "blue disc")
    for number, event in enumerate(("paste", "drop")):
        name = ("green-square", "red-square")[number]
        data = (shop / f"{name}.png").read_bytes()
        page.evaluate(
            """([event, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
                const init = {bubbles: true, cancelable: true,
                    clipboardData: data, dataTransfer: data};
                document.body.dispatchEvent(event === "paste"
                    ? new ClipboardEvent(event, init) : new DragEvent(event, init));
            }""",
            [event, list(data)],
        )
        wait_for_answer(page, name.replace("-", " "))
    page.get_by_role("button", name="Turn").click()
    turned = page.locator("#photo .image-frame img[src$='turned.jpg']")
    expect(turned).to_be_visible()
    wait_for_answer(page)
    page.get_by_label("Remove Image").click()
    expect(page.locator("body")).to_have_attribute("data-state", "empty")
    expect(page.locator("#lookalikes .caption-label")).to_have_count(0)


def test_what_the_browser_refuses_is_said(page: Page) -> None:
    page.get_by_role("button", name="Paste").click()
    expect(page.locator(".said")).to_contain_text("press Ctrl+V")
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("#camera")).to_contain_text("Choose a photo instead")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Camera")).to_be_focused()


def test_a_frame_around_the_garment_is_asked_about(page: Page, shop: Path) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    handle = page.get_by_role("button", name="Frame, top left")
    handle.focus()
    with page.expect_request("**/run/page_ask") as request:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    box = box_asked(request.value)
    assert box == pytest.approx([0.06, 0, 1, 1])
    wait_for_answer(page)
    place = box_of(page, "#frame")
    with page.expect_request("**/run/page_ask") as request:
        page.mouse.move(place["x"] + place["width"], place["y"] + place["height"])
        page.mouse.down()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=3)
        page.mouse.up()
    assert box_asked(request.value) == pytest.approx([0.06, 0, 0.53, 0.5], abs=0.02)
    wait_for_answer(page)


def test_each_garment_of_a_flat_lay_can_be_asked_about(
    page: Page, shop: Path, tmp_path: Path
) -> None:
    lay = Image.new("RGB", (960, 480), "white")
    for left, name in ((60, "red-disc"), (560, "black-square")):
        lay.paste(Image.open(shop / f"{name}.png").resize((340, 340)), (left, 70))
    lay.save(tmp_path / "lay.png")
    upload(page, tmp_path / "lay.png")
    wait_for_answer(page)
    said = page.get_by_role("status").first
    expect(said).to_contain_text("2 garments in the photo: choose one.")
    group = page.get_by_role("group", name="Garments in the photo")
    garments = group.get_by_role("button")
    expect(garments).to_have_count(2)
    places = [one.bounding_box() for one in garments.all()]
    assert all(place is not None and place["width"] >= 24 <= place["height"] for place in places)
    photo = box_of(page, "#photo")
    for name, key in (("Garment 1 of 2", "Enter"), ("Garment 2 of 2", "Space")):
        one = group.get_by_role("button", name=name)
        one.focus()
        with page.expect_request("**/run/page_ask") as request:
            page.keyboard.press(key)
        box = box_asked(request.value)
        assert 0.2 < box[2] - box[0] < 0.32
        is_left = box[0] < 0.5
        first = page.locator("#lookalikes .caption-label").first
        expect(first).to_contain_text("red" if is_left else "black")
        expect(one).to_have_attribute("aria-pressed", "true")
        expect(one).to_be_focused()
        # The frame and its handles are where the garment is.
        frame = box_of(page, "#frame")
        middle = frame["x"] + frame["width"] / 2
        assert (middle < photo["x"] + photo["width"] / 2) == is_left
    page.evaluate(AXE_SCRIPT)
    assert faults(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(group.get_by_role("button", name="Garment 1 of 2", pressed=True)).to_be_visible()
    # By a finger, once more: that garment no longer, but what the photo is asked for by itself.
    with page.expect_request("**/run/page_ask") as request:
        group.get_by_role("button", name="Garment 1 of 2").click()
    assert box_asked(request.value) is None
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    expect(garments).to_have_count(0)


def test_a_broken_photo_gets_a_sentence_and_the_next_one_works(
    page: Page, shop: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    upload(page, broken)
    expect(page.locator("#message")).to_contain_text("not a picture that can be read")
    assert page.locator("#lookalikes .caption-label").count() == 0
    # One that is too large is not even sent; what the server finds too large is told alike.
    with (tmp_path / "huge.jpg").open("wb") as huge:
        huge.truncate(41 * 2**20)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    upload(page, tmp_path / "huge.jpg")
    expect(page.locator("#message")).to_contain_text("has 41 MB; the limit is 40 MB")
    assert not asked
    refused = {"error": "The upload is too large. Save it smaller."}
    page.route("**/upload", lambda route: route.fulfill(status=413, json=refused))
    upload(page, shop / "red-disc.png")
    expect(page.locator("#message")).to_contain_text("The upload is too large")
    expect(page.locator("body")).to_have_attribute("data-state", "error")
    page.unroute("**/upload")
    page.route("**/upload", lambda route: route.abort("internetdisconnected"))
    upload(page, shop / "red-disc.png")
    expect(page.locator("#told")).to_contain_text("be reached")
    page.unroute("**/upload")
    # It is the new photo that is tried again.
    page.get_by_role("button", name="Try again").click()
    wait_for_answer(page, "red disc")
