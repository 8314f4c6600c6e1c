"""The page answers only to its own names, so that no other site can pose as it (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.page.guards.refusal import refuse

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")


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
        # Gradio builds links from these, and keeps the first for everybody.
        if not all(self._names.know(host) for host in headers.getlist("x-forwarded-host")):
            del headers["x-forwarded-host"]
        del headers["x-gradio-server"]
        return await self.app(scope, receive, send)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
