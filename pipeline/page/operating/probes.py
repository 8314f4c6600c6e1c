"""Routes for whoever runs the page: `/healthz`, `/readyz`; with a token `/metrics`, `/reload`."""

from __future__ import annotations

import hmac
import logging

import anyio.to_thread
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.errors import LookalikeError
from pipeline.page.guards import RELOAD, refuse, route_of
from pipeline.page.operating.metrics import Metrics
from pipeline.page.operating.readiness import Readiness
from pipeline.recommender import LiveRecommender

log = logging.getLogger(__name__)

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
OPERATORS = frozenset({METRICS, RELOAD})
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
        recommender: What answers, and is reloaded.
        token: The operator's; None leaves the operator's routes out.
    """

    def __init__(
        self,
        app: ASGIApp,
        readiness: Readiness,
        metrics: Metrics,
        recommender: LiveRecommender,
        token: str | None,
    ) -> None:
        self.app = app
        self._recommender = recommender
        self._readiness = readiness
        self._metrics = metrics
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        route = route_of(scope) if scope["type"] == "http" else ""
        methods = {"POST"} if route == RELOAD else {"GET", "HEAD"}
        if route not in {HEALTH, READY, *OPERATORS} or scope["method"] not in methods:
            return await self.app(scope, receive, send)
        if route in OPERATORS and self._token is None:
            return await refuse(scope, receive, send, 404, NO_TOKEN)
        if route in OPERATORS and not self._has_token(scope):
            return await refuse(
                scope, receive, send, 401, WRONG_TOKEN, headers={"WWW-Authenticate": "Bearer"}
            )
        if route == RELOAD:
            return await self._reload(scope, receive, send)
        if route == READY and not self._readiness.is_ready:
            return await refuse(scope, receive, send, 503, NOT_READY, wait=5)
        answer: Response = JSONResponse({"status": "ok"}, headers=NO_STORE)
        if route == METRICS:
            text = await anyio.to_thread.run_sync(self._metrics.text)
            answer = Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=NO_STORE)
        await answer(scope, receive, send)

    async def _reload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have what changed answer, and tell which version does."""
        try:
            changed = await anyio.to_thread.run_sync(self._recommender.reload)
        except LookalikeError as error:
            return await refuse(scope, receive, send, 409, f"Nothing is taken over. {error}")
        except Exception:
            log.exception("What changed is not taken over")
            return await refuse(scope, receive, send, 500, "Nothing is taken over: see the log.")
        told = self._recommender.info()
        names = ("version", "made", "catalogue_version", "items")
        answer = {"changed": changed} | {name: told[name] for name in names}
        await JSONResponse(answer, headers=NO_STORE)(scope, receive, send)

    def _has_token(self, scope: Scope) -> bool:
        given = Headers(scope=scope).getlist("authorization")
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        wanted = (self._token or "").encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode("latin-1", "replace"), wanted
        )
