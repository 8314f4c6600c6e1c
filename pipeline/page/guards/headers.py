"""What a browser is told about the page: what it may load, who may frame it, who may ask it."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from fnmatch import fnmatchcase

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.guards.hosts import is_own_origin
from pipeline.page.guards.refusal import refuse
from pipeline.page.guards.routes import FILE, route_of

SPACE_FRAMES = ("https://huggingface.co", "https://*.hf.space")
"""Who shows a Space in a frame: the hub."""
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ASKED_BY = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, X-Gradio-User",
    "Access-Control-Max-Age": "600",
}
"""How a site that may show the page in a frame may ask it; never with its visitors' logins."""
FOREIGN = (
    "Another site's page may not ask here. If the site is yours, start the page with --embed and "
    "its origin, such as https://shop.example."
)
FILE_POLICY = "default-src 'none'; sandbox"
"""A picture opened by itself runs nothing, whatever it is."""

_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$", re.IGNORECASE)
"""How an encoding is named that is not to be sent."""


class SecurityHeaders:
    """Middleware that sets the headers, and marks the page's own scripts as its own.

    Args:
        app: What is served.
        embed: Origins that may show the page in a frame, such as ``https://shop.example``.
    """

    def __init__(self, app: ASGIApp, embed: Iterable[str] = ()) -> None:
        self.app = app
        self._frames = " ".join([*embed, *(SPACE_FRAMES if os.environ.get("SPACE_ID") else ())])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request with the headers in its answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        nonce = secrets.token_urlsafe(16)
        is_file = route_of(scope).startswith(FILE)
        start: Message = {}
        page = bytearray()

        async def send_with_headers(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(PLAIN)
                headers["Content-Security-Policy"] = FILE_POLICY if is_file else self._policy(nonce)
                if not self._frames:
                    _keep_to_the_site(headers)
                    headers["X-Frame-Options"] = "DENY"
                if not headers.get("content-type", "").startswith("text/html"):
                    return await send(message)
                start = message
            elif not start:
                await send(message)
            else:
                page.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await _send_page(send, start, bytes(page), nonce)

        return await self.app(scope, receive, send_with_headers)

    def _policy(self, nonce: str) -> str:
        rules = {
            "default-src": "'none'",
            # Gradio's gr.HTML makes functions from its templates, which only we write.
            "script-src": f"'self' 'nonce-{nonce}' 'unsafe-eval'",
            # Gradio's components style themselves in place.
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "media-src": "'self' blob:",
            "font-src": "'self' data:",
            "connect-src": "'self'",
            "worker-src": "'self' blob:",
            "manifest-src": "'self'",
            "base-uri": "'self'",
            "form-action": "'none'",
            "frame-ancestors": self._frames or "'none'",
        }
        return "; ".join(f"{rule} {value}" for rule, value in rules.items())


class Encodings:
    """Middleware that forgets the encodings that a caller names to refuse them.

    Gradio and Starlette send what is named, however it is named.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            named = ",".join(headers.getlist("accept-encoding")).split(",")
            headers["accept-encoding"] = ",".join(
                encoding for encoding in named if not _REFUSED.search(encoding)
            )
        await self.app(scope, receive, send)


class Origins:
    """Middleware that lets no other site's page read what is answered, but those named.

    Args:
        app: What is served.
        embed: Origins that may ask, and read what is answered to anybody.
        logging_in: Whether the page has users, by whose logins another site must not even ask.
    """

    def __init__(self, app: ASGIApp, embed: Iterable[str] = (), logging_in: bool = False) -> None:
        self.app = app
        self._embed = [origin.lower() for origin in embed]
        self._logging_in = logging_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        may_read = any(fnmatchcase(origin, known) for known in self._embed)
        is_preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        may_ask = may_read or is_own_origin(scope)
        if not may_ask and (is_preflight or self._logging_in):
            return await refuse(scope, receive, send, 403, FOREIGN)
        told = self._telling(send, origin if may_read else None)
        if is_preflight:
            return await Response(status_code=204, headers=ASKED_BY)(scope, receive, told)
        return await self.app(scope, receive, told)

    def _telling(self, send: Send, reader: str | None) -> Send:
        """Pass an answer on, and tell which site may read it."""

        async def send_and_tell(message: Message) -> None:
            if self._embed and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if reader is not None:
                    headers["Access-Control-Allow-Origin"] = reader
            await send(message)

        return send_and_tell


def _keep_to_the_site(headers: MutableHeaders) -> None:
    """Have browsers send no cookie with what another site asks, as Gradio would have them do."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cookie.replace("SameSite=none", "SameSite=lax"))


async def _send_page(send: Send, start: Message, page: bytes, nonce: str) -> None:
    """Send the page with its scripts marked: data in it holds no ``<``, which Gradio escapes."""
    page = page.replace(b"<script", f'<script nonce="{nonce}"'.encode())
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(page))
    headers["cache-control"] = "no-store"
    await send(start)
    await send({"type": "http.response.body", "body": page})
