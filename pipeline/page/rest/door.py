"""The door: searching, comparing, an item, the map; `/api/docs` describes its routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.errors import DatabaseError, LookalikeError, PictureError, QueryError
from pipeline.page.answers import FAILED, answer_record, item_record, public_error, public_text
from pipeline.page.api import files_address
from pipeline.page.guards import REST, Events, problem
from pipeline.page.operating import Watch
from pipeline.page.parameters import COMPARED, QUERY, Parameter
from pipeline.page.rest.description import ABOUT, COMPARE, ITEM, MAP, SEARCH, TITLE
from pipeline.page.rest.mapping import MapAnswer
from pipeline.page.rest.reading import parameters_of
from pipeline.recommender import LiveRecommender, Query

log = logging.getLogger(__name__)

NOTHING = "Nothing is served at this address."


def rest_door(
    recommender: LiveRecommender, page: gr.Blocks, pictures: Path, events: Events, watch: Watch
) -> Mount:
    """Make the door, to be mounted beside Gradio's routes, behind the same guards.

    Args:
        recommender: What answers.
        page: The page, whose address the pictures have.
        pictures: Where the pictures of matches are kept.
        events: What gives each query its turn.
        watch: What notes each query.
    """
    app = FastAPI(
        title=TITLE,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            HTTPException: _say,
            QueryError: _say_what_is_wrong,
            PictureError: _say_what_is_wrong,
            DatabaseError: _say_away,
            LookalikeError: _say_what_failed,
            gr.Error: _say_busy,
        },
    )
    app.router.route_class = _Route

    def matches(query: Query, root: str) -> dict[str, Any]:
        return answer_record(recommender.current.ask(query), pictures, root)

    def comparison(query: Query, root: str) -> dict[str, Any]:
        compared = recommender.current.compare(query)
        return compared.record(lambda answer: answer_record(answer, pictures, root))

    async def answer(
        request: Request,
        name: str,
        parameters: Sequence[Parameter],
        find: Callable[[Query, str], dict[str, Any]],
    ) -> Response:
        def found() -> dict[str, Any]:
            return find(Query(**named), files_address(page, request))

        with watch.query(name, request):
            async with parameters_of(request, parameters) as named:
                in_thread = partial(asyncio.to_thread, found)
                return JSONResponse(await events.in_turn(in_thread, request.is_disconnected))

    @app.post("/search", **SEARCH)
    async def search(request: Request) -> Response:
        return await answer(request, "search", QUERY, matches)

    @app.post("/compare", **COMPARE)
    async def compare(request: Request) -> Response:
        return await answer(request, "compare", COMPARED, comparison)

    @app.get("/items/{item:path}", **ITEM)
    def look_up(request: Request) -> Response:
        try:
            found = recommender.current.item(request.path_params["item"])
        except QueryError as error:
            raise HTTPException(404, str(error)) from error
        root = files_address(page, request)
        return JSONResponse(found.record() | item_record(found, pictures, root))

    drawn = MapAnswer(recommender)

    @app.get("/map", **MAP)
    def draw(request: Request) -> Response:
        return drawn.answer(request)

    app.get("/docs", include_in_schema=False)(_docs)
    app.mount("/docs", StaticFiles(packages=[("fastapi_swagger", "resources")]))
    return Mount(REST.rstrip("/"), app=_answering_head(app))


def _answering_head(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET: the server sends no body then, whatever there is."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await app({**scope, "method": method}, receive, send)

    return answer


def _docs() -> Response:
    # Addresses beside this one: they hold behind any proxy, and no other host is asked.
    return get_swagger_ui_html(
        openapi_url="openapi.json",
        title=TITLE,
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="docs/favicon-32x32.png",
        swagger_ui_parameters={"validatorUrl": None},
    )


class _Route(APIRoute):
    """A route whose faults have the form of its other errors, and their stack in the log."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        answer = super().get_route_handler()

        async def answer_or_say(request: Request) -> Response:
            try:
                return await answer(request)
            except (HTTPException, LookalikeError, gr.Error):
                raise
            except Exception as error:
                log.exception("A query failed")
                raise HTTPException(500, FAILED) from error

        return answer_or_say


async def _say(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LookalikeError):
        return problem(error.status_code, public_error(error.__cause__))
    if error.status_code == 405 and error.headers:
        return problem(405, f"Ask here by {error.headers['Allow']}.", error.headers)
    is_known = error.status_code != 404 or error.__cause__ is not None
    return problem(error.status_code, public_text(error.detail) if is_known else NOTHING)


async def _say_what_is_wrong(_request: Request, error: Exception) -> Response:
    return problem(422, public_error(error))


async def _say_what_failed(_request: Request, error: Exception) -> Response:
    log.error("A query failed", exc_info=error)
    return problem(500, public_error(error))


async def _say_away(_request: Request, error: Exception) -> Response:
    return problem(503, public_error(error), {"Retry-After": "5"})


async def _say_busy(_request: Request, error: Exception) -> Response:
    return problem(503, str(getattr(error, "message", error)), {"Retry-After": "60"})
