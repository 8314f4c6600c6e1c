"""A larger picture is one that the catalogue was built from, whatever its manifest names."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pipeline.artifacts import PICTURES, Manifest, open_built
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.recommender import Originals
from tests.conftest import draw_garment
from tests.support.shop_server import ShopServer

ITEM = "IMG_0001.png"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The pictures of a stranger, who built a catalogue of them: a red disc, and another."""
    folder = tmp_path / "source"
    draw_garment(folder / ITEM, "red", "disc", size=640)
    draw_garment(folder / "other.png", "red", "square", size=640)
    return folder


@pytest.fixture
def folder(source: Path, encoder: Encoder, tmp_path: Path) -> Path:
    return build(open_catalogue(source), encoder, tmp_path / "stranger" / "cat").folder


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Pictures of the same names on the machine that serves it, which are nobody's business."""
    draw_garment(tmp_path / "anna" / ITEM, "blue", "disc", size=640)
    draw_garment(tmp_path / "anna" / "other.png", "blue", "square", size=640)
    return tmp_path / "anna"


def named(folder: Path, catalogue: str) -> Path:
    """The catalogue, whose manifest now names another source."""
    replace(Manifest.read(folder), catalogue=catalogue).write(folder)
    return folder


def larger(folder: Path, item: str = ITEM) -> Image.Image:
    """What there is to show of an item that a visitor opens."""
    originals = Originals(open_built(folder))
    row = originals.row_of(item)
    assert row is not None
    return Image.open(io.BytesIO(originals.picture(row))).convert("RGB")


def colour(picture: Image.Image) -> str:
    middle = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(middle, tuple)
    red, _, blue = middle
    return "red" if red > blue else "blue"


def test_an_item_is_shown_as_large_as_its_source_has_it(folder: Path) -> None:
    assert larger(folder).size == (640, 640)


def test_a_strangers_catalogue_shows_no_private_picture(folder: Path, private: Path) -> None:
    shown = larger(named(folder, str(private)))
    assert (colour(shown), max(shown.size) <= 256) == ("red", True)


def test_nor_where_it_says_nothing_of_its_pictures(folder: Path, private: Path) -> None:
    manifest = Manifest.read(named(folder, str(private)))
    kept = tuple(file for file in manifest.files if file.name != PICTURES)
    replace(manifest, files=kept).write(folder)
    (folder / PICTURES).unlink()
    shown = larger(folder)
    assert (colour(shown), max(shown.size) <= 256) == ("red", True)


@pytest.mark.parametrize("catalogue", ["/", "x" * 5000, "~nobody-of-this-name/x"])
def test_a_catalogue_that_names_no_folder_of_its_own_shows_what_it_has(
    folder: Path, catalogue: str
) -> None:
    shown = larger(named(folder, catalogue))
    assert (colour(shown), max(shown.size) <= 256) == ("red", True)


@pytest.mark.parametrize("named_by", ["", "list.csv"])
def test_a_large_part_of_this_machine_is_not_walked_for_a_few_items(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    """A stranger may name ``/home``, or a table that lies in it."""
    home = tmp_path / "home"
    for number in range(60):
        (home / f"{number}").mkdir(parents=True)
        for name in range(100):
            (home / f"{number}" / f"{name}.txt").touch()
    (home / "list.csv").write_text("file_name,title\n")
    asked: list[str] = []
    scan = os.scandir

    def noted(place: str) -> Iterator[os.DirEntry[str]]:
        asked.append(str(place))
        return scan(place)

    monkeypatch.setattr(os, "scandir", noted)
    assert max(larger(named(folder, str(home / named_by))).size) <= 256
    assert 0 < len([place for place in asked if place.startswith(str(home))]) < 60


def test_a_picture_that_has_changed_since_is_shown_as_it_was_built(
    folder: Path, source: Path, private: Path
) -> None:
    shutil.copy(private / ITEM, source / ITEM)
    assert colour(larger(folder)) == "red"
    assert larger(folder, "other.png").size == (640, 640)


def test_a_strangers_feed_has_nothing_fetched(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ShopServer().serving() as server:
        feed = tmp_path / "stranger" / "feed.json"
        items = [
            {"id": item, "image_link": server.address("ok/red-disc.png")}
            for item in open_built(folder).ids
        ]
        feed.write_text(json.dumps(items), encoding="utf-8")
        assert len(open_catalogue(feed, allow_private=True, home=tmp_path / "other")) == 2
        before = server.asked.total()
        assert before
        monkeypatch.setenv("LOOKALIKE_ALLOW_PRIVATE", "1")
        assert max(larger(named(folder, str(feed))).size) <= 256
        assert server.asked.total() == before
