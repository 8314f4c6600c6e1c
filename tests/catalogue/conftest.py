"""A shop's server, and its feeds opened as catalogues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import Catalogue, open_catalogue
from tests.support.shop_server import ShopServer

OpenFeed = Callable[..., Catalogue]


@pytest.fixture(scope="module")
def server() -> Iterator[ShopServer]:
    with ShopServer().serving() as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def open_feed(server: ShopServer, home: Path, tmp_path: Path) -> OpenFeed:
    def opened(text: str, name: str = "shop.csv") -> Catalogue:
        """Open a feed in which ``@x`` stands for the address of the picture x."""
        text = text.replace("@", server.address("ok/"))
        (tmp_path / name).write_text(text, encoding="utf-8")
        return open_catalogue(tmp_path / name, allow_private=True, home=home)

    return opened
