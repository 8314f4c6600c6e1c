"""Limits on what one caller may ask: how often, how long, and how much text."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.guards.arriving import UPLOAD_SECONDS
from pipeline.page.guards.refusal import refuse
from pipeline.page.guards.routes import (
    API,
    EVENTS,
    LOGIN,
    MCP,
    RELOAD,
    SEARCHES,
    SHARE,
    is_form,
    network_of,
    route_of,
)
from pipeline.page.guards.uploads import TURN_SECONDS

MAX_BODY = 64 * 2**10
"""Of a request in JSON, in bytes: pictures are uploaded, not written into it."""
MCP_BODY = 6 * 2**20
"""Of an agent's call, which may carry a photo of 4 MB in Base64."""
MCP_VALUES = 10_000
"""In an agent's call: to read a million would keep everybody waiting, and no call needs so many."""
BEFORE_VALUES = b",:["
"""One of these stands before every value of JSON but the first; Base64 has none of them."""
MAX_TEXT = 4096
"""Of one text in it, in characters: as long as a path may be."""
MAX_DEPTH = 20
BODY_SECONDS = 15
ANSWER_SECONDS = 60
STREAM_SECONDS = 600
"""For the stream on which a caller waits for its answers."""
QUEUE = 100
"""Queries that may wait: at two at once and a tenth of a second each, for five seconds."""
REQUESTS_A_MINUTE = 1500
"""From one address, of any kind: opening the page takes about a hundred."""
OPEN_AT_ONCE = 50
"""Requests of one address under way; an open page holds one, its sign of life."""

TOO_OFTEN = "There were too many requests from your address. Wait a minute, then go on."
TOO_MANY_OPEN = "Your address has too many requests under way. Close a page, or wait for an answer."
TOO_LONG_BODY = f"The request is longer than {MAX_BODY // 2**10} kB. Upload pictures as files."
TOO_LONG_CALL = f"The call is longer than {MCP_BODY // 2**20} MB. Send a smaller picture."
TOO_MANY_VALUES = (
    f"The call holds too many values: more than {MCP_VALUES:,} commas, colons and brackets. Send "
    "fewer."
)
TOO_LONG_TEXT = f"The request holds a text of more than {MAX_TEXT:,} characters. Shorten it."
NOT_JSON = "The request is not JSON that can be read."
FORM = "Send an object with the list 'data'."
FORM_OF = {
    MCP: "Send a call as the Model Context Protocol has it.",
    EVENTS: "Send an object with 'user' and 'events'.",
} | dict.fromkeys(
    SEARCHES,
    'Send an object, such as {"words": "red shirt"}, or a picture as a form: curl -F '
    "file=@shirt.jpg",
)
"""What to send, where it is not what the API takes."""
BUSY = "The server has as much to do as it can at the moment. Try again in a minute."
LATE = "The request took too long and was given up. Try again in a minute."

_QUERIES = (f"{API}queue/join", f"{API}call/", f"{API}run/", f"{API}api/", *SEARCHES, MCP)
_STREAMS = (f"{API}queue/data", f"{API}call/")
_UNTIMED = (f"{API}heartbeat/", f"{API}upload", RELOAD)
"""A page's sign of life lasts as long as the page; uploads have a time limit of their own; what the
operator has reloaded takes as long as it has new pictures."""


class Limits:
    """Middleware that holds every request to the limits.

    Args:
        app: What is served.
        waiting: How many queries wait for their turn.
        queries_a_minute: Uploads and queries from one address; 0 sets no limit.
    """

    def __init__(self, app: ASGIApp, waiting: Callable[[], int], queries_a_minute: int) -> None:
        self.app = app
        self._waiting = waiting
        self._rates = MovingWindowRateLimiter(MemoryStorage())
        self._open: Counter[str] = Counter()
        self._requests = RateLimitItemPerMinute(REQUESTS_A_MINUTE)
        self._queries = RateLimitItemPerMinute(queries_a_minute) if queries_a_minute else None
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        address = network_of(scope) if scope["type"] == "http" else None
        if address is None:
            return await self._serve(scope, receive, send)
        if self._open[address] >= OPEN_AT_ONCE:
            return await refuse(scope, receive, send, 429, TOO_MANY_OPEN, wait=10)
        self._open[address] += 1
        try:
            return await self._serve(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        route = route_of(scope)
        posted = scope["method"] == "POST"
        is_query = posted and route.startswith(_QUERIES)
        is_upload = posted and (route == f"{API}upload" or (route in SEARCHES and is_form(scope)))
        is_drawn = route == SHARE  # for whoever asks, in a tenth of a second
        if not self._may(scope, is_query or is_upload or is_drawn):
            return await refuse(scope, receive, send, 429, TOO_OFTEN, wait=60)
        if is_query and self._waiting() >= QUEUE:
            return await refuse(scope, receive, send, 503, BUSY, wait=60)
        if posted and not is_upload:
            try:
                receive = await _read_whole(receive, route, self._turn)
            except TooLongTextError as error:
                return await refuse(scope, receive, send, 413, str(error))
            except _RefusedError as refused:
                return await refuse(scope, receive, send, refused.status, str(refused))
        seconds = _seconds_for(route, posted)
        if is_query and is_upload:
            seconds = TURN_SECONDS + UPLOAD_SECONDS + ANSWER_SECONDS
        return await self._in_time(seconds, scope, receive, send)

    def _may(self, scope: Scope, is_costly: bool) -> bool:
        """Whether the caller's address is within its rates; this machine's has none."""
        address = network_of(scope)
        if address is None:
            return True
        if self._queries is not None and is_costly:
            return self._rates.hit(self._queries, "queries", address)
        return self._rates.hit(self._requests, "requests", address)

    async def _in_time(
        self, seconds: float | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            # Gradio answers a call that is given up as if it had failed.
            if started or not limit.expired():
                started = True
                await send(message)

        try:
            async with asyncio.timeout(seconds) as limit:
                await self.app(scope, receive, send_and_note)
        except TimeoutError:
            if started:
                raise
        if not started:
            await refuse(scope, receive, send, 503, LATE, wait=60)


class TooLongTextError(Exception):
    """A text that is longer than any that can be meant."""


class _RefusedError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def _seconds_for(route: str, posted: bool) -> float | None:
    if route.startswith(_UNTIMED):
        return None
    return STREAM_SECONDS if not posted and route.startswith(_STREAMS) else ANSWER_SECONDS


async def _read_whole(receive: Receive, route: str, turn: asyncio.Lock) -> Receive:
    """Read a body within its limits, and give it again to whoever asks.

    Args:
        receive: What gives it.
        route: What is asked by it.
        turn: Taken while a long one is checked, beside the event loop.

    Raises:
        TooLongTextError: If a text in it is.
        _RefusedError: If it is too long, too slow or cut off, or not the JSON that it should be.
    """
    body = await _arrived(receive, route)
    if route not in (LOGIN, RELOAD):
        await _check_json(body, route, turn)
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return whole.pop() if whole else await receive()

    return give


async def _arrived(receive: Receive, route: str) -> bytes:
    """All of a body, unless it is too long, too slow, or of too many values.

    Raises:
        _RefusedError: If it is.
    """
    largest, sentence = (MCP_BODY, TOO_LONG_CALL) if route == MCP else (MAX_BODY, TOO_LONG_BODY)
    body, values = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                part = message.get("body", b"")
                body.extend(part)
                if len(body) > largest:
                    raise _RefusedError(413, sentence)
                # Before any is read as JSON: nothing else runs meanwhile, whatever the thread.
                values += len(part) - len(part.translate(None, BEFORE_VALUES))
                if route == MCP and values > MCP_VALUES:
                    raise _RefusedError(413, TOO_MANY_VALUES)
                more = message.get("more_body", False)
    except TimeoutError:
        raise _RefusedError(408, LATE) from None
    return bytes(body)


async def _check_json(body: bytes, route: str, turn: asyncio.Lock) -> None:
    """Check that a body is JSON of texts that may be so long.

    Raises:
        TooLongTextError: If a text is longer.
        _RefusedError: If it is no JSON that can be read.
    """
    # A photo is the one text that may be long; the door of agents knows which text is one.
    longest = MCP_BODY if route == MCP else MAX_TEXT

    def check() -> None:
        check_texts(json.loads(body), longest=longest)

    try:
        if len(body) <= MAX_BODY:
            check()
        else:
            async with turn:
                await asyncio.to_thread(check)
    except (ValueError, RecursionError):
        raise _RefusedError(400, f"{NOT_JSON} {FORM_OF.get(route, FORM)}") from None


def check_texts(value: object, depth: int = 0, longest: int = MAX_TEXT) -> None:
    """Check the texts in what JSON has given.

    Args:
        value: What it has given.
        depth: In how much else it lies.
        longest: How many characters a text may have.

    Raises:
        ValueError: If it is nested too deep, or one of them is none.
        TooLongTextError: If one is.
    """
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        if len(value) > longest:
            raise TooLongTextError(TOO_LONG_TEXT)
        value.encode()  # half a surrogate pair is no text: a ValueError
    elif isinstance(value, list):
        for part in value:
            check_texts(part, depth + 1, longest)
    elif isinstance(value, dict):
        for key, part in value.items():
            check_texts(key)
            check_texts(part, depth + 1, longest)
