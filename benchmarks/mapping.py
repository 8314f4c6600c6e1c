"""The map: how long a browser takes to draw a large catalogue, and each frame while it zooms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.serving import running
from benchmarks.timing import Timing
from pipeline.artifacts import (
    EMBEDDINGS,
    FileRecord,
    PlaneRecord,
    open_built,
    write_embeddings,
)
from pipeline.plane import PLANE
from tests.page.browsing import CHROMIUM, DESK, FLAGS, opened

KINDS, SPREAD = 60, 0.025
"""Heaps that the made-up places lie in, and their deviation: a laid out catalogue has such."""
OPENED, STEPS = 5, 60
"""How often the map is opened, and how many steps of the wheel are timed."""
OPEN = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const section = document.querySelector(".map");
    const said = section.querySelector(".map-said");
    section.open = false;
    said.textContent = "";
    await frame();
    const started = performance.now();
    section.querySelector("summary").click();
    while (!said.textContent.includes("items on the map")) await frame();
    await frame(); // in which it is drawn
    await frame();
    return (performance.now() - started) / 1000;
}"""
ZOOM = """async steps => {
    const canvas = document.querySelector(".plane canvas");
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true };
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    let before = await frame();
    for (let step = 0; step < steps; step++) {
        // To and fro, so that nearly all points stay in sight: the most work there is.
        canvas.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: step % 20 < 10 ? -20 : 20 }));
        const now = await frame();
        times.push((now - before) / 1000);
        before = now;
    }
    return times.slice(1);
}"""
SETTLE = """() => new Promise(done => {
    const times = [];
    new PerformanceObserver(list => times.push(...list.getEntries().map(e => e.duration / 1000)))
        .observe({ type: "longtask" });
    setTimeout(() => done(Math.max(0, ...times)), 1500);
})"""


@dataclass(frozen=True)
class MapRow:
    """A map in a browser.

    Attributes:
        items: Points on it.
        opened: Seconds from the click that opens it until it is drawn.
        frame: Seconds from one frame to the next while the wheel zooms it; a screen of 60 Hz has
            17 ms at the least.
        settled: The longest task, in seconds, once it stands still and the table follows; 0 where
            none takes 50 ms.
    """

    items: int
    opened: Timing
    frame: Timing
    settled: float


def measure_map(folder: Path, command: list[str], url: str) -> MapRow:
    """Open and zoom the map of a built catalogue.

    Args:
        folder: The built catalogue; it is given places, in made-up heaps.
        command: What serves it; it prints a line with "is at" once it listens.
        url: Where it listens.

    Raises:
        RuntimeError: If chromium is not installed.
    """
    if CHROMIUM is None:
        raise RuntimeError("The map is drawn by a browser: install chromium.")
    items = _place(folder)
    with running(command), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = opened(browser.new_page(viewport=DESK), url)
        row = _measured(page, items)
        browser.close()
    return row


def _measured(page: Page, items: int) -> MapRow:
    page.evaluate(OPEN)
    opening = [page.evaluate(OPEN) for _ in range(OPENED)]
    expect(page.locator(".map-list tbody tr").first).to_be_visible()
    page.locator(".plane canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    frames = page.evaluate(ZOOM, STEPS)
    return MapRow(items, Timing.of(opening), Timing.of(frames), page.evaluate(SETTLE))


def _place(folder: Path) -> int:
    """Write places into a built catalogue, as its own; gives how many."""
    manifest = open_built(folder).manifest
    generator = np.random.default_rng(0)
    middles = generator.uniform(0.1, 0.9, (KINDS, 2))
    of_kind = generator.integers(0, KINDS, manifest.count)
    places = middles[of_kind] + generator.normal(0, SPREAD, (manifest.count, 2))
    clipped = np.clip(places, 0, 1).astype(np.float32)
    file = write_embeddings(folder / PLANE, [clipped], *clipped.shape)
    record = PlaneRecord(file, 0, FileRecord.of(folder / EMBEDDINGS).sha256)
    replace(manifest, plane=record).write(folder)
    return manifest.count
