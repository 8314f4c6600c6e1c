"""Connections are few, and none may dawdle: what uvicorn leaves open, and Gradio with it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, cast

import uvicorn
from gradio import http_server
from gradio.route_utils import CustomCORSMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from pipeline.page.guards import Encodings
from pipeline.page.guards.routes import network_of

HEAD_SECONDS = 10
"""For the line and the headers of a request."""
BODY_SECONDS = 320
"""For all of a body: the guards give up a little sooner, and say so."""
WRITE_SECONDS = 30
"""For a caller to take in what it asked for, before its connection is cut."""
MOST = 500
MOST_AN_ADDRESS = 50
"""From one address, of IPv6 one line, that is neither this machine's nor a proxy's; a page holds
two or three."""
LATE = "The request did not arrive in time. Send it again."
FULL = "The server has as many callers as it can serve. Try again in a minute."


def most_connections() -> int:
    """Half the files that this process may open, so that the rest can be opened for callers."""
    if sys.platform == "win32":
        return MOST
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(8, min(MOST, soft // 2))


class BoundedProtocol(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """A connection with limits of time, one of a limited number.

    It is uvicorn's own, over httptools where that is installed, else over h11.
    """

    most = MOST
    by_address: ClassVar[Counter[str]] = Counter()
    proxies: Any = ()
    connections: set[asyncio.Protocol]
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    cycle: Any

    _phase: str | None = None
    _timer: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it with a sentence."""
        peer = transport.get_extra_info("peername")
        # Callers behind a proxy are counted by their requests: pipeline/page/guards/limits.py.
        is_proxy = bool(peer) and peer[0] in self.proxies
        self._address = "" if is_proxy else network_of({"client": peer}) or ""
        self.by_address[self._address] += 1
        too_many = self._address and self.by_address[self._address] > MOST_AN_ADDRESS
        if too_many or len(self.connections) >= self.most:
            self.transport = cast(asyncio.Transport, transport)
            self._say("503 Service Unavailable", FULL)
            return
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.by_address[self._address] -= 1
        if self.by_address[self._address] <= 0:
            del self.by_address[self._address]
        for timer in (self._timer, self._writing):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The caller does not take in what it asked for."""
        super().pause_writing()
        self._writing = self.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller has taken it in."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()

    def _watch(self) -> None:
        """Time the part of a request that is awaited, from its start, whatever trickles in."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            phase: str | None = "head"
        else:
            phase = "body" if cycle.more_body else None
        if phase == self._phase or self.transport.is_closing():
            return
        self._phase = phase
        if self._timer is not None:
            self._timer.cancel()
        if phase is not None:
            seconds = HEAD_SECONDS if phase == "head" else BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        if self.cycle is None or not self.cycle.response_started:
            self._say("408 Request Timeout", LATE)
        else:
            self.transport.abort()

    def _say(self, status: str, sentence: str) -> None:
        self.transport.write(
            f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            f"Content-Length: {len(sentence)}\r\n\r\n{sentence}".encode()
        )
        self.transport.close()


class BoundedServer(http_server.Server):
    """Gradio's server, with limits on connections."""

    def __init__(self, config: uvicorn.Config, *rest: Any, **named: Any) -> None:
        _ask_guards_first(config.app)
        BoundedProtocol.most = most_connections()
        trusted = ProxyHeadersMiddleware(config.app, config.forwarded_allow_ips)  # type: ignore[arg-type]
        BoundedProtocol.proxies = trusted.trusted_hosts
        config.http = BoundedProtocol
        config.ws = "none"
        config.server_header = False
        super().__init__(config, *rest, **named)


def _ask_guards_first(app: object) -> None:
    """Undo what Gradio puts before the guards, which are never asked about it."""
    if isinstance(app, Starlette):
        # One of them lets any site read everything by its visitors' logins, another packs what it
        # sends in ways that the caller refuses.
        gone: object = CustomCORSMiddleware
        kept = [added for added in app.user_middleware if added.cls is not gone]
        app.user_middleware = [Middleware(Encodings), *kept]


@contextlib.contextmanager
def bounded_connections() -> Iterator[None]:
    """Have Gradio start the bounded server: it offers no way to hand it one."""
    usual = http_server.Server
    http_server.Server = BoundedServer  # type: ignore[misc]
    try:
        yield
    finally:
        http_server.Server = usual  # type: ignore[misc]
