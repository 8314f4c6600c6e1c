"""Uploads: how much may come in, how long it is kept, and when it is removed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from weakref import WeakValueDictionary

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.folder import PageFolder
from pipeline.page.guards.arriving import (
    FULL,
    MAX_FILES,
    MAX_PARTS,
    MAX_REQUEST,
    MB,
    TOO_LARGE,
    TOO_MANY,
    TOO_MANY_PARTS,
    UPLOAD_SECONDS,
    Body,
)
from pipeline.page.guards.refusal import refuse
from pipeline.page.guards.routes import API, SEARCHES, is_form, network_of, route_of
from pipeline.page.trimming import remove, remove_old, trim

MAX_KEPT = 500 * MB
"""Of all uploads together, those under way included; likewise of the page's own pictures."""
MAX_KEPT_FILES = 2000
STEP = 8 * MB
"""Of what has arrived, after which room is made for as much again."""
AT_ONCE = 6
"""Uploads under way from one address: of 40 MB each not half of what all may bring."""
TURN_SECONDS = 4
"""For which a further one waits: httpx, and Gradio's client with it, gives up after 5."""
MAX_CLOSED = 1000
"""Pages of late that are known to be closed."""
MAX_SHOWING = 1000
"""Pages that are known to show uploads; those of others go by their age."""
KEPT_SECONDS = 30 * 60
"""From the last use of a file on."""
SWEEP_SECONDS = 20

TOO_MANY_AT_ONCE = f"Your address has {AT_ONCE} uploads under way. Wait until one has arrived."


class Uploads:
    """Who still needs which upload, so that each is removed as soon as nobody does.

    All of it happens on the server's event loop, so nothing here is locked.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: PageFolder) -> None:
        self._folder = folder
        self._unanswered: Counter[str] = Counter()
        self._shown: dict[str, dict[int, set[str]]] = {}  # in the order of showing
        self._closed: dict[str, None] = {}  # in the order of closing
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        # Bytes that have arrived: of those under way, and of these what is not in the folder.
        self._under_way = self._elsewhere = self._since_trimmed = 0

    async def may_begin(self, address: str | None, turn: contextlib.ExitStack) -> bool:
        """Wait until an address has fewer uploads under way than it may.

        Args:
            address: What counts as one; None for this machine, which waits for nothing.
            turn: What it closes when the upload has arrived.

        Returns:
            Whether the upload may begin.
        """
        if address is None:
            return True
        turns = self._turns.setdefault(address, asyncio.Semaphore(AT_ONCE))
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await turns.acquire()
        except TimeoutError:
            return False
        turn.callback(turns.release)
        return True

    def has_room(self, size: int) -> bool:
        """Whether an upload of a size fits beside what has arrived of those under way."""
        return self._under_way + size <= MAX_KEPT

    @contextlib.contextmanager
    def arriving(self, elsewhere: bool) -> Iterator[Callable[[int], None]]:
        """Keep room for what arrives of an upload, not for what it declares, at the oldest's cost.

        Args:
            elsewhere: Whether it is kept elsewhere than in the folder of uploads.

        Yields:
            What is told of arriving bytes; it raises a MultiPartException if they do not fit.
        """
        arrived = 0

        def take(length: int) -> None:
            nonlocal arrived
            if not self.has_room(length):
                raise MultiPartException(FULL)
            arrived += length
            self._under_way += length
            self._elsewhere += elsewhere * length
            self._since_trimmed += length
            if self._since_trimmed >= STEP:
                self._make_room()

        self._make_room()
        try:
            yield take
        finally:
            self._under_way -= arrived
            self._elsewhere -= elsewhere * arrived

    def _make_room(self) -> None:
        self._since_trimmed = 0
        trim(self._folder.uploads, MAX_KEPT - STEP - self._elsewhere, MAX_KEPT_FILES)

    def arrived(self, paths: Iterable[str]) -> None:
        """Two callers who upload the same picture are given the same file."""
        self._unanswered.update(paths)

    def answered(self, paths: set[str]) -> None:
        """An event of the API is over: what it was about goes."""
        self._settle(paths)
        self._drop(paths)

    def shown(self, session: str, component: int, paths: set[str]) -> None:
        """A page shows these from now on in one of its components, and no longer what it did."""
        if session in self._closed:
            self.answered(paths)
            return
        by_component = self._shown.pop(session, {})
        before = by_component.pop(component, set())
        # Anybody can make up sessions, and never close them.
        if shown := by_component | ({component: paths} if paths else {}):
            self._shown[session] = shown
        if len(self._shown) > MAX_SHOWING:
            del self._shown[next(iter(self._shown))]
        self._settle(paths - before)
        self._drop(before - paths)

    def came(self, session: str) -> None:
        """A page was opened, or found its server again."""
        self._closed.pop(session, None)

    def left(self, session: str) -> None:
        """A page was closed; what it has asked for may still be under way."""
        self._closed[session] = None
        if len(self._closed) > MAX_CLOSED:
            del self._closed[next(iter(self._closed))]
        for paths in self._shown.pop(session, {}).values():
            self._drop(paths)

    def _settle(self, paths: set[str]) -> None:
        for path in paths:
            self._unanswered[path] = max(0, self._unanswered[path] - 1)

    def _drop(self, paths: set[str]) -> None:
        in_use = {path for by in self._shown.values() for shown in by.values() for path in shown}
        for path in paths - in_use:
            if self._unanswered[path] <= 0:
                del self._unanswered[path]
                if Path(path).is_relative_to(self._folder.uploads):
                    remove(Path(path))

    @contextlib.asynccontextmanager
    async def kept_tidy(self, _app: object) -> AsyncIterator[None]:
        """Remove what is old for as long as the server runs; Starlette's form of a lifespan."""

        async def tidy() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                await asyncio.to_thread(self._sweep)
                kept = {path for path in self._unanswered if Path(path).exists()}
                self._unanswered = Counter({path: self._unanswered[path] for path in kept})

        task = asyncio.create_task(tidy())
        try:
            yield
        finally:
            task.cancel()

    def _sweep(self) -> None:
        for folder in (self._folder.uploads, self._folder.pictures):
            remove_old(folder, KEPT_SECONDS)
        # Those under way: Gradio moves them to folders of their own when they are whole.
        remove_old(self._folder.uploads, UPLOAD_SECONDS, "*")
        trim(self._folder.uploads, MAX_KEPT - self._elsewhere, MAX_KEPT_FILES)
        trim(self._folder.pictures, MAX_KEPT, MAX_KEPT_FILES)


class UploadLimits:
    """Middleware that limits one request for an upload, and tells what has arrived.

    Args:
        app: What is served.
        uploads: What is told.
    """

    def __init__(self, app: ASGIApp, uploads: Uploads) -> None:
        self.app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        route = route_of(scope) if scope["type"] == "http" else ""
        is_search = route in SEARCHES and is_form(scope)
        if route != f"{API}upload" and not is_search:
            return await self.app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() else MAX_REQUEST
        if size > MAX_REQUEST:
            return await refuse(scope, receive, send, 413, TOO_LARGE)
        with contextlib.ExitStack() as turn:
            if not await self._uploads.may_begin(network_of(scope), turn):
                return await refuse(scope, receive, send, 429, TOO_MANY_AT_ONCE, wait=10)
            if not self._uploads.has_room(size):
                return await refuse(scope, receive, send, 503, FULL, wait=60)
            most = (MAX_PARTS, TOO_MANY_PARTS) if is_search else (MAX_FILES, TOO_MANY)
            with self._uploads.arriving(elsewhere=is_search) as take:
                body = Body(scope, receive, most, take, turn.close)
                told = send if is_search else self._telling(send, body)
                await self.app(scope, body.receive, told)

    def _telling(self, send: Send, body: Body) -> Send:
        """Pass an answer on, and tell which files it says have been stored."""
        status = 0
        answer = bytearray()

        async def send_and_tell(message: Message) -> None:
            nonlocal status
            if message.get("status") == 400 and body.status is not None:
                # So Gradio answers whatever the body raises, be it too slow or the server full.
                message = {**message, "status": body.status}
            status = message.get("status", status)
            answer.extend(message.get("body", b""))
            is_end = message["type"] == "http.response.body" and not message.get("more_body")
            if is_end and status == 200:
                self._uploads.arrived(json.loads(bytes(answer)))
            await send(message)

        return send_and_tell
