"""What a service manager and Prometheus ask a running page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import Encoder
from tests.page.operating.conftest import TOKEN
from tests.support.calls import API, call, upload

Serve = Callable[..., httpx.Client]
AS_OPERATOR = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def http(serve: Serve) -> httpx.Client:
    return serve(operator_token=TOKEN)


def figures(http: httpx.Client) -> dict[tuple[str, str], float]:
    """Every figure by its name and the value of its label, if it has one."""
    text = http.get("/metrics", headers=AS_OPERATOR).raise_for_status().text
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def wait_until_ready(http: httpx.Client, wanted: int = 200) -> httpx.Response:
    deadline = time.monotonic() + 60
    while (answer := http.get("/readyz")).status_code != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def test_it_is_alive_and_then_ready(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert wait_until_ready(http).json() == {"status": "ok"}
    assert http.head("/healthz/").status_code == 200
    assert http.post("/healthz", json={}).status_code == 404


def test_it_is_alive_but_not_ready_while_it_cannot_answer(
    serve: Serve, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.page.operating.readiness.RETRY_SECONDS", 0.1)
    monkeypatch.setattr("pipeline.page.operating.readiness.AGAIN_SECONDS", 0.1)
    embed = encoder.runtime.embed

    def fail(_: object) -> object:
        raise RuntimeError("the accelerator is lost")

    # In place of an encoder that fails at will. Unready at first, then ready, and so again.
    monkeypatch.setattr(encoder.runtime, "embed", fail)
    http = serve()
    for _ in range(2):
        answer = wait_until_ready(http, 503)
        assert "has not answered a picture of its own" in answer.json()["detail"]
        assert answer.headers["retry-after"] == "5"
        assert http.get("/healthz").status_code == 200
        monkeypatch.setattr(encoder.runtime, "embed", embed)
        wait_until_ready(http)
        monkeypatch.setattr(encoder.runtime, "embed", fail)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        "Bearer \xe9",
    ],
)
def test_the_operators_routes_want_the_token(http: httpx.Client, header: str) -> None:
    answer = http.get("/metrics", headers={b"Authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "lookalike_" not in answer.text
    assert http.get("/metrics", params={"token": TOKEN}).status_code == 401


def test_without_a_token_there_are_none_even_for_this_machine(serve: Serve) -> None:
    answer = serve().get("/metrics", headers=AS_OPERATOR)
    assert (answer.status_code, "--operator-token" in answer.json()["detail"]) == (404, True)


def test_figures_tell_what_was_asked(http: httpx.Client, shop_folder: Path) -> None:
    before = figures(http)
    picture = shop_folder / "red-disc.png"
    for _ in range(2):
        assert "event: complete" in call(http, {"path": upload(http, picture)}, "cosine")
    form = {"path": upload(http, picture)}
    assert http.post(f"{API}/run/recommend", json={"data": [form, "cosine"]}).status_code == 200
    assert "event: error" in call(http, {"path": upload(http, picture)}, "manhattan")
    assert "event: error" in call(http, {"path": "/etc/passwd"}, "cosine")
    broken = http.post(f"{API}/upload", files={"files": ("a.png", b"no picture")}).json()[0]
    assert "event: error" in call(http, {"path": broken}, "cosine")
    assert http.get("/monitoring").status_code == 404
    after = figures(http)

    def rise(name: str, label: str = "") -> float:
        return after[name, label] - before.get((name, label), 0)

    assert rise("lookalike_queries_total") == 6
    assert rise("lookalike_query_seconds_count") == 6
    for kind in ("query", "upload", "picture"):
        assert rise("lookalike_errors_total", kind) == 1
    assert sum(rise(*key) for key in after if key[0] == "lookalike_errors_total") == 3
    for stage in ("decode", "encode", "search"):
        assert rise("lookalike_stage_seconds_count", stage) >= 3
        assert rise("lookalike_stage_seconds_sum", stage) > 0
    assert rise("lookalike_stage_seconds_count", "queue") == 6
    total = sum(rise(*key) for key in after if key[0] == "lookalike_stage_seconds_sum")
    assert total == pytest.approx(rise("lookalike_query_seconds_sum"), rel=0.05)
    assert rise("lookalike_responses_total", "404") == 1
    assert after["lookalike_queue", ""] == 0
    assert after["process_resident_memory_bytes", ""] > 50 * 2**20
    assert after["lookalike_items", ""] == 8


def test_figures_name_the_version_of_the_catalogue(
    http: httpx.Client, built: BuiltCatalogue
) -> None:
    text = http.get("/metrics", headers=AS_OPERATOR).text
    assert f'catalogue_version="{built.manifest.catalogue_fingerprint}"' in text
    # The folder's name, not where it lies.
    assert f'catalogue="{Path(built.manifest.catalogue).name}"' in text


def test_the_pages_own_question_is_no_query(serve: Serve) -> None:
    http = serve(operator_token=TOKEN)
    wait_until_ready(http)
    assert figures(http)["lookalike_queries_total", ""] == 0
