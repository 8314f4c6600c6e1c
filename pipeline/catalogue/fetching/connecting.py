"""Connecting: HTTP to the very address that was checked, and an end to every wait.

A name is looked up once for each connection, and the connection goes to what was found then: a name
that means another machine the next time (DNS rebinding) gains nothing. Redirects come this way too.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from pipeline.catalogue.fetching.places import RefusedError, find_machines

_deadline = threading.local()


@contextmanager
def ending_in(seconds: float) -> Iterator[None]:
    """Have every wait for a network in this thread end by then, however slowly bytes come."""
    _deadline.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _deadline.at = None


def _left(timeout: float | None) -> float | None:
    at = getattr(_deadline, "at", None)
    if at is None:
        return timeout
    left: float = at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("it took too long")
    return left if timeout is None else min(timeout, left)


class CheckedTransport(httpx.BaseTransport):
    """Sends what `httpx.Client` asks for, redirects too, to machines that may be asked.

    Args:
        allow_private: Whether this machine and its networks may be asked.
    """

    def __init__(self, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            network_backend=_Backend(allow_private),
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`; raises what `httpcore` raises."""
        url = request.url
        if url.scheme not in ("http", "https"):
            raise RefusedError("It leads to an address that is not of http or https.")
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(sent)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            machines = find_machines(host, port, self._allow_private)
        except OSError as error:
            raise httpcore.ConnectError(f"there is no host '{host}'") from error
        failed: Exception | None = None
        for machine in machines:
            try:
                stream = self._system.connect_tcp(
                    machine, port, _left(timeout), local_address, socket_options
                )
                return _Stream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error  # of IPv6 perhaps, where there is none
        raise failed or httpcore.ConnectError(f"there is no host '{host}'")


class _Stream(httpcore.NetworkStream):
    """A connection whose waits end by the deadline of the thread."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 of the protocol
        return self._stream.get_extra_info(info)
