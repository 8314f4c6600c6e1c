"""What a live server keeps on disk of what strangers send, and when it goes."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, expect

from pipeline.artifacts import BuiltCatalogue
from tests.page.browsing import CHROMIUM, opened, wait_for_answer
from tests.page.browsing import upload as choose_photo
from tests.support.live import LiveApp

UPLOAD = "/gradio_api/upload"
MB = 2**20


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def app(built: BuiltCatalogue, temporary: Path) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder, GRADIO_TEMP_DIR=str(temporary)) as running:
        yield running
    # Nothing is left at the end.
    assert list(temporary.iterdir()) == []


@pytest.fixture
def uploads(app: LiveApp, temporary: Path) -> Path:
    return next(temporary.glob("lookalike-page-*/uploads"))


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.2)
    return is_so()


def test_an_upload_goes_as_soon_as_it_is_answered(
    app: LiveApp, uploads: Path, shop_folder: Path
) -> None:
    client = Client(app.url, verbose=False)
    photo = shop_folder / "red-disc.png"
    assert len(client.predict(handle_file(photo), "cosine", api_name="/recommend")) == 5
    assert wait_until(lambda: files(uploads) == [])
    with pytest.raises(Exception, match="no metric"):
        client.predict(handle_file(photo), "none", api_name="/recommend")
    assert wait_until(lambda: files(uploads) == [])


def test_the_same_picture_of_two_callers_stays_until_both_are_answered(
    app: LiveApp, uploads: Path, shop_folder: Path
) -> None:
    form = {"files": ("a.png", (shop_folder / "red-disc.png").read_bytes())}
    paths = [httpx.post(f"{app.url}{UPLOAD}", files=form).json()[0] for _ in range(2)]
    assert paths[0] == paths[1]
    for left in (["a.png"], []):
        data = {"data": [{"path": paths[0]}, "cosine"]}
        answer = httpx.post(f"{app.url}/gradio_api/run/recommend", json=data, timeout=60)
        assert answer.status_code == 200
        assert files(uploads) == left


def test_an_upload_that_is_cut_off_leaves_nothing(app: LiveApp, uploads: Path) -> None:
    where = urlsplit(app.url)
    head = (
        f"POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n"
        "Content-Type: multipart/form-data; boundary=a\r\n\r\n"
        '--a\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    with socket.create_connection((where.hostname, where.port)) as caller:
        caller.sendall(head.encode() + b"x" * 200_000)
        assert wait_until(lambda: len(files(uploads)) == 1)
    assert wait_until(lambda: files(uploads) == [])


def test_one_request_may_not_bring_more_than_forty_megabytes_whatever_it_says(
    app: LiveApp, uploads: Path
) -> None:
    five = [("files", (f"{number}.png", bytes(9 * MB))) for number in range(5)]
    answer = httpx.post(f"{app.url}{UPLOAD}", files=five, timeout=60)
    assert (answer.status_code, "maximum allowed size" in answer.text) == (413, True)

    def unsaid() -> Iterator[bytes]:
        yield b'--a\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        for _ in range(44):
            yield bytes(MB)

    kind = {"Content-Type": "multipart/form-data; boundary=a"}
    answer = httpx.post(f"{app.url}{UPLOAD}", content=unsaid(), headers=kind, timeout=60)
    assert (answer.status_code, "maximum allowed size" in answer.text) == (413, True)
    assert wait_until(lambda: files(uploads) == [])


def test_one_request_may_not_bring_many_files(app: LiveApp, uploads: Path) -> None:
    many = [("files", (f"{number}.png", b"x")) for number in range(900)]
    answer = httpx.post(f"{app.url}{UPLOAD}", files=many, timeout=60)
    assert (answer.status_code, "10 files" in answer.text) == (400, True)
    # Of two boundaries the last holds.
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="%d.png"\r\n\r\nx\r\n'
    answer = httpx.post(
        f"{app.url}{UPLOAD}",
        content="".join(part % number for number in range(900)).encode() + b"--b--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=a; boundary=b"},
        timeout=60,
    )
    assert (answer.status_code, "10 files" in answer.text) == (400, True)
    assert wait_until(lambda: files(uploads) == [])


def test_all_uploads_together_keep_within_a_limit_and_the_oldest_go_first(
    app: LiveApp, uploads: Path
) -> None:
    for age in range(8):
        path = uploads / f"{age}" / f"{age}-minutes.png"
        path.parent.mkdir()
        with path.open("wb") as file:
            file.truncate(100 * MB)  # takes no room on most disks
        os.utime(path, (time.time() - 60 * age,) * 2)
    httpx.post(f"{app.url}{UPLOAD}", files={"files": ("new.png", b"x")}).raise_for_status()
    assert sorted(files(uploads)) == [f"{age}-minutes.png" for age in range(4)] + ["new.png"]
    for path in uploads.iterdir():
        shutil.rmtree(path)


def test_one_address_locks_nobody_out_and_removes_nobodys_photos_by_what_it_declares(
    app: LiveApp, uploads: Path
) -> None:
    """It sends next to nothing: a byte before each limit of time, and never all of a body."""
    form = {"files": ("theirs.png", b"a photo of another")}
    theirs, others = ({"X-Forwarded-For": f"203.0.113.{number}"} for number in (7, 8))
    (kept,) = httpx.post(f"{app.url}{UPLOAD}", files=form, headers=others).json()
    slow = [slow_upload(app, declared, theirs) for declared in [41 * MB] * 12 + [8 * MB]]
    try:
        assert wait_until(lambda: len(list(uploads.glob("*"))) > 6)  # what is under way, and that
        answer = httpx.post(f"{app.url}{UPLOAD}", files=form, headers=theirs, timeout=60)
        assert answer.status_code == 429
        assert "uploads under way. Wait until" in answer.json()["detail"]
        assert Path(kept).is_file()
        for route in (UPLOAD, "/api/search"):
            photo = {"files" if route == UPLOAD else "file": ("x.png", bytes(20 * MB))}
            answer = httpx.post(f"{app.url}{route}", files=photo, headers=others, timeout=60)
            assert answer.status_code == (200 if route == UPLOAD else 422), answer.text
    finally:
        for caller in slow:
            caller.close()
    assert wait_until(
        lambda: httpx.post(f"{app.url}{UPLOAD}", files=form, headers=theirs).is_success
    )
    # What the slow callers have begun goes with them.
    assert wait_until(lambda: all(path.is_dir() for path in uploads.iterdir()))
    for path in uploads.iterdir():
        shutil.rmtree(path)


def test_many_small_uploads_of_one_address_at_once_wait_their_turn(
    app: LiveApp, uploads: Path
) -> None:
    """As Gradio's client for JavaScript sends the photos of a batch."""

    def send(number: int) -> int:
        form = {"files": (f"{number}.png", bytes(MB))}
        theirs = {"X-Forwarded-For": "203.0.113.9"}
        return httpx.post(f"{app.url}{UPLOAD}", files=form, headers=theirs).status_code

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(send, range(64))) == {200}
    for path in uploads.iterdir():
        shutil.rmtree(path)


def slow_upload(app: LiveApp, declared: int, headers: dict[str, str]) -> socket.socket:
    """A caller who declares so many bytes, and sends few of them."""
    where = urlsplit(app.url)
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {declared}\r\n{told}"
        "Content-Type: multipart/form-data; boundary=a\r\n\r\n"
        '--a\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    caller = socket.create_connection((where.hostname, where.port))
    caller.sendall(head.encode() + b"x")
    return caller


def test_what_nobody_asks_for_any_more_is_removed_with_time(app: LiveApp, uploads: Path) -> None:
    form = {"files": ("a.png", b"x"), "other": ("b.png", b"x")}
    httpx.post(f"{app.url}{UPLOAD}", files=form).raise_for_status()
    pictures = uploads.with_name("pictures")
    old = [path for path in (*uploads.rglob("*"), *pictures.iterdir()) if path.is_file()]
    assert len(old) > 2
    for path in old:
        os.utime(path, (time.time() - 3600,) * 2)
    assert wait_until(lambda: not any(path.exists() for path in old), 60)
    assert list(uploads.iterdir()) == []


def test_a_folder_that_a_cleaner_removed_is_made_again(
    app: LiveApp, uploads: Path, shop_folder: Path, tmp_path: Path
) -> None:
    shutil.rmtree(uploads.parent)
    client = Client(app.url, verbose=False, download_files=tmp_path)
    for _ in range(2):
        matches = client.predict(handle_file(shop_folder / "red-disc.png"), api_name="/recommend")
        assert all(Path(match["image"]).stat().st_size for match in matches)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_page_keeps_its_photo_until_another_is_chosen_or_it_is_closed(
    app: LiveApp,
    uploads: Path,
    shop_folder: Path,
    browser: Browser,
) -> None:
    page = opened(browser.new_page(), app.url)
    expect(page.locator(".privacy")).to_contain_text("removed")
    choose_photo(page, shop_folder / "blue-disc.png")
    wait_for_answer(page, "Blue disc")
    assert files(uploads) == ["blue-disc.png"]
    page.locator("#examples-part button").first.click()
    assert wait_until(lambda: files(uploads) == [])
    page.go_back()
    wait_for_answer(page, "Blue disc")
    assert files(uploads) == ["blue-disc.png"]
    page.get_by_label("Remove Image").click()
    assert wait_until(lambda: files(uploads) == [])
    choose_photo(page, shop_folder / "red-disc.png")
    wait_for_answer(page, "Red disc")
    assert files(uploads) == ["red-disc.png"]
    page.close()
    assert wait_until(lambda: files(uploads) == [])
