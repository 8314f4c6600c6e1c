"""A feed that breaks off takes nothing out of what is built of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.artifacts import open_built
from pipeline.building import build, update
from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import CatalogueError
from pipeline.recommender import open_recommender
from pipeline.settings import Settings
from tests.support.shop_server import ShopServer

COLOURS = ("red", "green", "blue", "purple")


@pytest.fixture(scope="module")
def server() -> Iterator[ShopServer]:
    with ShopServer().serving() as running:
        yield running


def opened(server: ShopServer, folder: Path, text: str, name: str) -> Catalogue:
    (folder / name).write_text(text.replace("@", server.address("ok/")), encoding="utf-8")
    return open_catalogue(folder / name, allow_private=True, home=folder / "home")


XML = (
    '<?xml version="1.0"?>\n<rss><channel>\n'
    + "".join(
        f"<item><id>{colour}</id><title>{colour}</title>"
        f"<image_link>@{colour}-disc.png</image_link></item>\n"
        for colour in COLOURS
    )
    + "</channel></rss>\n"
)
CSV = "id,image,title\n" + "".join(f"{one},@{one}-disc.png,{one}\n" for one in COLOURS)


@pytest.mark.parametrize(
    ("text", "broken", "name", "place"),
    [
        (XML, XML[: XML.index("<id>blue")], "feed.xml", "feed.xml, item 3"),
        (XML, XML.replace("<title>blue", "<title"), "feed.xml", "feed.xml, item 3"),
        (CSV, CSV[: CSV.index("blue") + 9], "feed.csv", "feed.csv, line 4"),
        (CSV, CSV[: CSV.index(",blue")] + ',"bl', "feed.csv", "feed.csv, line 4"),
    ],
)
def test_what_is_built_stays_where_its_feed_breaks_off(
    server: ShopServer,
    encoder: Encoder,
    tmp_path: Path,
    text: str,
    broken: str,
    name: str,
    place: str,
) -> None:
    out = tmp_path / "out"
    build(opened(server, tmp_path, text, name), encoder, out)
    with pytest.raises(CatalogueError, match=f"as it was, .* breaks off at {place}: export it"):
        update(out, opened(server, tmp_path, broken, name), encoder)
    assert list(open_built(out).ids) == list(COLOURS)
    whole = text.replace("title>green", "title>A & B") if text is XML else text
    done = update(out, opened(server, tmp_path, whole, name), encoder)
    assert (done.difference.removed, len(done.built)) == ([], 4)


@pytest.mark.parametrize(
    ("text", "behind", "name"),
    [
        (XML, "Debug: 0.3s", "feed.xml"),
        (CSV, "Total: 4 products", "feed.csv"),
        (CSV, "\x1a", "feed.csv"),
    ],
)
def test_what_is_built_follows_a_feed_with_something_behind_its_end(
    server: ShopServer, encoder: Encoder, tmp_path: Path, text: str, behind: str, name: str
) -> None:
    out = tmp_path / "out"
    build(opened(server, tmp_path, text, name), encoder, out)
    fewer = text.replace("green", "red").replace("title>red", "title>Red") + behind
    done = update(out, opened(server, tmp_path, fewer, name), encoder)
    assert done.difference.removed == ["green"]


def test_a_start_opens_what_is_built_where_its_feed_breaks_off(
    server: ShopServer,
    encoder_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LOOKALIKE_ALLOW_PRIVATE", "1")
    feed = tmp_path / "feed.xml"
    feed.write_text(XML.replace("@", server.address("ok/")), encoding="utf-8")
    settings = Settings(str(feed), str(encoder_folder), home=tmp_path / "home")
    assert open_recommender(settings).info()["items"] == 4
    whole = feed.read_text(encoding="utf-8")
    feed.write_text(whole[: whole.index("<id>blue")], encoding="utf-8")
    assert open_recommender(settings).info()["items"] == 4
    assert "breaks off at feed.xml, item 3" in caplog.text
