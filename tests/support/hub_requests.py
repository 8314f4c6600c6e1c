"""One request to the hub of the tests: what goes wrong with it, who asks, and the answer."""

from __future__ import annotations

import json
import re
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.hub_storage import StoredFile, StoredRepository

if TYPE_CHECKING:
    from tests.support.hub_server import LocalHub

TOKEN = "hf_token_of_the_tests"


class Refusal(Exception):
    """An answer other than success, with the header by which the client knows what it is."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message or code


class HubRequest(BaseHTTPRequestHandler):
    """Reads a request, lets a fault of the tests have its way with it, and answers."""

    hub: LocalHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def _handle(self) -> None:
        address = urlsplit(self.path)
        self.path_only, self.query = unquote(address.path), parse_qs(address.query)
        call = f"{self.command} {self.path_only}"
        with self.hub.lock:
            self.hub.calls.append(call)
            fault = next((f for f in self.hub.faults if re.search(f.pattern, call)), None)
            if fault is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.hub.faults.remove(fault)
        if fault is not None and fault.status is None and self.command != "GET":
            # Cut in the middle of what the client sends.
            self.rfile.read(10 if fault.wait == 0 else 0)
            time.sleep(fault.wait)
            self.close_connection = True
            self.connection.close()
            return
        body = self._body()
        self.cut = fault is not None and fault.status is None
        self.wait = fault.wait if fault is not None else 0
        try:
            if fault is not None and fault.status is not None:
                raise Refusal(fault.status, message="a fault of the tests")
            with self.hub.lock:
                self._route(body)
        except Refusal as refusal:
            headers = {"X-Error-Code": refusal.code, "X-Error-Message": refusal.message}
            self._answer({"error": refusal.message}, refusal.status, headers)
        # Not under the lock: whoever hangs must not keep others waiting.
        self._write(*self._sent)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline().strip() or b"0", 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _route(self, body: bytes) -> None:
        raise NotImplementedError

    def _answer(
        self, value: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self._send(json.dumps(value).encode(), status, headers or {})

    def _send(self, data: bytes, status: int, headers: dict[str, str]) -> None:
        self._sent = (data, status, headers)

    def _write(self, data: bytes, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.cut:
            self.wfile.write(data[: len(data) // 2])
            time.sleep(self.wait)
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(data)

    def _may_write(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, message="Invalid username or password.")

    def _repository(self, kind: str, name: str) -> StoredRepository:
        stored = self.hub.repositories.get((kind, name))
        is_known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if stored is None or (stored.private and not is_known):
            raise Refusal(404 if is_known else 401, "RepoNotFound", "Repository not found")
        return stored

    def _files(self, kind: str, name: str, revision: str) -> tuple[str, dict[str, StoredFile]]:
        stored = self._repository(kind, name)
        commit = stored.refs.get(revision, revision)
        if commit not in stored.commits:
            raise Refusal(404, "RevisionNotFound", "Invalid rev id")
        return commit, stored.commits[commit]
