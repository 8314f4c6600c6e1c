"""How a guard turns a request away: a status and one sentence."""

from __future__ import annotations

import contextlib
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

import gradio as gr
from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

log = logging.getLogger(__name__)

INFO = "/gradio_api/info"
NO_ENDPOINT = f"There is no such endpoint. {INFO} lists those that there are."
UNREADABLE = f"The request does not have the form that {INFO} describes."
_NO_PARAMETER = re.compile(r"Parameter `(.*)` is not a valid key-word argument", re.DOTALL)
_NO_FILE = "File is not an instance of"
"""How Gradio says it, of which class all its errors of that kind are."""
NO_FILE = "'files' came as a text. Send the picture itself: curl -F files=@shirt.jpg"


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


@contextlib.contextmanager
def said_in_a_sentence(name: object) -> Iterator[None]:
    """Have whatever goes wrong in a call end in a sentence, and in one line of the log at most.

    Gradio would print its stack past the log, and with it what was sent, as it was sent.

    Args:
        name: Of the endpoint that is called.

    Raises:
        gr.Error: The sentence.
    """
    try:
        yield
    except gr.Error as error:
        error.print_exception = False
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        log.warning("A call of '/%s' could not be read: %s", name, place)
        raise gr.Error(UNREADABLE, print_exception=False) from error


async def _no_endpoint(_request: Request, _error: Exception) -> JSONResponse:
    return problem(404, NO_ENDPOINT)


async def _bad_form(_request: Request, _error: Exception) -> JSONResponse:
    # The usual answer repeats all that was sent.
    return problem(422, UNREADABLE)


async def _wrong_kind(request: Request, error: Exception) -> JSONResponse:
    """What a call by names that there is no parameter of is told, and an upload of no file."""
    if str(error).startswith(_NO_FILE):
        return problem(400, NO_FILE)
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
    TypeError: _wrong_kind,
}
"""What to answer to the errors that callers bring about in Gradio's routes."""
