"""What a browser is told about the page: what it may load, and who may show it in a frame."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.guards.routes import FILE, route_of

SPACE_FRAMES = ("https://huggingface.co", "https://*.hf.space")
"""Who shows a Space in a frame: the hub."""
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FILE_POLICY = "default-src 'none'; sandbox"
"""A picture opened by itself runs nothing, whatever it is."""


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


async def _send_page(send: Send, start: Message, page: bytes, nonce: str) -> None:
    """Send the page with its scripts marked: data in it holds no ``<``, which Gradio escapes."""
    page = page.replace(b"<script", f'<script nonce="{nonce}"'.encode())
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(page))
    headers["cache-control"] = "no-store"
    await send(start)
    await send({"type": "http.response.body", "body": page})
