"""The map of the catalogue: what is served of it, and how a person uses it in a browser."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import httpx
import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.page.front.look import library
from pipeline.page.guards.routes import D3
from pipeline.plane import open_plane
from pipeline.recommender import map_of
from tests.conftest import draw_garment
from tests.page.browsing import opened, upload, wait_for_answer
from tests.page.test_accessible import faults
from tests.support.live import LiveApp


def test_it_is_served_with_every_items_place_and_values(
    http: httpx.Client, built: BuiltCatalogue
) -> None:
    answer = http.get("/api/map")
    told = answer.json()
    assert answer.headers["content-encoding"] == "gzip"
    assert told["items"] == 8
    assert told["ids"] == list(built.ids)
    places = np.frombuffer(base64.b64decode(told["places"]), "<u2").reshape(-1, 2) / 65535
    kept = open_plane(built)
    assert kept is not None
    np.testing.assert_allclose(places, kept, atol=1e-4)
    by = {one["attribute"]: one for one in told["attributes"]}
    # Names tell items apart and group none.
    assert list(by) == ["articleType", "baseColour"]
    values = [one["value"] for one in by["articleType"]["values"]]
    codes = base64.b64decode(by["articleType"]["codes"])
    assert [values[code] for code in codes] == built.column("articleType").to_pylist()
    assert [one["items"] for one in by["articleType"]["values"]] == [4, 4]
    plain = http.get("/api/map", headers={"Accept-Encoding": "identity"})
    assert plain.json() == told
    same = http.get("/api/map", headers={"If-None-Match": answer.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert http.get("/api/mapping").status_code == 404


def test_its_library_carries_its_licence_and_makes_no_code_from_texts() -> None:
    """A content security policy that allows less than today's would not break it."""
    text = library(D3)
    assert "Copyright 2010-2026 Mike Bostock" in text
    assert "Permission to use, copy, modify, and/or distribute" in text
    assert "Redistributions of source code must retain" in text
    assert not re.search(r"\beval\(|\bFunction\(", text)


def test_of_many_values_the_commonest_are_told_apart(
    built: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.recommender.answers.mapping.MOST_VALUES", 2)
    drawn = map_of(built)
    assert drawn is not None
    colours = {one.attribute: one for one in drawn.colourings}["baseColour"]
    assert colours.values == ("red", "green")
    assert colours.counts == (2, 2)
    assert sorted(colours.codes.tolist()) == [0, 0, 1, 1, 2, 2, 2, 2]


def test_spellings_of_a_value_have_one_colour(encoder: Encoder, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    lines = ["file_name,season"]
    for number, season in enumerate(["Summer", "Summer", "summer", "", "Fall", "FALL", "Winter"]):
        draw_garment(photos / f"{number}.png", "red", "disc", size=40 + number)
        lines.append(f"{number}.png,{season}")
    (photos / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    drawn = map_of(build(open_catalogue(photos), encoder, tmp_path / "built"))
    assert drawn is not None
    seasons = next(one for one in drawn.colourings if one.attribute == "season")
    assert (seasons.values, seasons.counts) == (("Summer", "Fall", "Winter"), (3, 2, 1))
    assert seasons.codes.tolist() == [0, 0, 0, 255, 1, 1, 2]


def test_a_person_opens_it_points_clicks_and_is_answered(
    page: Page, shop_app: LiveApp, shop: Path
) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    opened(page, shop_app.url)
    upload(page, shop / "red-disc.png")
    wait_for_answer(page, "red disc")
    assert not [url for url in fetched if "d3-" in url or "/api/map" in url]
    said = page.locator(".map-said")
    page.locator(".map summary").click()
    expect(said).to_contain_text("8 items on the map, 5 answers marked")
    assert [url for url in fetched if url.endswith("/look/d3-zoom-3.0.1.js")]
    listed = page.locator(".map-list tbody tr")
    expect(listed).to_have_count(8)
    expect(listed.first).to_contain_text("answer 1")
    expect(page.locator(".legend button")).to_have_count(2)
    # Points are drawn, in the colours of the legend.
    canvas = page.locator(".plane canvas")
    drawn = """canvas => { const {data} = canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, place) => place % 4 === 3 && value > 0).length }"""
    page.wait_for_function(f"({drawn})(document.querySelector('.plane canvas')) > 200")
    # A chosen value leaves the points of the other pale, where no mark lies over them.
    solid = f"""canvas => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
        () => done(({drawn.replace("value > 0", "value > 200")})(canvas)))))"""
    every = canvas.evaluate(solid)
    chosen = []
    for value in page.locator(".legend button").all():
        value.click()
        expect(value).to_have_attribute("aria-pressed", "true")
        chosen.append(canvas.evaluate(solid))
    assert max(chosen) <= every
    assert sum(chosen) < 2 * every
    page.locator(".legend button").last.click()
    expect(page.locator(".legend [aria-pressed=true]")).to_have_count(0)
    # Where an item lies, its picture shows, and a click asks by it.
    place = page.evaluate(
        """async () => { const told = await (await fetch("/api/map")).json();
        const bytes = Uint8Array.from(atob(told.places), letter => letter.charCodeAt(0));
        const row = told.ids.indexOf("blue-square");
        const [x, y] = new Uint16Array(bytes.buffer).slice(2 * row, 2 * row + 2);
        const {clientWidth: w, clientHeight: h} = document.querySelector(".plane canvas");
        const side = Math.min(w, h) - 28;
        return [(w - side) / 2 + x / 65535 * side, (h - side) / 2 + y / 65535 * side] }"""
    )
    canvas.hover(position={"x": place[0], "y": place[1]})
    expect(page.locator(".tip")).to_have_text("blue square")
    page.wait_for_function("document.querySelector('.tip img').naturalWidth > 0")
    canvas.click(position={"x": place[0], "y": place[1]})
    page.wait_for_function("location.search.includes('item=blue-square')")
    wait_for_answer(page)
    expect(said).to_contain_text("the item asked by ringed")
    expect(listed.first).to_contain_text("asked")
    # The same by keyboard, from the table.
    page.get_by_role("button", name="Closer").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    expect(page.get_by_role("button", name="Closer")).to_be_focused()
    page.locator(".map-list").get_by_role("button", name="green disc").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('item=green-disc')")
    wait_for_answer(page)
    page.locator(".map .by select").select_option(label="Colour")
    expect(page.locator(".legend button")).to_have_count(4)
    page.evaluate(AXE_SCRIPT)
    assert faults(page) == []


def test_it_comes_once_the_browser_is_online_again(page: Page) -> None:
    said = page.locator(".map-said")
    page.context.set_offline(True)
    page.locator(".map summary").click()
    expect(said).to_contain_text("cannot be fetched")
    page.context.set_offline(False)
    expect(said).to_contain_text("8 items on the map")
    # Where it has no height for a while, nothing is drawn and nothing fails.
    canvas = page.locator(".plane canvas")
    canvas.evaluate("canvas => { canvas.style.height = 0 }")
    page.wait_for_timeout(200)
    canvas.evaluate("canvas => { canvas.style.height = '' }")
    expect(canvas).to_be_visible()


def test_its_numbers_are_those_of_its_sentences(browser: Browser, shop_app: LiveApp) -> None:
    context = browser.new_context(locale="ar-EG")
    page = opened(context.new_page(), shop_app.url)
    page.locator(".map summary").click()
    expect(page.locator(".map-said")).to_contain_text("8 items on the map")
    expect(page.locator(".where-in-list")).to_have_text("1 to 8 of 8")
    page.locator("#examples-part button").first.click()
    wait_for_answer(page)
    expect(page.locator("#lookalikes .gallery-item").first).to_contain_text(re.compile(r"6\d\.50"))
    context.close()
