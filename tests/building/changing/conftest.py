"""A built catalogue that each test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue


@pytest.fixture(autouse=True)
def _measured_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """To measure closeness takes far longer than all else; one test lets it be."""
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 100)


@pytest.fixture
def shop(shop_folder: Path, tmp_path: Path) -> Path:
    """A folder of a shop."""
    return shutil.copytree(shop_folder, tmp_path / "shop")


@pytest.fixture
def out(built: BuiltCatalogue, tmp_path: Path) -> Path:
    """What is built of it."""
    return shutil.copytree(built.folder, tmp_path / "built")
