"""What a person keeps, in a real browser: the hearts, the row that follows them, and the links."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pipeline.artifacts import BuiltCatalogue, open_built, versions_of
from pipeline.building import build, update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.events import read_events
from pipeline.learning import learn_beside
from pipeline.recommender import Recommender
from tests.conftest import COLOURS, draw_garment
from tests.page.browsing import CHROMIUM, FLAGS, opened, wait_for_answer
from tests.support.live import LiveApp

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
PIECES = {"disc": "Shirts", "square": "Jeans"}


@pytest.fixture(scope="module")
def worn(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """Shirts and jeans, of which people have chosen two together; their ids have commas."""
    folder = tmp_path_factory.mktemp("worn")
    lines = ["file_name,id,name,articleType,price"]
    for colour in COLOURS:
        for shape, piece in PIECES.items():
            draw_garment(folder / f"{colour}-{shape}.png", colour, shape)
            lines.append(f'{colour}-{shape}.png,"{colour},{shape}",{colour} {shape},{piece},20')
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    built = build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "worn")
    log = ["user,item,time"]
    for day in range(1, 5):
        log += [f'p{day},"{item}",2026-01-0{day}' for item in ("red,disc", "blue,square")]
    (folder / "log.csv").write_text("\n".join(log) + "\n", encoding="utf-8")
    learn_beside(read_events(folder / "log.csv", items=built.ids), built.folder)
    return open_built(built.folder)


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "events.csv"


@pytest.fixture(scope="module")
def app(worn: BuiltCatalogue, log_file: Path) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", worn.folder, "--watch", "--log-events", log_file) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def person(browser: Browser, app: LiveApp, width: int, address: str = "/") -> Page:
    """Somebody with a browser of their own."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return opened(page, f"{app.url}{address}")


def suggested(page: Page) -> list[str]:
    expect(page.locator(".for-you")).to_have_attribute("aria-busy", "false")
    return page.locator(".for-you .row .name").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
def test_hearts_bring_suggestions_that_follow_them_and_outlast_a_reload(
    browser: Browser, app: LiveApp, width: int, tmp_path: Path
) -> None:
    page = person(browser, app, width, "/?item=red,disc")
    wait_for_answer(page)
    row = page.locator(".for-you")
    expect(row).to_be_hidden()
    heart = page.locator("#lookalikes").get_by_role("button", name="Keep: blue disc")
    box = heart.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    heart.focus()
    page.keyboard.press("Space")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(row).to_contain_text("Because you kept blue disc")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Another heart, in the row itself: what is kept is no longer suggested.
    named = suggested(page)[0]
    row.get_by_role("button", name=f"Keep: {named}").click()
    expect(row.locator("summary")).to_have_text("What you keep (2)")
    away = suggested(page)[0]
    row.get_by_role("button", name=f"Not for me: {away}").click()
    expect(row.locator(".not")).to_contain_text(away)
    assert not {named, away, "blue disc"} & {*suggested(page)}
    page.reload()
    expect(row.locator("summary")).to_have_text("What you keep (2)")
    expect(heart).to_have_attribute("aria-pressed", "true")
    row.locator("summary").click()
    with page.expect_download() as download:
        row.get_by_role("button", name="Download as CSV").click()
    download.value.save_as(tmp_path / "kept.csv")
    with (tmp_path / "kept.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [(one["name"], one["kind"]) for one in csv.DictReader(stream)]
    assert rows == [("blue disc", "kept"), (named, "kept"), (away, "not for me")]
    row.get_by_role("button", name="Share as a link").click()
    link = page.get_by_label("Copy this address").input_value()
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Clear").click()
    expect(row).to_be_hidden()
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.context.close()
    # Somebody else opens the link, as a chat has rewritten it, with an item that is sold no longer.
    friend = person(browser, app, width, link[len(app.url) :].replace(",", "%2C") + ",gone")
    expect(friend.locator(".kept-said")).to_contain_text(
        "2 items of the link are kept here now. The catalogue does not have 1 item of the link."
    )
    expect(friend.locator(".for-you .lead")).to_contain_text(
        "1 item that you keep is in the catalogue no longer, and left out."
    )
    expect(friend.locator(".for-you summary")).to_have_text("What you keep (3)")
    assert "kept" not in friend.url
    friend.get_by_role("button", name="Take back").click()
    expect(friend.locator(".for-you")).to_be_hidden()
    friend.context.close()


def test_whatever_is_kept_or_not_can_be_taken_out(browser: Browser, app: LiveApp) -> None:
    page = person(browser, app, 390, "/?item=red,disc&kept=nope")
    row = page.locator(".for-you")
    expect(page.locator(".kept-said")).to_contain_text("not have 1 item of the link.")
    row.locator("summary").click()
    row.get_by_role("button", name="Keep no longer: nope").click()
    expect(row).to_be_hidden()
    page.locator("#lookalikes").get_by_role("button", name="Keep: blue disc").click()
    away = suggested(page)[0]
    row.get_by_role("button", name=f"Not for me: {away}").click()
    row.get_by_role("button", name="Keep no longer: blue disc").click()
    expect(row.locator("summary")).to_have_text("What is not for you (1)")
    row.get_by_role("button", name=f"Take back that this is not for you: {away}").click()
    expect(row).to_be_hidden()
    page.context.close()


def test_taking_back_leaves_what_another_tab_has_done_since(browser: Browser, app: LiveApp) -> None:
    page = person(browser, app, 1280, "/?item=red,disc")
    page.locator("#lookalikes").get_by_role("button", name="Keep: blue disc").click()
    page.locator(".for-you summary").click()
    page.get_by_role("button", name="Clear").click()
    other = opened(page.context.new_page(), f"{app.url}/?item=red,disc")
    other.locator("#lookalikes").get_by_role("button", name="Keep: green disc").click()
    expect(page.locator(".for-you summary")).to_have_text("What you keep (1)")
    page.get_by_role("button", name="Take back").click()
    for tab in (page, other):
        expect(tab.locator(".for-you summary")).to_have_text("What you keep (2)")
    page.context.close()


def test_an_item_shows_what_others_liked_and_what_goes_with_it(
    browser: Browser, app: LiveApp
) -> None:
    page = person(browser, app, 1280, "/?item=red,disc")
    liked = page.get_by_role("region", name="Also liked")
    expect(liked.locator(".name")).to_have_text(["blue square"])
    expect(liked).to_contain_text("Because people who chose red disc chose it too")
    look = page.get_by_role("region", name="Complete the look")
    expect(look.locator(".name")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/run/")[2]))
    look.get_by_role("button", name="More like this").click()
    # Nothing was learnt of the next item but from the first; a rule says what goes with it.
    page.wait_for_function("!location.search.includes('red')")
    page.locator("#lookalikes").get_by_role("button", name="More like this: green square").click()
    expect(look).to_contain_text("by what is usually worn with it, not by what shoppers here chose")
    expect(look).to_contain_text("Goes with green square")
    expect(look).not_to_contain_text("by a rule")
    expect(liked).to_have_count(0)
    # Each step is one query, and what it finds beside; nothing is embedded twice.
    steps = [name for name in asked if name.startswith("page_")]
    assert steps == ["page_ask", "page_beside"] * 2
    page.go_back()
    expect(liked.locator(".name")).to_have_text(["red disc"])
    page.context.close()


def test_two_tabs_keep_together_even_where_the_browser_stores_nothing(
    browser: Browser, app: LiveApp
) -> None:
    """As in a frame of another site, whose visitor lets no third party store anything."""
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {configurable: true,"
        " get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    tabs = [opened(context.new_page(), f"{app.url}/?item=red,disc") for _ in range(2)]
    for tab, name in zip(tabs, ("blue disc", "green disc"), strict=True):
        tab.locator("#lookalikes").get_by_role("button", name=f"Keep: {name}").click()
    for tab in tabs:
        expect(tab.locator(".for-you summary")).to_have_text("What you keep (2)")
    context.close()


def test_what_is_clicked_is_noted_learnt_and_recommended(
    browser: Browser, app: LiveApp, log_file: Path, worn: BuiltCatalogue, encoder: Encoder
) -> None:
    page = person(browser, app, 1280, "/?item=black,disc")
    expect(page.locator(".noted")).to_contain_text("under a random number of this browser")
    wait_for_answer(page)
    page.locator("#lookalikes").get_by_role("button", name="Keep: green disc").click()
    page.locator("#lookalikes").get_by_role("button", name="red disc, ").click()
    with page.expect_response("**/api/events") as told:
        page.keyboard.press("Escape")
    assert told.value.status == 200
    page.context.close()
    # What other people do; what is no event of theirs is refused, or left out.
    with httpx.Client(base_url=app.url) as http:

        def tell(user: object, *events: object, **headers: str) -> httpx.Response:
            return http.post(
                "/api/events", json={"user": user, "events": list(events)}, headers=headers
            )

        for number in range(4):
            pair = [["opened", "green,disc"], ["kept", "red,disc"]]
            assert tell(f"{number:032x}", *pair).json() == {"noted": 2}
        odd = [["kept", "gone"], ["kept", "red,disc\n=1+1"], ["kept", "../x"], ["kept", ""]]
        assert tell("a" * 32, *odd).json() == {"noted": 0}
        for user, events in (
            ("=cmd", []),
            (7, []),
            ("a" * 32, [["bought", "red,disc"]]),
            ("a" * 32, [["kept", "red,disc", "2020-01-01"]]),
            ("a" * 32, [["kept", {"$ne": 1}]]),
            ("a" * 32, [["kept", "red,disc"]] * 101),
        ):
            assert tell(user, *events).status_code == 422, (user, events)
        assert http.post("/api/events", json=[]).status_code == 422
        assert http.post("/api/events", content="user=1").status_code in {400, 403}
        assert tell("a" * 32, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    read = read_events(log_file, items=worn.ids)
    assert read.counts.no_choice["shown"] > 0
    assert not read.counts.broken
    text = log_file.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    learn_beside(read, worn.folder)
    recommender = Recommender(encoder, open_built(worn.folder))
    assert [match.id for match in recommender.also_liked("green,disc").matches][:1] == ["red,disc"]


def test_an_open_page_follows_what_the_shop_changes(
    browser: Browser,
    app: LiveApp,
    worn: BuiltCatalogue,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without being loaded again: what is new is found, what is gone is not, and prices change."""
    page = person(browser, app, 1280, "/?item=red,disc")
    answers: list[dict] = []
    page.on("response", lambda r: answers.append(r.json()) if "/run/page_" in r.url else None)
    wait_for_answer(page)
    page.locator("#lookalikes").get_by_role("button", name="Keep: blue disc").click()
    expect(page.locator(".for-you .row")).to_contain_text("20.00")
    before = versions_of(worn.folder)[-1].number
    expect(page.locator("#loaded")).to_contain_text(f"version {before} of")
    shop = Path(worn.manifest.catalogue)
    table = (shop / "metadata.csv").read_text(encoding="utf-8").replace(",20\n", ",35\n")
    gone = 'black-disc.png,"black,disc",black disc,Shirts,35\n'
    new = "new.png,new,a new disc,Shirts,35\n"
    assert gone in table
    (shop / "metadata.csv").write_text(table.replace(gone, new), encoding="utf-8")
    (shop / "black-disc.png").unlink()
    draw_garment(shop / "new.png", "red", "disc", size=80)
    # To measure what distances mean takes far longer than all else here.
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)
    number = update(worn.folder, open_catalogue(shop), encoder).version.number
    app.wait_for(rf"(Version {number}) of")
    page.get_by_label("How many").select_option("10")
    expect(page.locator("#lookalikes .caption-label")).to_have_count(7)
    expect(page.locator("#lookalikes .caption-label").first).to_have_text("a new disc")
    names = [name.strip() for name in page.locator("#lookalikes .caption-label").all_inner_texts()]
    assert "black disc" not in names
    expect(page.locator("#lookalikes .gallery-item").first).to_contain_text("35.00")
    page.get_by_text("About these results").click()
    expect(page.locator("#loaded")).to_contain_text(f"version {number} of")
    expect(page.get_by_role("button", name="Find what looks like: black disc")).to_have_count(0)
    expect(page.get_by_role("button", name="Find what looks like: a new disc")).to_have_count(1)
    expect(page.locator(".for-you .row")).to_contain_text("35.00")
    assert [told for told in answers if told["data"][0].get("state") == "error"] == []
    page.context.close()
