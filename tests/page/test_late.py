"""What comes late in a real browser: the last choice wins, and what was lost is had again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.page.browsing import HeldRequest, upload, wait_for_answer
from tests.page.test_page import box_asked

ASK = "**/run/page_ask"
UPLOAD = "**/gradio_api/upload"
LOOK = "**/run/page_look"
CAMERA = """() => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    navigator.mediaDevices.getUserMedia = () => new Promise((allow) => {
        window.allowed = () => {
            window.stream = canvas.captureStream();
            allow(window.stream);
        };
    });
    window.drawFrame = () => pen.fillRect(0, 0, 9, 9);
}"""
DROP = """(files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, bytes] of files) {
        dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
    }
    document.body.dispatchEvent(
        new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer}));
}"""


def click_example(page: Page) -> None:
    page.locator("#examples-part button").first.click()


def search_words(page: Page) -> None:
    page.get_by_label("In words").fill("blue disc")
    page.keyboard.press("Enter")


def press_cross(page: Page) -> None:
    page.get_by_label("Remove Image").click()


@pytest.mark.parametrize(
    ("choose", "is_failing"),
    [(click_example, True), (search_words, False), (press_cross, False)],
)
def test_what_is_chosen_after_a_slow_upload_stays(
    page: Page, shop: Path, choose: Callable[[Page], None], is_failing: bool
) -> None:
    upload(page, shop / "red-square.png")
    wait_for_answer(page, "red square")
    slow = HeldRequest(page, UPLOAD)
    upload(page, shop / "black-square.png")
    slow.once_asked()
    choose(page)
    state = "empty" if choose is press_cross else "found"
    expect(page.locator("body")).to_have_attribute("data-state", state)
    said = page.locator("#told").inner_text()
    address = page.url
    if is_failing:
        slow.once_asked().fulfill(status=500, json={"error": "no"})
    else:
        slow.let_go()
    page.wait_for_timeout(300)
    expect(page.locator("body")).to_have_attribute("data-state", state)
    assert (page.locator("#told").inner_text(), page.url) == (said, address)


def test_a_frame_not_yet_asked_about_is_none_of_the_next_choice(page: Page, shop: Path) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    page.get_by_role("button", name="Frame, top left").focus()
    page.keyboard.press("ArrowRight")
    click_example(page)
    page.wait_for_timeout(600)
    assert "box" not in page.url
    assert page.locator(".trail li").last.inner_text() != "Part of the photo"


def test_a_frame_moved_while_an_answer_comes_is_asked_about(page: Page, shop: Path) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    page.get_by_role("button", name="Frame, top left").focus()
    slow = HeldRequest(page, ASK)
    page.keyboard.press("ArrowRight")
    slow.once_asked()
    with page.expect_request(ASK) as request:
        page.keyboard.press("ArrowRight")
        slow.let_go()
    assert box_asked(request.value) == pytest.approx([0.04, 0, 1, 1])


def test_a_photo_that_the_server_has_lost_is_sent_again(page: Page, shop: Path) -> None:
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    forget_photo(page)
    page.get_by_label("How many").select_option("10")
    expect(page.locator("#lookalikes .caption-label")).to_have_count(8)
    expect(page.locator("body")).to_have_attribute("data-state", "found")
    forget_photo(page)
    page.locator("#lookalikes").get_by_role("button", name="Why this one").first.click()
    expect(page.locator("#why .heat")).to_have_count(2)
    page.keyboard.press("Escape")
    # Of the photo before six others the page has nothing left to send.
    for colour in ("black", "blue", "green"):
        for shape in ("disc", "square"):
            upload(page, shop / f"{colour}-{shape}.png")
            wait_for_answer(page, f"{colour} {shape}")
    page.evaluate("history.go(-6)")
    expect(page.locator("#message")).to_contain_text("Choose it again")
    assert "handle_file" not in page.locator("#search").inner_text()


def forget_photo(page: Page) -> None:
    """As half an hour does it, or another start of the server."""
    address = page.locator("#photo .image-frame img").get_attribute("src")
    assert address is not None
    Path(address.partition("file=")[2]).unlink()


def test_the_page_begins_once_it_can(page: Page) -> None:
    page.route(LOOK, lambda route: route.fulfill(status=500, json={}), times=1)
    page.reload()
    expect(page.locator("#told")).to_contain_text("went wrong on our side")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#examples-part button")).to_have_count(8)
    expect(page.locator("body")).to_have_attribute("data-state", "empty")
    expect(page.get_by_label("In words")).to_be_visible()


def test_a_search_goes_on_by_itself_when_the_server_is_back(page: Page) -> None:
    page.clock.install()
    page.reload()
    click_example(page)
    wait_for_answer(page)
    is_away = True

    def serve(route: Route) -> None:
        route.abort("connectionrefused") if is_away else route.continue_()

    for address in (ASK, "**/healthz"):
        page.route(address, serve)
    page.locator("#examples-part button").nth(1).click()
    expect(page.locator("body")).to_have_attribute("data-state", "offline")
    with page.expect_request("**/healthz"):
        page.clock.fast_forward(6_000)
    is_away = False
    expect(page.locator("body")).to_have_attribute("data-state", "offline")
    page.clock.fast_forward(11_000)
    wait_for_answer(page)


def test_a_sentence_goes_with_what_it_was_about(page: Page, shop: Path, tmp_path: Path) -> None:
    said = page.locator(".said")
    (tmp_path / "note.txt").write_text("no picture")
    upload(page, tmp_path / "note.txt")
    expect(said).to_contain_text("no picture")
    click_example(page)
    wait_for_answer(page)
    expect(said).to_be_empty()
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    page.reload()
    expect(said).to_contain_text("Your own photo is not part of the address")
    click_example(page)
    wait_for_answer(page)
    expect(said).to_be_empty()
    page.reload()
    wait_for_answer(page)
    page.go_back()
    expect(said).to_contain_text("Your own photo is not part of the address")


def test_the_camera_is_let_go_of_and_waits_for_its_first_picture(page: Page) -> None:
    page.evaluate(CAMERA)
    button = page.get_by_role("button", name="Camera")
    button.click()
    page.keyboard.press("Escape")
    page.evaluate("allowed()")
    page.wait_for_function("stream.getTracks().every(track => track.readyState === 'ended')")
    button.click()
    page.evaluate("allowed()")
    take = page.get_by_role("button", name="Take it")
    expect(page.locator("#camera video")).to_be_visible()
    expect(take).to_be_disabled()
    page.evaluate("drawFrame()")
    take.click()
    wait_for_answer(page)
    page.evaluate("delete Navigator.prototype.mediaDevices")
    button.click()
    expect(page.locator("#camera")).to_contain_text("https")


def test_two_quick_turns_are_a_half_and_leave_no_black(page: Page, tmp_path: Path) -> None:
    # Red in its left upper corner, else transparent.
    photo = Image.new("RGBA", (80, 40))
    photo.paste("red", (0, 0, 20, 20))
    photo.save(tmp_path / "clear.png")
    upload(page, tmp_path / "clear.png")
    wait_for_answer(page)
    slow = HeldRequest(page, UPLOAD)
    page.get_by_role("button", name="Turn").click()
    slow.once_asked()
    page.get_by_role("button", name="Turn").click()
    shown = page.locator("#photo .image-frame img[src$='turned.jpg']")
    expect(shown).to_be_visible()
    colours = shown.evaluate("""async (image) => {
        await image.decode();
        const canvas = document.createElement("canvas");
        const pen = Object.assign(canvas, {width: 80, height: 40}).getContext("2d");
        pen.drawImage(image, 0, 0);
        return [[10, 10], [70, 30]].map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data]);
    }""")
    white, red = colours
    assert min(white) > 240
    assert red[0] > 240
    assert max(red[1:3]) < 40
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [80, 40]


def test_an_open_dialog_goes_with_its_answer(page: Page, shop: Path) -> None:
    dialog = page.locator("#item")
    click_example(page)
    wait_for_answer(page)
    page.locator("#examples-part button").nth(1).click()
    wait_for_answer(page)
    page.locator("#lookalikes button.thumbnail-item").first.click()
    expect(dialog).to_be_visible()
    page.go_back()
    expect(dialog).to_be_hidden()
    wait_for_answer(page)
    page.locator("#lookalikes button.thumbnail-item").first.click()
    expect(dialog).to_be_visible()
    upload(page, shop / "red-disc.png")
    expect(dialog).to_be_hidden()


def test_of_several_dropped_files_it_is_said_which_is_asked_by(page: Page, shop: Path) -> None:
    disc = list((shop / "red-disc.png").read_bytes())
    page.evaluate(DROP, [["note.txt", [110]], ["red-disc.png", disc], ["other.png", [110]]])
    wait_for_answer(page, "red disc")
    expect(page.locator(".said")).to_contain_text("one photo at a time. It took “red-disc.png”.")


def test_an_amount_that_the_menu_has_not_is_the_nearest(page: Page) -> None:
    shop = page.url
    for amount, chosen in (("7", "5"), ("16", "20"), ("", "5")):
        page.goto(f"{shop}?item=red-disc&k={amount}")
        wait_for_answer(page)
        expect(page.get_by_label("How many")).to_have_value(chosen)
