"""Noting: what visitors were shown, opened and kept, where whoever runs the page keeps a log."""

from __future__ import annotations

import logging
import re

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.errors import EventsError
from pipeline.events import KEPT, OPENED, SHOWN, EventLog
from pipeline.page.guards import EVENTS, is_own_origin, refuse, route_of
from pipeline.recommender import LiveRecommender

log = logging.getLogger(__name__)

MOST_EVENTS = 100
"""Of one request."""
_USER = re.compile(r"[0-9a-f]{32}")
_KINDS = frozenset({SHOWN, OPENED, KEPT})
_OWN_SITE = frozenset({"same-origin", "none"})
NOT_KEPT = "This page notes nothing of what its visitors do."
FOREIGN = "Only the page itself tells what its visitors do."
NO_EVENTS = (
    "These are no events. Give 'user', 32 hexadecimal digits, and 'events', at most "
    f"{MOST_EVENTS} lists of a kind ({', '.join(sorted(_KINDS))}) and the id of an item."
)
UNWRITTEN = "The events could not be noted."


class Noting:
    """Middleware that notes events: ids alone, under the random number of a browser.

    Args:
        app: What is served.
        events: The log; None for none.
        recommender: What knows the items: others are left out.
    """

    def __init__(self, app: ASGIApp, events: EventLog | None, recommender: LiveRecommender) -> None:
        self.app = app
        self._events = events
        self._live = recommender
        self._is_failing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the events of the request, or pass it on."""
        is_told = scope["type"] == "http" and scope["method"] == "POST"
        if not is_told or route_of(scope) != EVENTS:
            return await self.app(scope, receive, send)
        if self._events is None:
            return await refuse(scope, receive, send, 404, NOT_KEPT)
        if not _is_told_by_the_page(scope):
            return await refuse(scope, receive, send, 403, FOREIGN)
        told = _read(await Request(scope, receive).json())
        if told is None:
            return await refuse(scope, receive, send, 422, NO_EVENTS)
        user, events = told
        known = [(kind, item) for kind, item in events if self._has(item)]
        try:
            if known:
                await anyio.to_thread.run_sync(self._events.append, user, known)
        except EventsError as error:
            if not self._is_failing:
                log.warning("Events are not noted: %s", error)
            self._is_failing = True
            return await refuse(scope, receive, send, 503, UNWRITTEN, wait=60)
        self._is_failing = False
        await JSONResponse({"noted": len(known)})(scope, receive, send)

    def _has(self, item: str) -> bool:
        """Whether the catalogue has an item, whose id makes one row of a log."""
        return item.isprintable() and self._live.current.built.row_of(item) is not None


def _is_told_by_the_page(scope: Scope) -> bool:
    """Whether no other site's page has had a browser send it.

    Not every browser says at every address from which site a request comes; which page sends it,
    each says.
    """
    headers = Headers(scope=scope)
    is_json = headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    is_own_site = headers.get("sec-fetch-site", "same-origin") in _OWN_SITE
    return is_json and is_own_site and is_own_origin(scope)


def _read(told: object) -> tuple[str, list[tuple[str, str]]] | None:
    """Who did what, of what was sent; None where it is no events."""
    user, events = (told.get("user"), told.get("events")) if isinstance(told, dict) else (0, 0)
    if not isinstance(user, str) or not _USER.fullmatch(user):
        return None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        return None
    pairs = [
        (event[0], event[1])
        for event in events
        if isinstance(event, list)
        and len(event) == 2
        and all(isinstance(part, str) for part in event)
        and event[0] in _KINDS
    ]
    return (user, pairs) if len(pairs) == len(events) else None
