"""The page served in this process, with what whoever runs it chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import Encoder
from pipeline.page import Door, serving
from pipeline.recommender import LiveRecommender, Recommender
from tests.support.live import free_port

TOKEN = "the-token-of-the-operator"


@pytest.fixture(scope="module")
def serve(built: BuiltCatalogue, encoder: Encoder) -> Iterator[Callable[..., httpx.Client]]:
    """Serves the page behind a door of one's own, until the tests of a file are over."""
    with ExitStack() as stack:

        def start(recommender: LiveRecommender | None = None, **door: object) -> httpx.Client:
            live = recommender or LiveRecommender(Recommender(encoder, built))
            chosen = Door(port=free_port(), **door)  # type: ignore[arg-type]
            url, _ = stack.enter_context(serving(live, chosen))
            return stack.enter_context(httpx.Client(base_url=url.rstrip("/"), timeout=60))

        yield start
