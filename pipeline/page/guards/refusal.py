"""How a guard turns a request away: a status and one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

INFO = "/gradio_api/info"
_NO_PARAMETER = re.compile(r"Parameter `(.*)` is not a valid key-word argument", re.DOTALL)
"""How Gradio says it, of which class all its errors of that kind are."""


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A sentence in the form of RFC 9457, and as ``error``, where Gradio's clients look for it.

    Args:
        status: The HTTP status.
        sentence: What is wrong and what to do about it.
        headers: Further headers of the answer.
    """
    told = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "error": sentence,
    }
    return JSONResponse(told, status, headers, media_type="application/problem+json")


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    sentence: str,
    *,
    wait: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer a request with a sentence.

    Args:
        scope: The request, with ``receive`` and ``send``.
        receive: See ``scope``.
        send: See ``scope``.
        status: The HTTP status.
        sentence: What is wrong and what to do about it.
        wait: After how many seconds to try again, where that may help.
        headers: Further headers of the answer.
    """
    told = dict(headers or {}) | ({"Retry-After": str(wait)} if wait is not None else {})
    await problem(status, sentence, told)(scope, receive, send)


async def _no_endpoint(_request: Request, _error: Exception) -> JSONResponse:
    return problem(404, f"There is no such endpoint. {INFO} lists those that there are.")


async def _bad_form(_request: Request, _error: Exception) -> JSONResponse:
    # The usual answer repeats all that was sent.
    return problem(422, f"The request does not have the form that {INFO} describes.")


async def _no_parameter(request: Request, error: Exception) -> JSONResponse:
    """What a call by names that there is no parameter of is told."""
    found = _NO_PARAMETER.match(str(error))
    if found is None:
        raise error  # a fault of ours
    endpoint = request.path_params.get("api_name", "")
    return problem(
        422, f"'/{endpoint}' has no parameter '{found[1][:60]}'. {INFO} lists those that it has."
    )


# Outside of events, whose errors Gradio catches, a missing key is a name or number of a caller's.
SENTENCES = {
    KeyError: _no_endpoint,
    FnIndexInferError: _no_endpoint,
    RequestValidationError: _bad_form,
    TypeError: _no_parameter,
}
"""What to answer to the errors that callers bring about in Gradio's routes."""
