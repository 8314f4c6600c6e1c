"""The page answers only to its own names, so that no other site can pose as it (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.page.guards.refusal import refuse

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
_SCHEME = re.compile(r"https?://")
_NAMED_BY = ("host", "x-forwarded-host")


class HostNames:
    """The names that the page answers to.

    Args:
        listening: The address that the server listens on.
        allowed: Further names; ``*.example.com`` stands for all under it, ``*`` for all there are.
    """

    def __init__(self, listening: str, allowed: Iterable[str] = ()) -> None:
        listening = listening.strip("[]").lower()
        self._any_address = listening in EVERY_ADDRESS
        self._names = {*LOOPBACK, listening, *(name.lower() for name in allowed)}
        if self._any_address:
            own = socket.gethostname().lower()
            self._names |= {own, f"{own}.local"}
        if space := os.environ.get("SPACE_HOST"):
            self._names |= {space.lower(), "*.hf.space"}

    def add(self, name: str) -> None:
        """Answer to another name too, such as that of the public link."""
        self._names.add(name.lower())

    def know(self, header: str) -> bool:
        """Whether a Host header, with or without a port, is one of the page's names.

        An address is no name: no site's name can be made to lead to it. So where the page listens
        on every address, it answers to each.
        """
        if not (found := _HOST.fullmatch(header.strip())):
            return False
        name = found[1].strip("[]").lower().rstrip(".")
        if {name, "*"} & self._names or (self._any_address and _is_address(name)):
            return True
        return any(name.endswith(known[1:]) for known in self._names if known.startswith("*."))


class Hosts:
    """Middleware that refuses requests to other names than the page's own."""

    def __init__(self, app: ASGIApp, names: HostNames) -> None:
        self.app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = MutableHeaders(scope=scope)
        given = headers.getlist("host")
        if len(given) != 1 or not self._names.know(given[0]):
            return await refuse(
                scope,
                receive,
                send,
                421,
                "This page does not answer to that name. If the name is yours, start the page with "
                "--allowed-host and the name.",
            )
        # Another spelling of a name is another site to browsers, and to what Gradio compares.
        headers["host"] = _plain(given[0])
        # Gradio builds links from these, and keeps the first for everybody.
        forwarded = headers.getlist("x-forwarded-host")
        del headers["x-forwarded-host"]
        if forwarded and all(map(self._names.know, forwarded)):
            headers["x-forwarded-host"] = _plain(forwarded[0])
        del headers["x-gradio-server"]
        return await self.app(scope, receive, send)


def is_own_origin(scope: Scope) -> bool:
    """Whether a request comes from the page itself, or from a program.

    Browsers say of what page a request is, unless it only looks; programs say nothing. The names
    that count as the page's own are those that `Hosts` has let through.
    """
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site") == "same-origin":
        return True  # no page can say so itself; a proxy may have changed the host's name
    own = {_address(host) for name in _NAMED_BY for host in headers.getlist(name)}
    return all(
        _SCHEME.match(origin) is not None and _address(_SCHEME.sub("", origin, count=1)) in own
        for origin in headers.getlist("origin")
    )


def _plain(host: str) -> str:
    """A name as it is usually written: in small letters, without the dot that may end it."""
    found = _HOST.fullmatch(host.strip())
    return f"{found[1].lower().rstrip('.')}{found[2] or ''}" if found else host


def _address(host: str) -> str:
    """A name with its port, which is left out where the scheme says it."""
    plain = _plain(host)
    return plain.removesuffix(":80").removesuffix(":443")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
