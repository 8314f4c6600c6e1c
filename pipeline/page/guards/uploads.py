"""Uploads: how much may come in, how long it is kept, and when it is removed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.page.folder import PageFolder
from pipeline.page.guards.refusal import refuse
from pipeline.page.guards.routes import API, SEARCH, is_form, route_of

MB = 2**20
MAX_FILE = 40 * MB
MAX_REQUEST = MAX_FILE + MB
"""Of the bytes of one request: a picture, and what a form adds to it."""
MAX_FILES = 10
"""Of the files of one upload."""
MAX_PARTS = 64
"""Of the files and parameters of one search."""
MAX_KEPT = 500 * MB
"""Of all uploads together, those under way included; likewise of the page's own pictures."""
MAX_KEPT_FILES = 2000
MAX_CLOSED = 1000
"""Pages of late that are known to be closed."""
KEPT_SECONDS = 30 * 60
"""From the last use of a file on."""
SWEEP_SECONDS = 20
IDLE_SECONDS = 15
UPLOAD_SECONDS = 300

# Gradio answers 413 to messages that say "maximum allowed size", and removes what came in.
TOO_LARGE = "The upload is over the maximum allowed size of 40 MB a request. Save it smaller."
TOO_MANY = f"One request may upload {MAX_FILES} files. Send the others in requests of their own."
TOO_MANY_PARTS = f"One form takes {MAX_PARTS} files and values, no more. Send fewer."
CUT_OFF = "The upload was cut off. Send it again."
TOO_SLOW = "The upload took too long. Save the picture smaller, or send it over a quicker line."
FULL = "The server holds as many uploads as it can. Try again in a minute."


class Uploads:
    """Who still needs which upload, so that each is removed as soon as nobody does.

    All of it happens on the server's event loop, so nothing here is locked.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: PageFolder) -> None:
        self._folder = folder
        self._unanswered: Counter[str] = Counter()
        self._shown: defaultdict[str, dict[int, set[str]]] = defaultdict(dict)
        self._closed: dict[str, None] = {}  # in the order of closing
        self._under_way = 0

    @contextlib.contextmanager
    def room_for(self, size: int) -> Iterator[bool]:
        """Keep room for an upload, at the cost of the oldest ones.

        Yields:
            Whether there is room.
        """
        fits = self._under_way + size <= MAX_KEPT
        if not fits:
            yield False
            return
        self._under_way += size
        try:
            trim(self._folder.uploads, MAX_KEPT - self._under_way, MAX_KEPT_FILES)
            yield True
        finally:
            self._under_way -= size

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
        before = self._shown[session].get(component, set())
        self._shown[session][component] = paths
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
                    _remove(Path(path))

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
        now = time.time()
        for folder in (self._folder.uploads, self._folder.pictures):
            for path, modified, _ in _files(folder):
                under_way = path.parent == self._folder.uploads  # Gradio moves them when whole
                if now - modified > (UPLOAD_SECONDS if under_way else KEPT_SECONDS):
                    _remove(path)
            trim(folder, MAX_KEPT, MAX_KEPT_FILES)


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
        is_search = route == SEARCH and is_form(scope)
        if route != f"{API}upload" and not is_search:
            return await self.app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() else MAX_REQUEST
        if size > MAX_REQUEST:
            return await refuse(scope, receive, send, 413, TOO_LARGE)
        with self._uploads.room_for(size) as fits:
            if not fits:
                return await refuse(scope, receive, send, 503, FULL, wait=60)
            most = (MAX_PARTS, TOO_MANY_PARTS) if is_search else (MAX_FILES, TOO_MANY)
            body = _Body(scope, receive, *most)
            await self.app(scope, body.receive, send if is_search else self._telling(send))

    def _telling(self, send: Send) -> Send:
        """Pass an answer on, and tell which files it says have been stored."""
        status = 0
        answer = bytearray()

        async def send_and_tell(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            answer.extend(message.get("body", b""))
            is_end = message["type"] == "http.response.body" and not message.get("more_body")
            if is_end and status == 200:
                self._uploads.arrived(json.loads(bytes(answer)))
            await send(message)

        return send_and_tell


class _Body:
    """The body of an upload. What it raises makes Gradio remove the files that it has begun."""

    def __init__(self, scope: Scope, receive: Receive, most: int, too_many: str) -> None:
        self._most, self._too_many = most, too_many
        content_type = Headers(scope=scope).get("content-type", "")
        boundary = content_type.partition("boundary=")[2].partition(";")[0].strip(' "')
        self._mark = f"--{boundary}".encode("latin-1", "replace")
        self._receive = receive
        self._deadline = time.monotonic() + UPLOAD_SECONDS
        self._tail = b""
        self._size = self._parts = 0

    async def receive(self) -> Message:
        """Give the next part of the body.

        Raises:
            MultiPartException: If it is too much, too slow or cut off.
        """
        try:
            patience = min(IDLE_SECONDS, self._deadline - time.monotonic())
            message = await asyncio.wait_for(self._receive(), max(0.0, patience))
        except TimeoutError:
            raise MultiPartException(TOO_SLOW) from None
        if message["type"] == "http.disconnect":
            raise MultiPartException(CUT_OFF)
        chunk = message.get("body", b"")
        self._size += len(chunk)
        if self._size > MAX_REQUEST:
            raise MultiPartException(TOO_LARGE)
        seen = self._tail + chunk
        self._parts += seen.count(self._mark)
        self._tail = seen[max(0, len(seen) - len(self._mark) + 1) :]
        if self._parts > self._most + 1:  # one more closes the form
            raise MultiPartException(self._too_many)
        return message


def trim(folder: Path, size: int, count: int) -> None:
    """Remove the oldest files of a folder until it keeps within a size and a number."""
    files = sorted(_files(folder), key=lambda file: file[1])
    total = sum(file[2] for file in files)
    for number, (path, _, length) in enumerate(files):
        if total <= size and len(files) - number <= count:
            break
        _remove(path)
        total -= length


def _files(folder: Path) -> list[tuple[Path, float, int]]:
    """The files of a folder and its subfolders, with when they were used and their bytes."""
    found = []
    for path in folder.glob("**/*"):
        with contextlib.suppress(OSError):
            stat = path.lstat()
            if not path.is_dir():
                found.append((path, stat.st_mtime, stat.st_size))
    return found


def _remove(path: Path) -> None:
    """Remove a file, and the folder of its own that Gradio made for it."""
    with contextlib.suppress(OSError):
        path.unlink()
        if path.parent.name not in ("uploads", "pictures"):
            path.parent.rmdir()
