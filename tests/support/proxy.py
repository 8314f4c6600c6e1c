"""A reverse proxy that serves the page under a path, as nginx or Caddy does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

OWN = {"connection", "keep-alive", "transfer-encoding", "server", "date"}


@contextlib.contextmanager
def proxied(page: str, prefix: str, strips: bool) -> Iterator[str]:
    """Serve what is at ``page`` under a path too, and give its address there.

    Args:
        page: The address of the page itself.
        prefix: The path.
        strips: Whether the path is taken off what is passed on.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            if not self.path.startswith(prefix):
                # Browsers ask the site for its icon, whatever page of it they show.
                self.send_error(404) if self.path != "/favicon.ico" else self.send_response(204)
                self.end_headers()
                return
            path = self.path.removeprefix(prefix) or "/" if strips else self.path
            headers = {name: value for name, value in self.headers.items() if name not in OWN}
            headers["X-Forwarded-For"] = self.client_address[0]
            headers["X-Forwarded-Proto"] = "http"
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with httpx.stream(
                self.command, f"{page}{path}", headers=headers, content=body, timeout=60
            ) as answer:
                self.send_response_only(answer.status_code)
                for name, value in answer.headers.multi_items():
                    if name not in OWN:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                with contextlib.suppress(OSError):
                    for part in answer.iter_raw():
                        self.wfile.write(part)
                        self.wfile.flush()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
