"""A server that the tests of its guards share, and a plain way to call it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from tests.support.live import LiveApp


@pytest.fixture(scope="session")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder) as running:
        yield running


@pytest.fixture
def http(app: LiveApp) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=60) as client:
        yield client
