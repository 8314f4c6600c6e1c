"""What the plain HTTP door says where the server is at fault, and what its log has of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, DatabaseError, LookalikeError
from pipeline.page import Door, serving
from pipeline.recommender import LiveRecommender, Recommender
from tests.support.live import free_port

# What Gradio's own count of refusals brings up, which a page in this process would end by.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'")

PROBLEM = "application/problem+json"
FORM = {"file": ("a.png", b"x")}


@pytest.fixture(scope="module")
def http(built: BuiltCatalogue, encoder: Encoder) -> Iterator[httpx.Client]:
    """Of a page in this process, parts of which can be broken."""
    live = LiveRecommender(Recommender(encoder, built))
    with (
        serving(live, Door(port=free_port())) as (url, _),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(
    ("broken", "asked"),
    [
        (
            "pipeline.recommender.Recommender.item",
            {"method": "GET", "url": "/api/items/sku-1-disc"},
        ),
        ("pipeline.page.rest.mapping.map_of", {"method": "GET", "url": "/api/map"}),
        (
            "pipeline.recommender.Recommender.ask",
            {"method": "POST", "url": "/api/search", "json": {"id": "sku-1-disc"}},
        ),
        (
            "pipeline.recommender.Recommender.compare",
            {"method": "POST", "url": "/api/compare", "json": {"id": "sku-1-disc"}},
        ),
        (
            "starlette.formparsers.SpooledTemporaryFile",
            {"method": "POST", "url": "/api/search", "files": FORM},
        ),
    ],
)
def test_a_fault_has_the_form_of_the_other_errors_and_its_stack_in_the_log(
    http: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
    asked: dict[str, Any],
) -> None:
    monkeypatch.setattr(broken, failing(OSError(28, "No space left on device")))
    answer = http.request(**asked)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["detail"] == "The query failed on the server."
    assert "No space left on device" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ArtifactError("The folder '/srv/built' is damaged."), 500, "The folder 'built' is dam"),
        (LookalikeError("The catalogue is away."), 500, "The catalogue is away."),
        (DatabaseError("The database does not answer."), 503, "The database does not answer."),
    ],
)
def test_what_is_wrong_with_the_catalogue_is_not_the_callers_fault(
    http: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: LookalikeError,
    status: int,
    sentence: str,
) -> None:
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr("pipeline.recommender.Recommender.ask", failing(error))
    answer = http.post("/api/search", json={"id": "sku-1-disc"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["detail"].startswith(sentence)
    assert ("Traceback" in caplog.text) == (status == 500)
