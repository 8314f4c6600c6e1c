"""A running page takes over what changes, between two queries."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue, open_built, roll_back
from pipeline.building import remove, update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.recommender import LiveRecommender, Recommender
from pipeline.recommender.living.reopening import reopen
from pipeline.settings import Settings
from tests.page.operating.conftest import TOKEN
from tests.support.calls import call, upload

AS_OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
UPDATES, CALLERS = 20, 4


@pytest.fixture(scope="module")
def out(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(built.folder, tmp_path_factory.mktemp("live") / "built")


@pytest.fixture(scope="module")
def http(serve: Callable[..., httpx.Client], out: Path, encoder: Encoder) -> httpx.Client:
    settings = Settings(artifacts=out)
    now = Recommender(encoder, open_built(out))
    live = LiveRecommender(now, reopen=lambda current: reopen(current, settings))
    return serve(live, operator_token=TOKEN)


@pytest.fixture
def rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """To measure what distances mean takes far longer than all else here."""
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)


def reload(http: httpx.Client) -> dict:
    return http.post("/reload", headers=AS_OPERATOR).raise_for_status().json()


def info(http: httpx.Client) -> dict:
    return http.post("/gradio_api/run/info", json={"data": []}).raise_for_status().json()["data"][0]


def batches(http: httpx.Client, picture: Path) -> set[str]:
    """The values of `batch` among the matches of one answer."""
    events = call(http, {"path": upload(http, picture)}, "cosine")
    assert "event: complete" in events, events
    (matches,) = json.loads(events.rpartition("data: ")[2])
    assert matches
    return {str(match["attributes"].get("batch")) for match in matches}


@pytest.mark.usefixtures("rare")
def test_no_query_fails_or_mixes_two_versions_through_twenty_updates(
    http: httpx.Client, out: Path, encoder: Encoder, shop_folder: Path, tmp_path: Path
) -> None:
    shop = shutil.copytree(shop_folder, tmp_path / "shop")
    lines = (shop_folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
    seen: list[set[str]] = []
    failed: list[BaseException] = []
    ended = threading.Event()

    def ask_on() -> None:
        with httpx.Client(base_url=http.base_url, timeout=60) as caller:
            while not ended.is_set():
                try:
                    seen.append(batches(caller, shop_folder / "red-disc.png"))
                except BaseException as error:
                    failed.append(error)
                    return

    threads = [threading.Thread(target=ask_on) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, UPDATES + 1):
            head, *rows = lines
            table = [f"{head},batch", *(f"{row},batch {number}" for row in rows)]
            (shop / "metadata.csv").write_text("\n".join(table), encoding="utf-8")
            update(out, open_catalogue(shop), encoder)
            told = reload(http)
            assert (told["changed"], told["version"]) == (True, number + 1)
            assert batches(http, shop_folder / "red-disc.png") == {f"batch {number}"}
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not failed
    assert all(len(values) == 1 for values in seen)
    assert len(seen) >= CALLERS
    loaded = info(http)
    assert (loaded["version"], loaded["items"]) == (UPDATES + 1, 8)
    assert loaded["made"].endswith("Z")
    assert reload(http)["changed"] is False


@pytest.mark.usefixtures("rare")
def test_a_rollback_is_taken_over_and_a_damaged_version_is_not(
    http: httpx.Client, out: Path, encoder: Encoder
) -> None:
    before = info(http)
    later = remove(out, ["sku-0-disc"], encoder)
    assert (reload(http)["items"], info(http)["version"]) == (7, later.version.number)
    roll_back(out)
    assert (reload(http)["items"], info(http)["version"]) == (8, before["version"])
    remove(out, ["sku-0-disc"], encoder)
    place = out.with_name("built.versions") / f"{later.version.number + 1:05d}"
    for folder in (out, place):
        (folder / "items-00000.parquet").unlink()
        (folder / "items-00000.parquet").write_bytes(b"PAR1")
    refused = http.post("/reload", headers=AS_OPERATOR)
    assert refused.status_code == 409
    assert "Nothing is taken over" in refused.json()["detail"]
    assert (info(http)["version"], info(http)["items"]) == (before["version"], 8)


def test_only_the_operator_reloads(http: httpx.Client) -> None:
    assert http.post("/reload").status_code == 401
    assert http.post("/reload", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert http.get("/reload", headers=AS_OPERATOR).status_code == 404
