"""Only what the page and its API need is served; all else that Gradio offers is refused."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.page.folder import PageFolder
from pipeline.page.guards.refusal import refuse

API = "/gradio_api/"
FILE = f"{API}file="
REST = "/api/"
SEARCH, COMPARE = f"{REST}search", f"{REST}compare"
SEARCHES = (SEARCH, COMPARE)
EVENTS = f"{REST}events"
LOGIN, LOGOUT = "/login", "/logout"
RELOAD = "/reload"
MCP = "/mcp"
LOOK = "/look/"
SHARE = f"{LOOK}share.png"
"""What other sites show of a link to the page, or to an item of it."""
D3 = "d3-zoom-3.0.1.js"
"""Pans and zooms the map; its name changes with it, since browsers keep it."""

_NAME = r"[^/]+"
_ROUTES = {
    # The page itself and what it is made of.
    "GET": (
        "",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/robots.txt",
        f"{LOOK}(page.css|page.js|{D3}|share.png)",
        "/(assets|static)/.+",
        # Whoever runs it: pipeline/page/operating/probes.py.
        "/(healthz|readyz|metrics)",
        # The API: what there is, answers, and the pictures of answers.
        f"{API}(info|openapi.json|startup-events|theme.css)",
        f"{API}(upload_progress|queue/data|queue/status|heartbeat/{_NAME})",
        f"{API}call/(v2/)?{_NAME}/{_NAME}",
        f"{FILE}.+",
        # The plain door, and its description: pipeline/page/rest/.
        f"{REST}(items/.+|map|docs|openapi.json)",
        f"{REST}docs/(swagger-ui-bundle.js|swagger-ui.css|favicon-32x32.png)",
    ),
    "POST": (
        f"{API}(upload|queue/join|cancel|reset)",
        f"{API}call/(v2/)?{_NAME}",
        f"{API}(run|api)/{_NAME}",
        *SEARCHES,
        # What visitors do, where it is noted: pipeline/page/operating/noting.py.
        EVENTS,
        RELOAD,
    ),
}
_SERVED = {method: re.compile("|".join(routes)) for method, routes in _ROUTES.items()}
_LOGGING_IN = frozenset({("POST", LOGIN), ("GET", LOGOUT)})
_AGENTS = frozenset({("POST", MCP), ("GET", MCP)})
"""What is asked by GET is answered that there is no stream, as the protocol has it."""
_ASKED_AS = {"HEAD": ("GET",), "OPTIONS": ("GET", "POST")}


class Routes:
    """Middleware that lets only listed routes through, and only files of the page's folder.

    Args:
        app: What is served.
        folder: What callers may have opened.
        logging_in: Whether the page has users, who log in and out.
        agents: Whether agents are served.
    """

    def __init__(
        self, app: ASGIApp, folder: PageFolder, logging_in: bool = False, agents: bool = False
    ) -> None:
        self.app = app
        self._folder = folder
        self._further = (_LOGGING_IN if logging_in else frozenset()) | (
            _AGENTS if agents else frozenset()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        route = route_of(scope)
        if scope["type"] != "http" or not self._is_served(scope["method"], route):
            return await self._turn_away(scope, receive, send, self._methods_of(route))
        _, is_file, path = route.partition(FILE)
        if is_file and not self._folder.holds(path):
            return await refuse(
                scope, receive, send, 403, "There is no such picture here, or it is kept no longer."
            )
        # What is served is small, and asked whole: Gradio answers to a part with the headers that
        # came with the request, its cookies among them, and fails at parts that are odd.
        del MutableHeaders(scope=scope)["range"]
        return await self.app(scope, receive, send)

    async def _turn_away(
        self, scope: Scope, receive: Receive, send: Send, methods: Sequence[str]
    ) -> None:
        """Refuse a request whose method serves nothing there, and tell which does, if any."""
        if scope["type"] != "http" or not methods:
            return await refuse(scope, receive, send, 404, "Nothing is served at this address.")
        allowed = {"Allow": ", ".join(methods)}
        sentence = f"Ask here by {' or '.join(methods)}."
        return await refuse(scope, receive, send, 405, sentence, headers=allowed)

    def _methods_of(self, route: str) -> list[str]:
        """The methods by which the plain door serves a route; other routes are nobody's to try.

        Nor is that of events, which is served only where they are noted.
        """
        if not route.startswith(REST) or route == EVENTS:
            return []
        return [method for method in _ROUTES if self._is_served(method, route)]

    def _is_served(self, method: str, route: str) -> bool:
        if (method, route) in self._further:
            return True
        methods = _ASKED_AS.get(method, (method,))
        return any(name in _SERVED and _SERVED[name].fullmatch(route) for name in methods)


def route_of(scope: Scope) -> str:
    """The path that was asked for, without a proxy's prefix or a slash at its end."""
    path: str = scope["path"]
    prefix = scope.get("root_path", "").rstrip("/")
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        path = path[len(prefix) :]
    return path if FILE in path else path.rstrip("/")


def is_form(scope: Scope) -> bool:
    """Whether a request carries a form, in which files may be."""
    return Headers(scope=scope).get("content-type", "").lower().startswith("multipart/")


def network_of(scope: Scope) -> str | None:
    """What counts as one address: all of an IPv6 line; None for this machine's own."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return str(client[0]) if client else None
    if address is None or address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return None if address.ipv4_mapped.is_loopback else str(address.ipv4_mapped)
    return str(address)
