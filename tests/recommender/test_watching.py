"""What is served follows its folder, and goes on where that is of no use."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.recommender import open_live, remove_items
from pipeline.recommender.living.watching import Watcher
from pipeline.settings import Settings
from tests.conftest import draw_garment


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.recommender.living.watching.SECONDS", 0.1)
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)


def test_a_folder_that_changes_is_followed(
    shop_folder: Path,
    encoder_folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = shutil.copytree(shop_folder, tmp_path / "shop")
    table = folder / "metadata.csv"
    settings = Settings(str(folder), str(encoder_folder), home=tmp_path / "home")
    live = open_live(settings)
    (folder / "black-disc.png").unlink()  # before anybody watches
    with Watcher(live, settings):
        wait_until(lambda: live.info()["items"] == 7)
        assert live.info()["version"] == 2
        draw_garment(folder / "new.png", "green", "disc", size=80)
        text = table.read_text(encoding="utf-8")
        table.write_text(f"{text}new.png,sku-new,New,disc,green\n", encoding="utf-8")
        wait_until(lambda: live.info()["items"] == 8)
        assert live.recommend(folder / "new.png")[0].id == "sku-new"
        shutil.move(folder, tmp_path / "away")
        wait_until(lambda: "is not taken over" in caplog.text)
        assert live.recommend(tmp_path / "away" / "new.png")[0].id == "sku-new"
        shutil.move(tmp_path / "away", folder)
        (folder / "red-disc.png").unlink()
        wait_until(lambda: live.info()["items"] == 7)


def test_artifacts_that_change_are_followed(
    built: BuiltCatalogue, shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on Windows, where a folder is not replaced of which files are open.
    monkeypatch.setattr("pipeline.recommender.living.reopening.WINDOWS", True)
    out = shutil.copytree(built.folder, tmp_path / "built")
    settings = Settings(artifacts=out, home=tmp_path / "home")
    live = open_live(settings)
    assert live.current.built.folder == tmp_path / "built.versions" / "00001"
    with Watcher(live, settings):
        remove_items(out, ["sku-0-disc"])
        wait_until(lambda: live.info()["items"] == 7)
    assert "sku-0-disc" not in {match.id for match in live.recommend(shop_folder / "red-disc.png")}
    assert live.current.built.folder == tmp_path / "built.versions" / "00002"


def test_what_changes_again_before_the_next_look_is_followed(
    built: BuiltCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.recommender.living.watching.SECONDS", 1.0)
    out = shutil.copytree(built.folder, tmp_path / "built")
    settings = Settings(artifacts=out, home=tmp_path / "home")
    live = open_live(settings)
    with Watcher(live, settings):
        remove_items(out, ["sku-0-disc"])
        wait_until(lambda: live.info()["items"] == 7)
        remove_items(out, ["sku-1-disc"])
        wait_until(lambda: live.info()["items"] == 6)
