"""The door: `POST /mcp`, by which agents list the tools and call them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline import __version__
from pipeline.errors import LookalikeError
from pipeline.page.agents.tools import Tool, tools
from pipeline.page.answers import FAILED, public_error
from pipeline.page.api import files_address
from pipeline.page.guards import MCP, MCP_BODY, Events, TooLongTextError, refuse
from pipeline.page.operating import Watch
from pipeline.recommender import LiveRecommender

if TYPE_CHECKING:
    from mcp.server import ServerRequestContext
    from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult

log = logging.getLogger(__name__)

MISSING = (
    "Agents are served by a library that is not installed. Install it with: pip install -r "
    "requirements-agents.txt"
)
INSTRUCTIONS = (
    "A catalogue of garments that is searched by their looks. Search by a photo, by words in the "
    "catalogue's own language, or from an item; go on with 'more' and 'less', filter with 'where' "
    "by what 'facets' lists, or ask for the same in another colour with 'but'. Scores say how "
    "alike garments look, not how good they are."
)
ONLY_POST = "Agents ask here by POST, as the Model Context Protocol has it."


class AgentsDoor:
    """The door, to be served beside Gradio's routes, behind the same guards.

    Each request stands for itself: there are no sessions that callers could pile up.

    Args:
        recommender: What answers.
        page: The page, whose address the pictures have.
        pictures: Where the pictures of matches are kept.
        events: What gives each call its turn.
        watch: What notes each call.

    Raises:
        LookalikeError: If the library is not installed.
    """

    def __init__(
        self,
        recommender: LiveRecommender,
        page: gr.Blocks,
        pictures: Path,
        events: Events,
        watch: Watch,
    ) -> None:
        try:
            from mcp.server import Server
            from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
        except ImportError as error:
            raise LookalikeError(MISSING) from error
        self._page = page
        self._events = events
        self._watch = watch
        self._tools = {tool.name: tool for tool in tools(recommender, pictures)}
        server: Server[Any] = Server(
            "lookalike",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        # The page's own guards check whom it answers to.
        self._manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=MCP_BODY
        )
        self.route = Route(MCP, self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a call. There is no stream to listen to, which the protocol says by this status."""
        if scope["method"] != "POST":
            return await refuse(scope, receive, send, 405, ONLY_POST)
        await self._manager.handle_request(scope, receive, send)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Open for as long as the context lasts."""
        async with self._manager.run():
            yield

    async def _list(self, _context: ServerRequestContext[Any, Any], _: object) -> ListToolsResult:
        from mcp import types

        listed = [
            types.Tool(
                name=tool.name,
                description=tool.about,
                input_schema=tool.schema(),
                annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
            )
            for tool in self._tools.values()
        ]
        return types.ListToolsResult(tools=listed)

    async def _call(
        self, context: ServerRequestContext[Any, Any], call: CallToolRequestParams
    ) -> CallToolResult:
        request = context.request
        assert isinstance(request, Request), "every call comes by a request"
        try:
            if (tool := self._tools.get(call.name)) is None:
                raise LookalikeError(
                    f"There is no tool '{call.name[:60]}'. There are: {', '.join(self._tools)}."
                )
            with self._watch.query(f"mcp {tool.name}", request):
                return _told(await self._answer(tool, call.arguments or {}, request))
        except (LookalikeError, TooLongTextError) as error:
            return _refused(public_error(error))
        except gr.Error as error:
            return _refused(error.message)
        except Exception:
            log.exception("A query failed")
            return _refused(FAILED)

    async def _answer(self, tool: Tool, given: dict[str, Any], request: Request) -> dict[str, Any]:
        root = files_address(self._page, request)
        in_thread = partial(asyncio.to_thread, tool, given, root)
        return await self._events.in_turn(in_thread, request.is_disconnected)


def _told(answer: dict[str, Any]) -> CallToolResult:
    from mcp import types

    text = types.TextContent(text=json.dumps(answer, ensure_ascii=False))
    return types.CallToolResult(content=[text], structured_content=answer)


def _refused(sentence: str) -> CallToolResult:
    from mcp import types

    return types.CallToolResult(content=[types.TextContent(text=sentence)], is_error=True)
