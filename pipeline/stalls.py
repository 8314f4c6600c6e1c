"""Stalls: every call of the hub's library ends, by an answer or by an error, in bounded time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx2
from huggingface_hub import constants, set_client_factory
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils._http import hf_request_event_hook

READING = ("GET", "HEAD")


class HubStalled(OfflineModeIsEnabled):
    """The hub stopped answering.

    To its libraries this is offline mode: they take what is cached, and do not try again.
    """


@functools.cache
def install(reading: float, writing: float, when_stalled: Callable[[], None]) -> None:
    """Give the hub's library connections that do not wait for ever; once a process.

    Args:
        reading: Seconds without a byte after which a download is given up.
        writing: The same for what is sent.
        when_stalled: Called then.
    """

    class Client(httpx2.Client):
        """See `httpx2.Client`: its calls are bounded, whatever the caller asks for."""

        def send(
            self, request: httpx2.Request, *, stream: bool = False, **options: Any
        ) -> httpx2.Response:
            """See `httpx2.Client.send`."""
            seconds = reading if request.method in READING else writing
            asked = request.extensions.get("timeout") or {}
            waits = ("connect", "read", "write", "pool")
            bounds = {wait: min(asked.get(wait) or seconds, seconds) for wait in waits}
            request.extensions = {**request.extensions, "timeout": bounds}
            try:
                response = super().send(request, stream=stream, **options)
            except httpx2.TimeoutException as error:
                raise stalled(seconds) from error
            if stream:
                body = cast(httpx2.SyncByteStream, response.stream)
                response.stream = _Watched(body, lambda: stalled(seconds))
            return response

    def stalled(seconds: float) -> HubStalled:
        when_stalled()
        return HubStalled(f"the hub stopped answering for {seconds:.0f} seconds")

    def make() -> httpx2.Client:
        hooks = {"request": [hf_request_event_hook]}
        return Client(event_hooks=hooks, follow_redirects=True)

    set_client_factory(make)
    # Xet, the hub's newer protocol, has a network stack of its own, whose waits have no end.
    constants.HF_HUB_DISABLE_XET = True


class _Watched(httpx2.SyncByteStream):
    """A body that is still being received."""

    def __init__(self, body: httpx2.SyncByteStream, stalled: Callable[[], HubStalled]) -> None:
        self._body, self._stalled = body, stalled

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except httpx2.TimeoutException as error:
            raise self._stalled() from error

    def close(self) -> None:
        self._body.close()
