"""The front: the page's head, with its style and script, and what a shared link shows of it."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import anyio.to_thread
import gradio as gr
from gradio.route_utils import get_root_url
from starlette.datastructures import MutableHeaders, QueryParams
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.front.look import library, script, style, version_of
from pipeline.page.front.shared import MAX_ITEM, ShareCards
from pipeline.page.front.shop import Shop
from pipeline.page.guards.routes import D3, LOOK, SHARE, route_of

KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Of files whose address changes with them."""
PICTURE_KEPT = {"Cache-Control": "public, max-age=3600"}
DESCRIPTION = "Give a photo of a garment and see what looks most like it."
# Gradio's own: its name, a literal `{url}` and a picture on another host.
_FOREIGN = re.compile(
    r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
    r'|<link rel="manifest"[^>]*>|<title>.*?</title>',
    re.DOTALL,
)


class Front:
    """Middleware that completes the page's head and serves what it names.

    Args:
        app: What is served.
        page: The page.
        shop: What it looks like.
        cards: What shared links show.
    """

    def __init__(self, app: ASGIApp, page: gr.Blocks, shop: Shop, cards: ShareCards) -> None:
        self.app = app
        self._page = page
        self._shop = shop
        self._cards = cards
        self._files = {
            f"{LOOK}page.css": (style(shop), "text/css"),
            f"{LOOK}page.js": (script(), "text/javascript"),
        }
        # Fetched when the map is opened, and not before.
        self._later = {f"{LOOK}{D3}": (library(D3), "text/javascript")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        route = route_of(scope) if scope["type"] == "http" else ""
        if served := self._files.get(route) or self._later.get(route):
            text, kind = served
            answer = GZipMiddleware(Response(text, media_type=kind, headers=KEPT))
            return await answer(scope, receive, send)
        item = QueryParams(scope.get("query_string", b"")).get("item", "")[:MAX_ITEM]
        if route == SHARE:
            picture = await anyio.to_thread.run_sync(self._cards.picture, item)
            shown = Response(picture, media_type="image/png", headers=PICTURE_KEPT)
            return await shown(scope, receive, send)
        if scope["type"] != "http" or route != "":
            return await self.app(scope, receive, send)
        head = await anyio.to_thread.run_sync(self._head, scope, item)
        await self.app(scope, receive, _completed(send, head))

    def _head(self, scope: Scope, item: str) -> str:
        """What stands in the page's head, for the item that its address names, if any."""
        root = get_root_url(Request(scope), "/", self._page.root_path)
        name = self._cards.name(item) if item else None
        title = f"{name} · {self._shop.title}" if name else self._shop.title
        description = f"See {name} and what looks most like it." if name else DESCRIPTION
        query = f"?item={quote(item, safe='')}" if name else ""
        tags = {
            "og:type": "website",
            "og:site_name": self._shop.title,
            "og:title": title,
            "og:description": description,
            "og:url": f"{root}/{query}",
            "og:image": f"{root}{SHARE}{query}",
            "twitter:card": "summary_large_image",
        }
        metas = [
            f'<meta {"name" if key.startswith("twitter") else "property"}="{key}" '
            f'content="{html.escape(value)}">'
            for key, value in tags.items()
        ]
        files = {
            route: f"{root}{route}?v={version_of(text)}" for route, (text, _) in self._files.items()
        }
        return "\n".join(
            [
                f"<title>{html.escape(title)}</title>",
                f'<meta name="description" content="{html.escape(description)}">',
                *metas,
                f'<link rel="icon" href="{root}/favicon.ico">',
                f'<link rel="stylesheet" href="{html.escape(files[f"{LOOK}page.css"])}">',
                f'<script defer src="{html.escape(files[f"{LOOK}page.js"])}"></script>',
            ]
        )


def _completed(send: Send, head: str) -> Send:
    """Pass the page on, with its head completed; anything else as it is."""
    start: Message = {}
    page = bytearray()

    async def send_completed(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            is_page = MutableHeaders(scope=message).get("content-type", "").startswith("text/html")
            start = message if is_page else {}
            if is_page:
                return
        elif start:
            page.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            # At its end, after Gradio's own style.
            text = _FOREIGN.sub("", page.decode()).replace("</head>", f"{head}\n</head>", 1)
            body = text.encode()
            MutableHeaders(scope=start)["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        await send(message)

    return send_completed
