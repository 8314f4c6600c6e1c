"""The page for everybody: axe-core in every state, width and scheme, and the use by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, Route, expect

from tests.page.browsing import DESK, HeldRequest, opened, upload, wait_for_answer
from tests.support.live import LiveApp

# 640 px is what a desk's browser has left at a zoom of 200 %.
FITTED = (320, 640, 768)
# Of what axe-core looks at, only contrast depends on the scheme, and not on the width.
JUDGED: dict[int, tuple[Literal["light", "dark"], ...]] = {390: ("light",), 1280: ("light", "dark")}
JUDGE = """scheme => axe.run({
    resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
    ...(scheme === "dark" ? {runOnly: {type: "rule", values: ["color-contrast"]}} : {}),
})"""
SMALL = """() => [...document.querySelectorAll("button, a, input, select, summary")]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && e.type !== "file")
    .filter(e => getComputedStyle(e).display !== "inline")  // a link in a sentence
    .filter(e => e.getBoundingClientRect().width < 24 || e.getBoundingClientRect().height < 24)
    .map(e => `smaller than 24 px: ${e.outerHTML.slice(0, 80)}`)"""
WIDE = "() => document.documentElement.scrollWidth - innerWidth"

# What a browser's own setting of letters twice as large does not make larger, or lets overflow.
FIXED = """() => {
    const sized = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { textContent, parentElement } = texts.currentNode;
        if (textContent.trim() && parentElement.checkVisibility()) sized.set(parentElement, 0);
    }
    for (const field of document.querySelectorAll("input:not([type=range], [type=file]), select")) {
        if (field.checkVisibility()) sized.set(field, 0);
    }
    const size = one => parseFloat(getComputedStyle(one).fontSize);
    for (const one of sized.keys()) sized.set(one, size(one));
    document.documentElement.style.fontSize = "200%";
    const fixed = [...sized].filter(([one, before]) => size(one) < 1.9 * before)
        .filter(([one]) => !one.closest(".aloud, script, style"))
        .map(([one]) => `does not grow: ${one.outerHTML.slice(0, 80)}`);
    if (document.documentElement.scrollWidth > innerWidth) fixed.push("large letters overflow");
    document.documentElement.style.fontSize = "";
    return fixed;
}"""


def faults(page: Page, widths: tuple[int, ...] = (*FITTED, *JUDGED)) -> list[str]:
    """What axe-core finds at the widths in both schemes, what is too small and what too wide."""
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate(WIDE) > 0:
            found.append(f"scrolls sideways at {width} px")
        found += page.evaluate(SMALL)
        for scheme in JUDGED.get(width, ()):
            # Without motion, the colours do not fade from one scheme to the other meanwhile.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            is_followed = "dark => document.body.classList.contains('dark') === dark"
            page.wait_for_function(is_followed, arg=scheme == "dark")
            for rule in page.evaluate(JUDGE, scheme)["violations"]:
                places = [place["html"][:120] for place in rule["nodes"]]
                found.append(f"{rule['id']} at {width} px, {scheme}: {places}")
    page.set_viewport_size(DESK)
    return found + page.evaluate(FIXED)


def call_it_nothing_alike(route: Route) -> None:
    """Of eight items too little is known to say so: the answer is said to be that of others."""
    told = route.fetch().json()
    told["data"][0] |= {"state": "nothing", "message": "Nothing in the catalogue looks like this."}
    route.fulfill(json=told)


def fail(route: Route, status: int) -> None:
    """As a server that is full or broken, or that cannot be reached."""
    if status:
        route.fulfill(status=status, json={"error": "The server has a sentence of its own."})
    else:
        route.abort("internetdisconnected")


def test_no_state_of_the_page_shuts_anybody_out(page: Page, shop: Path, tmp_path: Path) -> None:
    page.evaluate(AXE_SCRIPT)
    found = {"empty": faults(page)}
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    upload(page, broken)
    expect(page.locator("body")).to_have_attribute("data-state", "error")
    found["failed"] = faults(page)
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    found["answered"] = faults(page)
    page.locator("#lookalikes button.thumbnail-item").first.click()
    expect(page.locator("#item")).to_be_visible()
    found["item"] = faults(page)
    page.keyboard.press("Escape")
    statuses = chain((503, 500), repeat(0))  # offline, the page asks again by itself
    page.route("**/run/page_ask", lambda route: fail(route, next(statuses)))
    page.get_by_label("How many").select_option("10")
    for state in ("busy", "failed", "offline"):
        expect(page.locator("body")).to_have_attribute("data-state", state)
        # Like the first, which was judged at every width, but for what is said.
        found[f"the server's: {state}"] = faults(page, (DESK["width"],))
        if state == "offline":
            page.unroute("**/run/page_ask")
        page.get_by_role("button", name="Try again").click()
    wait_for_answer(page)
    page.get_by_role("tab", name="API").click()
    expect(page.locator(".language")).to_have_count(3)
    found["code"] = faults(page)
    page.get_by_role("tab", name="Search").click()
    page.route("**/run/page_ask", call_it_nothing_alike)
    page.locator("#steering").get_by_role("button", name="disc, ").click()
    expect(page.locator("body")).to_have_attribute("data-state", "nothing")
    expect(page.locator(".chosen")).to_contain_text("disc")
    found["filtered, nothing alike"] = faults(page)
    assert {state: told for state, told in found.items() if told} == {}


def test_the_focus_never_falls_to_the_page_as_a_whole(page: Page, shop: Path) -> None:
    told = page.locator("#told")

    def press(pressed: Locator, then: Callable[[], None]) -> None:
        pressed.focus()
        page.keyboard.press("Enter")
        then()
        page.wait_for_timeout(100)

    def is_answered() -> None:
        expect(page.locator("#message")).to_have_attribute("aria-busy", "false")
        wait_for_answer(page)

    press(page.locator("#examples-part button").first, is_answered)
    expect(told).to_be_focused()
    ring = "e => getComputedStyle(e).outlineStyle + parseFloat(getComputedStyle(e).outlineWidth)"
    assert told.evaluate(ring) == "solid3"
    chip = page.locator("#steering").get_by_role("button", name="disc, ")
    press(chip, lambda: expect(chip).to_have_attribute("aria-pressed", "true"))
    is_answered()
    expect(chip).to_be_focused()
    press(page.get_by_role("button", name="Remove: disc"), is_answered)
    expect(told).to_be_focused()
    press(page.locator(".trail li button").nth(1), is_answered)
    expect(told).to_be_focused()
    press(chip, lambda: expect(chip).to_have_attribute("aria-pressed", "true"))
    # The step before was left from far below.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    press(page.get_by_role("button", name="Undo"), is_answered)
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    upload(page, shop / "red-disc.png")
    is_answered()
    press(
        page.get_by_label("Remove Image"),
        lambda: expect(page.locator("body")).to_have_attribute("data-state", "empty"),
    )
    expect(told).to_be_focused()


def test_what_happens_is_said_aloud_and_moves_for_nobody_who_minds(page: Page, shop: Path) -> None:
    said = page.get_by_role("status").first
    expect(said).to_have_text("")
    page.emulate_media(reduced_motion="reduce")
    held = HeldRequest(page, "**/run/page_ask")
    upload(page, shop / "red-disc.png")
    expect(said).to_have_text("Looking …")
    waiting = page.locator(".skeleton i").first
    expect(waiting).to_be_visible()
    assert waiting.evaluate("e => getComputedStyle(e).animationName") == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert waiting.evaluate("e => getComputedStyle(e).animationName") == "wait"
    held.let_go()
    expect(said).to_have_text("The 5 closest items. First: red disc.")


@pytest.mark.parametrize("width", [390, 1280])
def test_little_moves_under_the_finger(page: Page, shop_app: LiveApp, width: int) -> None:
    """Cumulative layout shift (web.dev/cls), summed, from opening the page to the answer."""
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, shop_app.url)
    held = HeldRequest(page, "**/run/page_ask")
    page.locator("#examples-part button").first.click()
    # What moves within half a second of a click does not count.
    page.wait_for_timeout(600)
    held.let_go()
    wait_for_answer(page)
    shift = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries()
            .filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0)))
            .observe({type: "layout-shift", buffered: true}))"""
    )
    assert shift < 0.05
