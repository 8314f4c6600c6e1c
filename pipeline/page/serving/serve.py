"""Serving the page: Gradio's server, with the guards around it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
from gradio import routes
from starlette.middleware import Middleware

from pipeline.access import Users
from pipeline.errors import LookalikeError
from pipeline.events import EventLog
from pipeline.page.agents import AgentsDoor
from pipeline.page.folder import PageFolder
from pipeline.page.front import Front, ShareCards, Shop
from pipeline.page.guards import (
    SENTENCES,
    Callers,
    Events,
    HostNames,
    Hosts,
    Limits,
    Origins,
    Routes,
    SecurityHeaders,
    UploadLimits,
    Uploads,
)
from pipeline.page.operating import (
    Doorkeeper,
    Login,
    Metrics,
    Noting,
    Probes,
    Readiness,
    Responses,
    Watch,
)
from pipeline.page.page import QUERIES_AT_ONCE, THEME, build_page
from pipeline.page.rest import rest_door
from pipeline.page.serving.address import check_address, reach_directly
from pipeline.page.serving.connections import bounded_connections
from pipeline.recommender import LiveRecommender

ICON = Path(__file__).parent.parent / "look" / "icon.png"
MAX_UPLOAD = "40mb"
ORIGIN = re.compile(r"https?://[A-Za-z0-9.*-]+(:\d+)?")
ROOT_PATH = re.compile(r"/|(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+/?")
SESSIONS = 1000
"""How many callers Gradio remembers: anybody can make up more."""


@dataclass(frozen=True)
class Door:
    """Where the page is served, and to whom.

    Attributes:
        host: The address to listen on; None for ``GRADIO_SERVER_NAME``, else this machine alone.
        port: None for the first free one from 7860 on.
        share: Whether to open a public link too.
        allowed_hosts: Names that it answers to besides its own.
        embed: Origins that may show it in a frame.
        queries_a_minute: From one address that is not this machine's; 0 sets no limit.
        users: Those who may log in; None lets everybody in.
        operator_token: For the operator's routes; None leaves them out.
        root_path: The path under which a proxy serves the page, such as ``/lookalike``; None for
            ``GRADIO_ROOT_PATH``, else none.
        log_addresses: Whether the log tells who asked.
        mcp: Whether agents are served.

    Raises:
        LookalikeError: If it cannot listen there, an origin or a path is none, or the number is
            negative.
    """

    host: str | None = None
    port: int | None = None
    share: bool = False
    allowed_hosts: tuple[str, ...] = ()
    embed: tuple[str, ...] = ()
    queries_a_minute: int = 120
    users: Users | None = None
    operator_token: str | None = None
    root_path: str | None = None
    log_addresses: bool = False
    mcp: bool = False
    log_events: EventLog | None = None

    def __post_init__(self) -> None:
        check_address(self.listening, self.port)
        if self.queries_a_minute < 0:
            raise LookalikeError("Give --queries-a-minute a number of 1 or more, or 0 for any.")
        if self.root_path and not ROOT_PATH.fullmatch(self.root_path):
            raise LookalikeError(
                f"'{self.root_path[:100]}' is no path of the page. Give --root-path the path that "
                "the proxy serves it under, such as /lookalike."
            )
        for origin in self.embed:
            if not ORIGIN.fullmatch(origin):
                raise LookalikeError(
                    f"'{origin}' is no origin. Give --embed a scheme and a host, such as "
                    "https://shop.example."
                )

    @property
    def listening(self) -> str:
        """The address to listen on, with brackets around IPv6 as in a URL."""
        host = self.host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
        return f"[{host.strip('[]')}]" if ":" in host else host


@contextlib.contextmanager
def serving(
    recommender: LiveRecommender, door: Door, shop: Shop | None = None
) -> Iterator[tuple[str, str | None]]:
    """Serve the page for as long as the context lasts.

    Args:
        recommender: What answers.
        door: Where to serve it.
        shop: What it looks like; None for the page's own look.

    Yields:
        The page's address, and that of the public link if there is one.

    Raises:
        LookalikeError: If no port is free, or agents are to be served and cannot.
    """
    with PageFolder.made() as folder:
        # Where Gradio makes a folder for a part of it that is not served here.
        routes.DEFAULT_TEMP_DIR = str(folder.root)  # type: ignore[attr-defined]
        shop = shop or Shop()
        page = build_page(recommender, folder.pictures, shop, door.log_events is not None)
        uploads = Uploads(folder)
        events = Events(page, folder, uploads, QUERIES_AT_ONCE)
        metrics = Metrics(recommender, events.waiting)
        watch = Watch(page, metrics, door.log_addresses)
        readiness = Readiness(recommender)
        beside = (recommender, page, folder.pictures, events, watch)
        agents = AgentsDoor(*beside) if door.mcp else None
        names = HostNames(door.listening, door.allowed_hosts)
        guards = [
            Middleware(Responses, metrics=metrics),
            Middleware(SecurityHeaders, embed=door.embed),
            Middleware(Hosts, names=names),
            Middleware(Origins, embed=door.embed, logging_in=door.users is not None),
            Middleware(Routes, folder=folder, logging_in=door.users is not None, agents=door.mcp),
            Middleware(Limits, waiting=events.waiting, queries_a_minute=door.queries_a_minute),
            Middleware(
                Probes,
                readiness=readiness,
                metrics=metrics,
                recommender=recommender,
                token=door.operator_token,
            ),
            Middleware(Login, users=door.users),
            Middleware(Noting, events=door.log_events, recommender=recommender),
            Middleware(
                Front, page=page, shop=shop, cards=ShareCards(recommender, door.users is None)
            ),
            Middleware(UploadLimits, uploads=uploads),
            Middleware(Callers, events=events, uploads=uploads),
        ]
        served_by = {
            "routes": [rest_door(*beside), *([agents.route] if agents else [])],
            "middleware": guards,
            "lifespan": _lifespan(uploads, events, agents),
            "exception_handlers": SENTENCES,
        }
        try:
            urls = _launch(page, door, names, served_by)
            readiness.start()
            yield urls
        finally:
            readiness.end()
            page.close(verbose=False)


def _lifespan(
    uploads: Uploads, events: Events, agents: AgentsDoor | None
) -> Callable[[object], Any]:
    """What goes on for as long as the server runs, in Starlette's form."""

    @contextlib.asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        opened = agents.open() if agents else contextlib.nullcontext()
        async with uploads.kept_tidy(app), events.dropping_uncollected(), opened:
            yield

    return lifespan


def _launch(
    page: gr.Blocks, door: Door, names: HostNames, served_by: dict[str, Any]
) -> tuple[str, str | None]:
    reach_directly(door.listening)
    try:
        with bounded_connections():
            _, local_url, share_url = page.launch(
                server_name=door.listening,
                server_port=door.port,
                share=door.share,
                root_path=door.root_path.rstrip("/") if door.root_path is not None else None,
                # Gradio awaits it, though its types do not say so.
                auth=Doorkeeper(door.users).check if door.users else None,  # type: ignore[arg-type]
                theme=THEME,
                footer_links=[],
                favicon_path=ICON,
                max_file_size=MAX_UPLOAD,
                enable_monitoring=False,
                run_history=False,
                state_session_capacity=SESSIONS,
                # Either would serve some of it from another process, past the guards.
                ssr_mode=False,
                num_workers=0,
                quiet=True,
                prevent_thread_lock=True,
                app_kwargs=served_by,
            )
    except OSError as error:
        raise LookalikeError(
            f"The page cannot be served on port {door.port or 'any from 7860 on'}: it is taken. "
            "Choose another with --port, or leave the flag out."
        ) from error
    except Exception as error:
        # Gradio's own are of no class of their own.
        if not isinstance(error, httpx.HTTPError) and "localhost" not in str(error):
            raise
        raise LookalikeError(
            f"The page was started, but cannot be reached from this machine itself at "
            f"{door.listening}: a proxy or a firewall stands between. Have them let it through, or "
            "choose another address with --host."
        ) from error
    if share_url:
        names.add(urlsplit(share_url).hostname or "")
        # Else Gradio serves another page behind the link, whose scripts come from another host.
        page.share = False
    return local_url, share_url
