"""What a form says is read as its sender meant it, though every field of one is a text."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request

from pipeline.errors import QueryError
from pipeline.page.parameters import QUERY
from pipeline.page.rest.reading import parameters_of
from pipeline.recommender import Query


def read(body: bytes, kind: str) -> dict[str, Any]:
    """The parameters of a request, as the door reads them."""
    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def parameters() -> dict[str, Any]:
        async with parameters_of(Request(scope, receive), QUERY) as named:
            return named

    return asyncio.run(parameters())


def read_form(**fields: str) -> dict[str, Any]:
    boundary = "end"
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    return read(body, f"multipart/form-data; boundary={boundary}")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((said, True) for said in ("true", "True", "TRUE", "on", "On", "1", "yes", " true ")),
        *((said, False) for said in ("false", "False", "off", "0", "no", "NO")),
    ],
)
def test_a_switch_is_on_or_off_as_browsers_and_libraries_write_it(said: str, meant: bool) -> None:
    assert read_form(fold=said)["fold"] is meant


@pytest.mark.parametrize("said", ["maybe", "2", '"true"', "[true]"])
def test_a_switch_of_a_form_that_says_neither_is_refused(said: str) -> None:
    with pytest.raises(QueryError, match="'fold' is either true or false"):
        Query(words="red", fold=read_form(fold=said)["fold"])


@pytest.mark.parametrize("said", ["true", "on", 1])
def test_json_has_values_of_its_own_for_on_and_off(said: object) -> None:
    named = read(json.dumps({"fold": said}).encode(), "application/json")
    with pytest.raises(QueryError, match="'fold' is either true or false"):
        Query(words="red", fold=named["fold"])
