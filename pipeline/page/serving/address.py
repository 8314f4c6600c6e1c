"""The address to listen on, tried before anything is loaded, so that an error names its cause."""

from __future__ import annotations

import errno
import os
import socket
import urllib.request
from typing import Any

from pipeline.errors import LookalikeError

PORTS = range(1, 65536)
OWN = ("localhost", "127.0.0.1", "::1")


def check_address(host: str, port: int | None) -> None:
    """Try whether the page can listen there.

    Args:
        host: A name or an address of this machine, IPv6 with or without brackets.
        port: A port, or None for the first free one, which Gradio looks for.

    Raises:
        LookalikeError: If there is no such port or address, it is another machine's, it is taken,
            or this user may not have it.
    """
    host = host.strip("[]")
    if port is not None and port not in PORTS:
        raise LookalikeError(
            f"There is no port {port}. Choose one from 1 to 65535 with --port, or leave the flag "
            "out."
        )
    try:
        found = socket.getaddrinfo(
            host, port or 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise LookalikeError(
            f"There is no address '{host[:100]}'. Choose one of this machine with --host, or leave "
            "the flag out to serve this machine alone."
        ) from error
    # A name may stand for several, of which one will do.
    errors = [_try(family, kind, address) for family, kind, _, _, address in found]
    if all(errors):
        raise LookalikeError(_reason(host, port, errors[0])) from errors[0]


def reach_directly(host: str) -> None:
    """Have this process reach its own page past a proxy of the environment or of the system.

    Gradio asks its server at the start, and takes what a proxy says of it for its answer.

    Args:
        host: Where the page listens.
    """
    named = urllib.request.getproxies()
    proxies = {name: named[name] for name in ("http", "https", "all") if named.get(name)}
    if not proxies:
        return
    for name, address in proxies.items():
        # Those of Windows and macOS are no longer looked for once NO_PROXY is set.
        os.environ[f"{name}_proxy"] = address
    told = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = filter(None, [*told.split(","), *OWN, host.strip("[]")])
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(dict.fromkeys(hosts))


def _try(family: int, kind: int, address: tuple[Any, ...]) -> OSError | None:
    try:
        with socket.socket(family, kind) as trial:
            if os.name == "posix":
                # As servers do; on Windows the option would allow a port that is in use.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        return error
    return None


def _reason(host: str, port: int | None, error: OSError | None) -> str:
    number = error.errno if error is not None else None
    if number in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return (
            f"The address '{host}' is not this machine's. Choose one that is with --host, or "
            "0.0.0.0 for all of them."
        )
    if number in (errno.EACCES, errno.EPERM):
        return f"This user may not serve on port {port}. Choose one above 1023 with --port."
    return (
        f"The page cannot be served on port {port or 'any'}: it is taken. Choose another with "
        "--port, or leave the flag out."
    )
