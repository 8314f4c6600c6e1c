"""A shop's server of pictures, which answers as servers do that are slow, wrong or hostile."""

from __future__ import annotations

import contextlib
import gzip
import io
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image, ImageDraw

COLOURS = ("red", "green", "blue", "black", "orange", "purple")


def picture(name: str) -> bytes:
    """A PNG that belongs to a name, such as ``red-disc``; the same bytes every time."""
    colour, _, shape = name.partition("-")
    image = Image.new("RGB", (48, 48), "white")
    draw = ImageDraw.Draw(image)
    (draw.ellipse if shape == "disc" else draw.rectangle)((8, 8, 40, 40), fill=colour)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


class ShopServer:
    """The server; use `serving` as a context.

    Attributes:
        asked: How often each path was asked for.
        unchanged: How often a picture was asked about that had not changed.
        changed: The names of pictures that are another's from now on.
        most_at_once: How many requests were under way together at most.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.unchanged = 0
        self.changed: dict[str, str] = {}
        self.most_at_once = 0
        self._under_way = 0
        self._counting = threading.Lock()

    @contextlib.contextmanager
    def serving(self) -> Iterator[ShopServer]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with shop._counted(self.path), contextlib.suppress(OSError):
                    shop._answer(self)

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # the caller has gone
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        """Where something lies: ``ok/red-disc.png`` is a picture, others what their names say."""
        return f"http://{host}:{self.port}/{path}"

    @contextlib.contextmanager
    def _counted(self, path: str) -> Iterator[None]:
        with self._counting:
            self.asked[path.lstrip("/")] += 1
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        kind, _, name = request.path.lstrip("/").partition("/")
        answer = getattr(self, "_" + kind.partition(".")[0].replace("-", "_"), None)
        if answer is None:
            _send(request, b"not here", 404)
        else:
            answer(request, name.partition(".")[0])

    def _ok(self, request: BaseHTTPRequestHandler, name: str) -> None:
        content = picture(self.changed.get(name, name))
        tag = f'"{hash(content):x}"'
        if request.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            request.send_response(304)
            request.end_headers()
            return
        _send(request, content, 200, {"ETag": tag})

    def _odd(self, request: BaseHTTPRequestHandler, name: str) -> None:
        said = {"ETag": '"\u00e9"', "Last-Modified": "m\u00e4rz"}
        _send(request, picture(self.changed.get(name, name)), 200, said)

    def _busy_oddly(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _send(request, b"", 503, {"Retry-After": "\u00b2"})

    def _wait(self, request: BaseHTTPRequestHandler, name: str) -> None:
        time.sleep(0.03)
        _send(request, picture(name))

    def _mistyped(self, request: BaseHTTPRequestHandler, name: str) -> None:
        _send(request, picture(name), 200, {"Content-Type": "text/html"})

    def _page(self, request: BaseHTTPRequestHandler, _: str) -> None:
        page = b"<!DOCTYPE html><title>Please log in</title>"
        _send(request, page, 200, {"Content-Type": "image/jpeg"})

    def _cut(self, request: BaseHTTPRequestHandler, name: str) -> None:
        content = picture(name)
        _head(request, {"Content-Length": str(len(content))})
        request.wfile.write(content[:-20])
        request.close_connection = True

    def _cut_unsaid(self, request: BaseHTTPRequestHandler, name: str) -> None:
        _head(request, {"Connection": "close"})
        request.wfile.write(picture(name)[:-30])
        request.close_connection = True

    def _cut_once(self, request: BaseHTTPRequestHandler, name: str) -> None:
        first = self.asked[request.path.lstrip("/")] == 1
        (self._cut if first else self._ok)(request, name)

    def _busy_once(self, request: BaseHTTPRequestHandler, name: str) -> None:
        if self.asked[request.path.lstrip("/")] == 1:
            _send(request, b"", 503, {"Retry-After": "0"})
        else:
            self._ok(request, name)

    def _busy(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _send(request, b"", 503, {"Retry-After": "86400"})

    def _endless(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _head(request, {"Connection": "close"})
        while True:
            request.wfile.write(bytes(65_536))

    def _declared(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _head(request, {"Content-Length": str(10**12)})
        time.sleep(0.5)
        request.close_connection = True

    def _packed(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _send(request, gzip.compress(bytes(2_000_000), mtime=0), 200, {"Content-Encoding": "gzip"})

    def _drip(self, request: BaseHTTPRequestHandler, name: str) -> None:
        content = picture(name)
        _head(request, {"Content-Length": str(len(content))})
        for byte in content:
            request.wfile.write(bytes([byte]))
            time.sleep(0.2)

    def _drip_head(self, request: BaseHTTPRequestHandler, _: str) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            request.wfile.write(f"X-{number}: 1\r\n".encode())
            time.sleep(0.2)

    def _silent(self, request: BaseHTTPRequestHandler, _: str) -> None:
        time.sleep(3)
        request.close_connection = True

    def _nonsense(self, request: BaseHTTPRequestHandler, _: str) -> None:
        request.wfile.write(b"\0\1\2 what?\r\n\r\n")
        request.close_connection = True

    def _moved(self, request: BaseHTTPRequestHandler, name: str) -> None:
        _send(request, b"", 302, {"Location": f"/ok/{name}.png"})

    def _loop(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _send(request, b"", 302, {"Location": request.path})

    def _to_file(self, request: BaseHTTPRequestHandler, _: str) -> None:
        _send(request, b"", 302, {"Location": "file:///etc/hostname"})

    def _to_private(self, request: BaseHTTPRequestHandler, name: str) -> None:
        _send(request, b"", 302, {"Location": self.address(f"ok/{name}.png", "127.0.0.2")})


def _head(request: BaseHTTPRequestHandler, headers: dict[str, str], status: int = 200) -> None:
    request.send_response(status)
    for header, value in headers.items():
        request.send_header(header, value)
    request.end_headers()


def _send(
    request: BaseHTTPRequestHandler,
    content: bytes,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> None:
    _head(request, {"Content-Length": str(len(content))} | (headers or {}), status)
    request.wfile.write(content)
