"""Logging in: Gradio shows the form and keeps who is in; names, limits and the rest stand here."""

from __future__ import annotations

import asyncio

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.access import Users
from pipeline.page.guards import API, LOGIN, MCP, REST, refuse, route_of
from pipeline.page.guards.routes import network_of

TRIES_A_MINUTE = 10
"""From one address, of IPv6 one line, and from this machine: there the public link comes from."""
STARTED = f"{API}startup-events"
"""What Gradio asks of itself before anybody can have logged in; it tells nothing."""
TOO_MANY_TRIES = "There were too many tries to log in. Wait a minute, then try again."
NOT_IN = "Log in first: open the page, or give gradio_client the name and password as 'auth'."


class Login:
    """Middleware before everything that only users may ask.

    Args:
        app: What is served.
        users: Those who may log in; None lets everybody in.
    """

    def __init__(self, app: ASGIApp, users: Users | None) -> None:
        self.app = app
        self._users = users
        self._rates = MovingWindowRateLimiter(MemoryStorage())
        self._tries = RateLimitItemPerMinute(TRIES_A_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if scope["type"] != "http" or self._users is None:
            return await self.app(scope, receive, send)
        route = route_of(scope)
        is_try = route == LOGIN and scope["method"] == "POST"
        if is_try and not self._rates.hit(self._tries, network_of(scope) or ""):
            return await refuse(scope, receive, send, 429, TOO_MANY_TRIES, wait=60)
        # Gradio asks for a session itself, but not at each of its routes.
        if _wants_session(scope["method"], route) and not _is_in(scope):
            return await refuse(scope, receive, send, 401, NOT_IN)
        return await self.app(scope, receive, send)


class Doorkeeper:
    """Checks names and passwords for Gradio, one at a time: each takes 19 MiB.

    Args:
        users: Those who may log in.
    """

    def __init__(self, users: Users) -> None:
        self._users = users
        self._turn = asyncio.Lock()

    async def check(self, name: str, password: str) -> bool:
        """Whether to let somebody in."""
        async with self._turn:
            return await asyncio.to_thread(self._users.check, name, password)


def _wants_session(method: str, route: str) -> bool:
    return route.startswith((API, REST, MCP)) and route != STARTED and method != "OPTIONS"


def _is_in(scope: Scope) -> bool:
    """Whether the request carries the session of one who has logged in."""
    app = scope["app"]
    headers = (value for name, value in scope["headers"] if name == b"cookie")
    cookies: dict[str, str] = {}
    for header in headers:
        cookies |= cookie_parser(header.decode("latin-1"))
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(cookies.get(name) in app.tokens for name in names)
