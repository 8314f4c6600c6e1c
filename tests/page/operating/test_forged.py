"""The log of odd calls: one line an object, and none of what was sent."""

from __future__ import annotations

import json

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from tests.support.calls import API
from tests.support.live import LiveApp

FORGED = 'SECRET \n{"level": "ERROR", "message": "forged"}\n'


def test_odd_calls_leave_no_raw_line_and_none_of_what_was_sent(built: BuiltCatalogue) -> None:
    with (
        LiveApp("--artifacts", built.folder, "--log-format", "json") as running,
        httpx.Client(base_url=running.url, timeout=60) as http,
    ):
        told = [odd_call(http, *sent) for sent in odd_calls(http)]
    with pytest.raises(AssertionError):
        running.wait_for("^no line like this$")  # reads them all
    assert all(said and said.endswith(".") for said in told), told
    lines = [line for line in running.output if not line.startswith("Lookalike is at")]
    assert "SECRET" not in "".join(lines)
    assert [line for line in lines if not is_object(line)] == []


def odd_calls(http: httpx.Client) -> list[tuple[str, dict[str, object]]]:
    """Calls of every event, with too little, too much and something else than it takes."""
    calls: list[tuple[str, dict[str, object]]] = []
    for event in http.get("/config").json()["dependencies"]:
        name, number = event["api_name"], event["id"]
        count = len(event["inputs"])
        for data in ([], [None, FORGED], [FORGED] * (count + 1), [{"meta": FORGED}] * count):
            calls.append((f"run/{name}", {"data": data}))
            calls.append(("run/page_ask", {"data": data, "fn_index": number}))
    return calls


def odd_call(http: httpx.Client, route: str, body: dict[str, object]) -> str | None:
    answer = http.post(f"{API}/{route}", json=body)
    if answer.status_code == 200:
        return "Answered."
    told = answer.json()
    said: str | None = told.get("detail") or told["error"]
    return said


def is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
