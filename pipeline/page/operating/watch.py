"""Every query leaves one line in the log, and its figures: never its picture or its texts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import LookalikeError
from pipeline.page.guards import REFUSED
from pipeline.page.operating.metrics import Metrics
from pipeline.timing import Watched, watching

log = logging.getLogger(__name__)

PAGE = "page"
"""What asks where no endpoint of the API does."""
Asker = gr.Request | Request


class Watch:
    """Stands before everything that events go through, the guards' checks included.

    Args:
        page: The page whose events it watches; the guards' `Events` stand there already.
        metrics: What is told of each query.
        log_addresses: Whether lines tell the caller's address.
    """

    def __init__(self, page: gr.Blocks, metrics: Metrics, log_addresses: bool) -> None:
        self._page = page
        self._process = page.process_api
        self._metrics = metrics
        self._log_addresses = log_addresses
        page.process_api = self.process  # type: ignore[method-assign, assignment]

    async def process(
        self, block_fn: BlockFunction, inputs: list[Any], *rest: Any, **named: Any
    ) -> dict[str, Any]:
        """Have an event processed, and note what it asked."""
        is_public = block_fn.api_visibility == "public"
        name = block_fn.api_name if is_public and block_fn.api_name else PAGE
        asks = is_public or any(isinstance(block, gr.Image) for block in block_fn.inputs)
        event = self._page._queue.event_ids_to_events.get(named.get("event_id") or "")
        asked_at = event.enqueue_time if event is not None else None
        with self.query(str(name), named.get("request"), asked_at, asks=asks):
            return await self._process(block_fn, inputs, *rest, **named)

    @contextmanager
    def query(
        self, name: str, request: Asker | None, asked_at: float | None = None, *, asks: bool = True
    ) -> Iterator[None]:
        """Watch what happens in the context, and note what was asked in it.

        Args:
            name: What asks.
            request: Who asks; None where nobody knows.
            asked_at: When it was asked, by the clock `time.monotonic`; None for now.
            asks: Whether it is a query though it may never come to the recommender.
        """
        started = time.monotonic()
        with watching() as query:
            if asked_at is not None:
                query.seconds["queue"] += started - asked_at
            try:
                yield
            except BaseException as error:
                query.error = query.error or error.__cause__ or error
                raise
            finally:
                if query.asked or (asks and query.error is not None):
                    begun = started if asked_at is None else asked_at
                    self._note(query, name, time.monotonic() - begun, request)

    def _note(self, query: Watched, name: str, seconds: float, request: Asker | None) -> None:
        kind = _kind(query)
        query.seconds["answer"] += max(0.0, seconds - sum(query.seconds.values()))
        self._metrics.note(query, seconds, kind)
        told: dict[str, Any] = {
            "query": name,
            "seconds": round(seconds, 4),
            "stages": {name: round(part, 4) for name, part in query.seconds.items()},
            "matches": query.matches if query.error is None else None,
            "error": kind,
        }
        if self._log_addresses:
            told["address"] = request.client.host if request and request.client else None
        log.info("%s", _line(told), extra=told)


class Responses:
    """Middleware that counts responses by their status.

    Args:
        app: What is served.
        metrics: What is told.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.responded(message["status"])
            await send(message)

        await self.app(scope, receive, send_and_count)


def _kind(query: Watched) -> str | None:
    """What kind of error a query ended with, in one word of a few."""
    error = query.error
    if error is None:
        return None
    if isinstance(error, LookalikeError):
        # Of a kind's own kinds there are many, which no figure counts: `PlainError` is a query's.
        kinds = type(error).__mro__
        kind = kinds[max(0, kinds.index(LookalikeError) - 1)]
        return kind.__name__.removesuffix("Error").lower()
    if isinstance(error, gr.Error):
        return REFUSED.get(error.message, "request")
    if not isinstance(error, Exception):
        return "late"  # it was given up
    # What Gradio cannot read of a request never came to the recommender.
    return "server" if query.asked else "request"


def _line(told: dict[str, Any]) -> str:
    """A query for people to read."""
    stages = ", ".join(f"{name} {part:.3f}" for name, part in told["stages"].items())
    outcome = f"{told['matches']} matches" if told["matches"] is not None else "answered"
    outcome = f"error: {told['error']}" if told["error"] else outcome
    address = f" from {told['address']}" if "address" in told else ""
    return f"Query by {told['query']}{address}: {outcome} in {told['seconds']:.3f} s ({stages})"
