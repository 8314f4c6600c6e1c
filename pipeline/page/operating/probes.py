"""Routes for whoever runs the page: `/healthz`, `/readyz` and, with a token, `/metrics`."""

from __future__ import annotations

import hmac

import anyio.to_thread
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.page.guards import refuse, route_of
from pipeline.page.operating.metrics import Metrics
from pipeline.page.operating.readiness import Readiness

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
OPERATORS = frozenset({METRICS})
"""The routes that want the operator's token."""
NOT_READY = "The page is not ready: it has not answered a picture of its own yet. Try again soon."
NO_TOKEN = "This route is the operator's. Start the page with --operator-token to have it served."
WRONG_TOKEN = "This route wants the operator's token: the header 'Authorization: Bearer TOKEN'."
NO_STORE = {"Cache-Control": "no-store"}


class Probes:
    """Middleware that answers these routes.

    Args:
        app: What is served.
        readiness: Whether the page can answer.
        metrics: What it did.
        token: The operator's; None leaves the operator's routes out.
    """

    def __init__(
        self, app: ASGIApp, readiness: Readiness, metrics: Metrics, token: str | None
    ) -> None:
        self.app = app
        self._readiness = readiness
        self._metrics = metrics
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        route = route_of(scope) if scope["type"] == "http" else ""
        if route not in {HEALTH, READY, *OPERATORS} or scope["method"] not in {"GET", "HEAD"}:
            return await self.app(scope, receive, send)
        if route in OPERATORS and self._token is None:
            return await refuse(scope, receive, send, 404, NO_TOKEN)
        if route in OPERATORS and not self._has_token(scope):
            return await refuse(
                scope, receive, send, 401, WRONG_TOKEN, headers={"WWW-Authenticate": "Bearer"}
            )
        if route == READY and not self._readiness.is_ready:
            return await refuse(scope, receive, send, 503, NOT_READY, wait=5)
        answer: Response = JSONResponse({"status": "ok"}, headers=NO_STORE)
        if route == METRICS:
            text = await anyio.to_thread.run_sync(self._metrics.text)
            answer = Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=NO_STORE)
        await answer(scope, receive, send)

    def _has_token(self, scope: Scope) -> bool:
        given = Headers(scope=scope).getlist("authorization")
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        wanted = (self._token or "").encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode("latin-1", "replace"), wanted
        )
