"""The cluster: reached in bounded time, or one sentence says why not."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import WorkersError, lines_of

if TYPE_CHECKING:
    from pipeline.building.workers.sending import RayWorkers

LOCAL = "ray"
EXTRA = "requirements-scale.txt"
CONNECT_SECONDS = 5
TRIES = 3
PAUSE_SECONDS = 2.0
LOCAL_STORE_BYTES = 512 * 2**20
"""What lies between this machine's processes; more goes to the disk."""
_ADDRESS = re.compile(r"ray://(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+):(?P<port>\d{1,5})/?")
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_CLIENT_MAX_CONNECTION_TIMEOUT_S": "10",
}
"""Nothing is told to anybody, and whoever does not answer is given up after half a minute."""
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""A network's threads sleep while they wait for each other. Every worker has as many as this
machine, since another number rounds otherwise; where more of them spin than there are processors,
embedding takes 1.6 times as long."""


@contextlib.contextmanager
def open_workers(address: str) -> Iterator[RayWorkers]:
    """Connect to a Ray cluster, for as long as the context lasts.

    Args:
        address: ``ray`` for the processors of this machine, ``ray://host:port`` for a cluster,
            with the port of its client server.

    Raises:
        WorkersError: If it is no address, Ray is not installed, nothing answers there, what answers
            is of another version, or the cluster has no processor.
    """
    place = _ADDRESS.fullmatch(address)
    if address != LOCAL and (place is None or not 0 < int(place["port"]) < 65536):
        raise WorkersError(
            f"'{address}' names no workers. Give 'ray' for the processors of this machine, or "
            "'ray://HOST:10001' for a cluster."
        )
    os.environ.update(
        {name: os.environ.get(name, value) for name, value in (QUIET | PATIENT).items()}
    )
    try:
        import ray

        from pipeline.building.workers.sending import RayWorkers
    except ImportError as error:
        raise WorkersError(
            f"Workers need Ray, which is not installed: python -m pip install -r {EXTRA}"
        ) from error
    if place is not None:
        _knock(address, place["host"].strip("[]"), int(place["port"]))
    try:
        _connect(address, is_local=place is None)
        workers = RayWorkers(address)
        if workers.processors() < 1:
            raise WorkersError(
                f"The cluster '{address}' has no processor to embed with. Start workers: ray start "
                "--address HOST:6379"
            )
        yield workers
    finally:
        ray.shutdown()


def _knock(address: str, host: str, port: int) -> None:
    """Whether anybody listens there at all: Ray would try for half a minute."""
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        raise WorkersError(
            f"No cluster answers at '{address}' ({error.strerror or error}). Start one there with "
            "'ray start --head', and give the port of its client server, usually 10001."
        ) from error


def _connect(address: str, *, is_local: bool) -> None:
    import ray

    try:
        if is_local:
            ray.init(
                "local",
                num_cpus=os.cpu_count(),
                include_dashboard=False,
                object_store_memory=LOCAL_STORE_BYTES,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            _reach(address)
    except Exception as error:
        # A cluster of another Python or Ray, and a server that is no cluster, raise almost any.
        reason = lines_of(error)[0]
        raise WorkersError(
            f"The cluster '{address}' cannot be used ({reason}). It needs the Python and the Ray "
            "of this machine; see docs/scale.md."
        ) from error


def _reach(address: str) -> None:
    """Connect to a cluster, three times where it aborts the connection.

    In its first seconds it may fail to start the process that is to serve whoever connects.
    """
    import ray

    for left in reversed(range(TRIES)):
        try:
            ray.init(
                address,
                runtime_env={"env_vars": PATIENT},
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except ConnectionAbortedError:
            if not left:
                raise
            ray.shutdown()  # or it may take itself for connected
            time.sleep(PAUSE_SECONDS)
        else:
            return
