"""The body of an upload: how much of it, and how quickly it has to come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.types import Message, Receive, Scope

MB = 2**20
MAX_FILE = 40 * MB
MAX_REQUEST = MAX_FILE + MB
"""Of the bytes of one request: a picture, and what a form adds to it."""
MAX_FILES = 10
"""Of the files of one upload."""
MAX_PARTS = 64
"""Of the files and parameters of one search."""
IDLE_SECONDS = 15
UPLOAD_SECONDS = 300
PACE_SECONDS = 30
LEAST = 64 * 2**10
"""Of the bytes that come in each `PACE_SECONDS` of waiting, as they do over a line of 20 kbit/s: an
upload that sends a byte now and then must not keep the room that others need."""

# Gradio answers 413 to messages that say "maximum allowed size", and removes what came in.
TOO_LARGE = "The upload is over the maximum allowed size of 40 MB a request. Save it smaller."
TOO_MANY = f"One request may upload {MAX_FILES} files. Send the others in requests of their own."
TOO_MANY_PARTS = f"One form takes {MAX_PARTS} files and values, no more. Send fewer."
CUT_OFF = "The upload was cut off. Send it again."
TOO_SLOW = "The upload took too long. Save the picture smaller, or send it over a quicker line."
FULL = "The server holds as many uploads as it can. Try again in a minute."
STATUS = {
    TOO_LARGE: 413,
    TOO_SLOW: 408,
    CUT_OFF: 400,
    TOO_MANY: 400,
    TOO_MANY_PARTS: 400,
    FULL: 503,
}
"""Of what is said about an upload that is under way."""


class Body:
    """The body of an upload. What it raises makes Gradio remove the files that it has begun.

    Args:
        scope: The request.
        receive: What gives its parts.
        most: How many files and values it may hold, and what is said of more.
        take: What is told of arriving bytes; it raises a MultiPartException if they do not fit.
        ended: What is called when all of it is there.

    Attributes:
        status: What to answer to what it has raised; None where it has raised nothing.
    """

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        most: tuple[int, str],
        take: Callable[[int], None],
        ended: Callable[[], None],
    ) -> None:
        self.status: int | None = None
        self._most, self._too_many = most
        self._take, self._ended = take, ended
        # As Starlette reads it: another reading would count other parts.
        _, options = parse_options_header(Headers(scope=scope).get("content-type"))
        self._mark = b"--" + options.get(b"boundary", b"")
        self._receive = receive
        self._deadline = time.monotonic() + UPLOAD_SECONDS
        self._tail = b""
        self._size = self._parts = 0
        self._is_whole = False
        # Since the pace was last looked at: seconds of waiting, and bytes that came meanwhile.
        self._waited, self._came = 0.0, 0

    async def receive(self) -> Message:
        """Give the next part of the body; once all is there, tell when the caller leaves.

        Raises:
            MultiPartException: If it is too much, too slow or cut off.
        """
        if self._is_whole:
            return await self._receive()
        try:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise MultiPartException(CUT_OFF)
            self._count(message.get("body", b""))
            if message.get("more_body"):
                self._check_pace()
            else:
                self._is_whole = True
                self._ended()
        except MultiPartException as error:
            self.status = STATUS[error.message]
            raise
        return message

    async def _next(self) -> Message:
        """The next part, waited for no longer than it may take."""
        began = time.monotonic()
        try:
            patience = min(IDLE_SECONDS, self._deadline - began)
            return await asyncio.wait_for(self._receive(), max(0.0, patience))
        except TimeoutError:
            raise MultiPartException(TOO_SLOW) from None
        finally:
            # What the server itself takes to keep a part is not the caller's delay.
            self._waited += time.monotonic() - began

    def _count(self, chunk: bytes) -> None:
        self._size += len(chunk)
        self._came += len(chunk)
        if self._size > MAX_REQUEST:
            raise MultiPartException(TOO_LARGE)
        self._take(len(chunk))
        seen = self._tail + chunk
        self._parts += seen.count(self._mark)
        self._tail = seen[max(0, len(seen) - len(self._mark) + 1) :]
        if self._parts > self._most + 1:  # one more closes the form
            raise MultiPartException(self._too_many)

    def _check_pace(self) -> None:
        if self._waited < PACE_SECONDS:
            return
        if self._came < LEAST:
            raise MultiPartException(TOO_SLOW)
        self._waited, self._came = 0.0, 0
