"""What every event passes, named or not, on its way to the function that answers it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.block_function import BlockFunction
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.page.folder import PageFolder
from pipeline.page.guards.limits import BUSY, LATE, QUEUE
from pipeline.page.guards.refusal import NO_ENDPOINT, refuse, said_in_a_sentence
from pipeline.page.guards.routes import API, route_of
from pipeline.page.guards.uploads import Uploads
from pipeline.page.inputs import is_filter
from pipeline.timing import timed

Found = TypeVar("Found")
NOT_UPLOADED = (
    "The picture is not one that was uploaded here, or it is kept no longer. Upload it (in Python: "
    "gradio_client.handle_file), then ask again."
)
NOT_HERE = "Not uploaded here"
"""The title of that error, by which the page (`look/asking.js`) knows to send the photo again."""
GONE = "There is no such answer, or it was kept no longer: come for it at once. Ask again."
LEFT = "The caller has left before its turn came."
REFUSED = {NOT_UPLOADED: "upload", LEFT: "left", BUSY: "busy"}
"""What kinds of refusals there are, by their sentences."""
COLLECT_SECONDS = 10
"""For a caller to come for its answer, once it has asked."""
UNCOLLECTED_SECONDS = 300
"""After which an answer that nobody has come for is dropped."""
MOST_UNCOLLECTED = 50
"""Of them, the latest: one of 64 pictures takes some 10 MB."""
SWEEP_SECONDS = 10
_ANSWERS = f"{API}call/"


class Events:
    """Stands before `gradio.Blocks.process_api`, through which every event goes.

    Args:
        page: The page whose events it guards.
        folder: What callers may have opened.
        uploads: What is told which uploads an event was about.
        at_once: How many queries are answered at once, whatever way they came.
    """

    def __init__(self, page: gr.Blocks, folder: PageFolder, uploads: Uploads, at_once: int) -> None:
        self._page = page
        self._process = page.process_api
        self._folder = folder
        self._uploads = uploads
        self._turns = asyncio.Semaphore(at_once)
        self._waiting_here = 0
        self.listening: Counter[str] = Counter()
        self._idle: dict[str, float] = {}
        # Every way in ends here: the queue, a call of a function by its name, one by its number.
        page.process_api = self.process  # type: ignore[method-assign, assignment]

    def waiting(self) -> int:
        """How many queries wait for their turn."""
        return self._page._queue.get_status().queue_size + self._waiting_here

    async def process(
        self, block_fn: BlockFunction, inputs: list[Any], *rest: Any, **named: Any
    ) -> dict[str, Any]:
        """Check what a caller sent, then let Gradio process it.

        Raises:
            gr.Error: If it names a file that the caller may not have opened, or what cannot be
                called, cannot be read, or the caller has left.
        """
        if not block_fn.fn:
            raise gr.Error(NO_ENDPOINT, print_exception=False)
        files = [
            [] if is_filter(component) else _files(value)
            for component, value in zip(block_fn.inputs, inputs, strict=False)
        ]
        for component, value, paths in zip(block_fn.inputs, inputs, files, strict=False):
            is_picture = isinstance(component, gr.Image) and value is not None
            if (is_picture and not paths) or not all(map(self._may_open, paths)):
                raise gr.Error(NOT_UPLOADED, title=NOT_HERE, print_exception=False)

        async def processed() -> dict[str, Any]:
            return await self._process(block_fn, inputs, *rest, **named)

        try:
            with said_in_a_sentence(block_fn.api_name):
                if block_fn.queue:
                    return await self.in_turn(processed, self._leaving(**named))
                return await processed()
        except asyncio.CancelledError as error:
            if named.get("event_id") is not None:
                raise
            # It took too long; Gradio would print its stack.
            raise gr.Error(LATE, print_exception=False) from error
        finally:
            self._tell(block_fn, files, named.get("session_hash"))

    def _may_open(self, path: object) -> bool:
        return isinstance(path, str) and self._folder.holds(path)

    def _leaving(
        self,
        event_id: str | None = None,
        session_hash: str | None = None,
        request: gr.Request | None = None,
        **_: Any,
    ) -> Callable[[], Awaitable[bool]] | None:
        """What tells whether the caller has left."""
        if event_id is None:
            asked = request.request if request is not None else None
            return asked.is_disconnected if isinstance(asked, Request) else None

        async def has_left() -> bool:
            return self._has_left(event_id, session_hash)

        return has_left

    async def in_turn(
        self,
        work: Callable[[], Awaitable[Found]],
        has_left: Callable[[], Awaitable[bool]] | None = None,
    ) -> Found:
        """Have work done in its turn: as much at once as the page answers queries.

        The turn lasts until the work has ended. Work in a thread cannot be given up: if the turn
        ended with the caller's patience, callers that go would leave any number of threads behind.

        Args:
            work: Begins it.
            has_left: Tells whether the caller has left, for whom nothing is begun.

        Raises:
            gr.Error: If too many wait for their turn, or the caller has left before it came.
        """
        if self._waiting_here >= QUEUE:
            raise gr.Error(BUSY, print_exception=False)
        self._waiting_here += 1
        try:
            with timed("queue"):
                await self._turns.acquire()
        finally:
            self._waiting_here -= 1
        try:
            if has_left is not None and await has_left():
                raise gr.Error(LEFT, print_exception=False)
            working = asyncio.ensure_future(work())
        except BaseException:
            self._turns.release()
            raise
        working.add_done_callback(lambda _: self._turns.release())
        return await asyncio.shield(working)

    def _has_left(self, event_id: str, session: str | None) -> bool:
        """Whether nobody listens for an answer, though there was time to begin to."""
        event = self._page._queue.event_ids_to_events.get(event_id)
        if event is None or {event_id, session} & self.listening.keys():
            return False
        return time.monotonic() - event.enqueue_time > COLLECT_SECONDS

    @contextlib.asynccontextmanager
    async def dropping_uncollected(self) -> AsyncIterator[None]:
        """Drop the answers that nobody comes for, for as long as the context lasts."""

        async def sweep() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                self.drop_uncollected(time.monotonic())

        task = asyncio.create_task(sweep())
        try:
            yield
        finally:
            task.cancel()

    def drop_uncollected(self, now: float) -> None:
        """Drop what Gradio would keep for 2,000 sessions, or for ever: the answers that wait.

        Args:
            now: The time, in seconds of the monotonic clock.
        """
        queue = self._page._queue
        messages, ids = queue.pending_messages_per_session, queue.pending_event_ids_session
        busy = {event.session_hash for event in queue.event_ids_to_events.values()}
        idle = [
            session
            for session in dict.fromkeys((*ids, *messages))  # in the order of their first call
            if session not in busy and not {session, *ids.get(session, ())} & self.listening.keys()
        ]
        self._idle = {session: self._idle.get(session, now) for session in idle}
        oldest_first = sorted(self._idle, key=self._idle.__getitem__)
        for place, session in enumerate(oldest_first):
            seconds = now - self._idle[session]
            is_beyond = place < len(oldest_first) - MOST_UNCOLLECTED
            if seconds > UNCOLLECTED_SECONDS or (is_beyond and seconds >= COLLECT_SECONDS):
                messages.pop(session, None)
                ids.pop(session, None)
                del self._idle[session]

    def knows(self, event_id: str) -> bool:
        """Whether an answer is under way, or waits for its caller."""
        queue = self._page._queue
        return event_id in queue.event_ids_to_events or any(
            event_id in ids for ids in queue.pending_event_ids_session.values()
        )

    def _tell(self, block_fn: BlockFunction, files: list[list[Any]], session: str | None) -> None:
        """An answer of the API ends the need for its uploads; a page goes on showing them."""
        if block_fn.api_visibility == "public" or session is None:
            self._uploads.answered({path for paths in files for path in paths})
            return
        shown = {block._id: set[str]() for block in block_fn.outputs if isinstance(block, gr.Image)}
        for component, paths in zip(block_fn.inputs, files, strict=False):
            if isinstance(component, gr.Image):
                shown[component._id] = set(paths)
        for component_id, now in shown.items():
            self._uploads.shown(session, component_id, now)


class Callers:
    """Middleware that notes who waits for an answer, and which page is closed.

    Args:
        app: What is served.
        events: What is told who waits.
        uploads: What is told which page is closed.
    """

    def __init__(self, app: ASGIApp, events: Events, uploads: Uploads) -> None:
        self.app = app
        self._events = events
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        route = route_of(scope) if scope["type"] == "http" and scope["method"] == "GET" else ""
        caller = _caller(route, scope)
        if route.startswith(_ANSWERS) and not self._events.knows(caller):
            # Gradio would begin a stream, and break it off.
            return await refuse(scope, receive, send, 404, GONE)
        page = route.rpartition("/")[2] if route.startswith(f"{API}heartbeat/") else ""
        if page:
            self._uploads.came(page)
        self._events.listening[caller] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._events.listening[caller] -= 1
            if self._events.listening[caller] <= 0:
                del self._events.listening[caller]
            if page:
                self._uploads.left(page)


def _caller(route: str, scope: Scope) -> str:
    """The event or the session whose answers are waited for; empty for other requests."""
    if route.startswith(_ANSWERS):
        return route.rpartition("/")[2]
    if route == f"{API}queue/data":
        return QueryParams(scope["query_string"]).get("session_hash", "")
    return ""


def _files(value: object) -> list[Any]:
    """The paths of all files in what was sent, however deep; None for a file without one."""
    if isinstance(value, list):
        return [path for part in value for path in _files(part)]
    if not isinstance(value, dict):
        return []
    own = [value.get("path")] if {"path", "url", "meta"} & value.keys() else []
    return own + [path for part in value.values() for path in _files(part)]
