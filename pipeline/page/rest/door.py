"""The door: `POST /api/search`, `GET /api/items/ID`, `GET /api/map`, described at `/api/docs`."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from pipeline.errors import DatabaseError, LookalikeError, QueryError
from pipeline.page.answers import FAILED, answer_record, item_record, public_error, public_text
from pipeline.page.api import files_address
from pipeline.page.guards import REST, Events, problem
from pipeline.page.operating import Watch
from pipeline.page.rest.description import ABOUT, ITEM, MAP, SEARCH, TITLE
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
            LookalikeError: _say_what_is_wrong,
            DatabaseError: _say_away,
            gr.Error: _say_busy,
        },
    )

    def find(named: dict[str, Any], root: str) -> dict[str, Any]:
        return answer_record(recommender.current.ask(Query(**named)), pictures, root)

    @app.post("/search", **SEARCH)
    async def search(request: Request) -> Response:
        with watch.query("search", request):
            async with parameters_of(request) as named, events.turn():
                try:
                    root = files_address(page, request)
                    return JSONResponse(await asyncio.to_thread(find, named, root))
                except LookalikeError:
                    raise
                except Exception as error:
                    log.exception("A query failed")
                    raise HTTPException(500, FAILED) from error

    @app.get("/items/{item:path}", **ITEM)
    def look_up(item: str, request: Request) -> Response:
        try:
            found = recommender.current.item(item)
        except QueryError as error:
            raise HTTPException(404, str(error)) from error
        root = files_address(page, request)
        return JSONResponse(found.record() | item_record(found, pictures, root))

    drawn = MapAnswer(recommender)

    @app.get("/map", **MAP)
    def draw(request: Request) -> Response:
        return drawn.answer(request)

    @app.get("/docs", include_in_schema=False)
    def describe() -> Response:
        # Addresses beside this one: they hold behind any proxy, and no other host is asked.
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=TITLE,
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url="docs/favicon-32x32.png",
            swagger_ui_parameters={"validatorUrl": None},
        )

    app.mount("/docs", StaticFiles(packages=[("fastapi_swagger", "resources")]))
    return Mount(REST.rstrip("/"), app=app)


async def _say(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LookalikeError):
        return problem(error.status_code, public_error(error.__cause__))
    is_known = error.status_code not in {404, 405} or error.__cause__ is not None
    return problem(error.status_code, public_text(error.detail) if is_known else NOTHING)


async def _say_what_is_wrong(_request: Request, error: Exception) -> Response:
    return problem(422, public_error(error))


async def _say_away(_request: Request, error: Exception) -> Response:
    return problem(503, public_error(error), {"Retry-After": "5"})


async def _say_busy(_request: Request, error: Exception) -> Response:
    return problem(503, str(getattr(error, "message", error)), {"Retry-After": "60"})
