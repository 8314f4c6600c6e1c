"""Where a feed lies and where its pictures are kept: a folder of anything, and a full disk."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pipeline.catalogue.feeds import addresses
from pipeline.catalogue.fetching import Limits, fetching
from pipeline.errors import CatalogueError
from pipeline.folders import PART
from tests.catalogue.conftest import OpenFeed
from tests.support.shop_server import ShopServer, picture


def test_a_feed_beside_files_of_other_names_is_told_without_a_look_at_them(
    open_feed: OpenFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "walk", lambda *_, **__: pytest.fail("every file is looked at"))
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "other.png").write_bytes(picture("red-disc"))
    assert open_feed("id,image\n1,@red-disc.png\n").ids == ["1"]


def test_a_full_disk_is_said_and_what_came_before_is_kept(
    open_feed: OpenFeed, home: Path, server: ShopServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "id,image\n1,@red-full.png\n2,@blue-full.png\n"
    write = Path.write_bytes
    written: list[Path] = []

    def until_full(path: Path, content: bytes) -> int:
        if path.suffix == PART and ".picture." in path.name and written:
            write(path, content[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        return write(path, content)

    monkeypatch.setattr(fetching, "LIMITS", Limits(tries=1, at_once=1))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", until_full)
        with pytest.raises(CatalogueError, match=r"No space left.*Free some space, .* goes on"):
            open_feed(text)
    assert not list(home.rglob(f"*{PART}"))
    asked = sum(server.asked.values())
    assert open_feed(text).ids == ["1", "2"]
    assert sum(server.asked.values()) == asked + 1
