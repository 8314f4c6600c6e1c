"""The database at an address: whatever is asked of it ends in bounded time, answered or not."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pipeline.errors import DatabaseError
from pipeline.settings import PROJECT

if TYPE_CHECKING:
    from pymilvus import MilvusClient

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Ask = Callable[["MilvusClient", float], Answer]
"""Asks a client, which is given so many seconds."""
CONNECT_SECONDS = 2.0
REACH_SECONDS = 30.0
"""For a first answer: Milvus Lite reads its file before."""
PAUSE_SECONDS = 0.5
"""For so long after a connection failed, whoever asks is told so at once."""
FILE_ENDING = ".db"
NOT_FOUND, NOT_READY = 100, 101
"""Milvus' codes for a collection, or another name for one, that there is none of; for one that is
on its disk alone."""
EXTRA = "requirements-scale.txt"
AWAY = "The database that searches the catalogue does not answer. Ask again in a moment."


class NotHeldError(Exception):
    """The database answers that it holds nothing of that name."""


class Database:
    """A Milvus: a file ``NAME.db`` that Milvus Lite keeps, a server, or the door of a cluster.

    A call runs in a thread that is left to itself once its time is up, since pymilvus waits under
    locks of its own, each call its turn, while a server is away.

    Args:
        address: A path that ends in ``.db``, or ``http://host:port``, with ``user:password@`` and
            ``/database`` where there are such.

    Attributes:
        shown: The address without what only its owner may know.

    Raises:
        DatabaseError: If that is no address, or pymilvus is not installed.
    """

    def __init__(self, address: str) -> None:
        self._address, self.shown = _read(address)
        wanted = ["pymilvus", *(["milvus_lite"] if self.is_file else [])]
        if any(importlib.util.find_spec(name) is None for name in wanted):
            raise DatabaseError(
                f"'{self.shown}' is a Milvus, which needs libraries that are not installed here. "
                f'Install them: python -m pip install -r "{PROJECT / EXTRA}"'
            )
        self._client: MilvusClient | None = None
        self._connecting = threading.Lock()
        self._failed = float("-inf")

    @property
    def is_file(self) -> bool:
        """Whether Milvus Lite keeps it."""
        return "://" not in self._address

    def reach(self) -> None:
        """Find out whether it answers, before hours of work are done for it.

        Raises:
            DatabaseError: If it does not.
        """
        try:
            self.call(
                lambda client, seconds: client.list_collections(timeout=seconds), REACH_SECONDS
            )
        except DatabaseError as error:
            what = (
                "is no database of Milvus Lite, or another program has it open: end that first"
                if self.is_file
                else "does not answer. Start it, or name another"
            )
            raise DatabaseError(f"The database at {self.shown} {what}.") from error

    def call(self, ask: Ask[Answer], seconds: float) -> Answer:
        """Ask the database; connects first, where there is no connection yet or any longer.

        Args:
            ask: What to ask.
            seconds: For how long at most.

        Raises:
            DatabaseError: If it does not answer within that time, or with an error.
            NotHeldError: If it holds nothing of the name that was asked for.
        """
        answer: Future[Answer] = Future()
        end = time.monotonic() + seconds

        def run() -> None:
            try:
                client = self._connected(end)
                answer.set_result(ask(client, max(0.1, end - time.monotonic())))
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=run, name="database", daemon=True).start()
        try:
            return answer.result(timeout=seconds)
        except Exception as error:
            if not _is_its(error):
                raise
            if getattr(error, "code", None) == NOT_FOUND:
                raise NotHeldError(str(error)) from error
            self._forget()
            reason = str(error).strip() or f"no answer for {seconds:g} seconds"
            log.warning("The database at %s: %s", self.shown, " ".join(reason.split())[:300])
            raise DatabaseError(AWAY) from error

    def _connected(self, end: float) -> MilvusClient:
        if (client := self._client) is not None:
            return client
        if not self._connecting.acquire(timeout=max(0.0, end - time.monotonic())):
            raise TimeoutError("another query waits for the connection")
        try:
            if self._client is None:
                if time.monotonic() < self._failed + PAUSE_SECONDS:
                    raise TimeoutError("it could not be reached a moment ago")
                self._client = self._connect()
            return self._client
        finally:
            self._connecting.release()

    def _connect(self) -> MilvusClient:
        from pymilvus import MilvusClient

        # All log whole stacks of what is told here in a sentence; Milvus Lite serves over grpc.
        for name in ("pymilvus", "milvus_lite", *(["grpc"] if self.is_file else [])):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            # A connection of its own, which pymilvus does not mend under the lock of all others.
            return MilvusClient(self._address, timeout=CONNECT_SECONDS, dedicated=True)
        except BaseException:
            self._failed = time.monotonic()
            raise

    def _forget(self) -> None:
        """Have the next call connect anew; whatever waits on the connection is given up."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close()


def ready(name: str, ask: Ask[Answer]) -> Ask[Answer]:
    """Ask of a collection; where the database has it on its disk alone, it reads it first.

    So it is after a start, of Milvus Lite at least.
    """

    def ask_ready(client: MilvusClient, seconds: float) -> Answer:
        from pymilvus import MilvusException

        try:
            return ask(client, seconds)
        except MilvusException as error:
            if error.code != NOT_READY:
                raise
        client.load_collection(name, timeout=seconds)
        return ask(client, seconds)

    return ask_ready


def _is_its(error: Exception) -> bool:
    """Whether an error is one of the database or of the way to it, and not a fault of ours."""
    import grpc
    from pymilvus import MilvusException

    return isinstance(error, MilvusException | grpc.RpcError | TimeoutError | OSError)


def _read(address: str) -> tuple[str, str]:
    """An address as pymilvus takes it, and as it may be shown."""
    if "://" not in address and address.endswith(FILE_ENDING):
        path = Path(address).expanduser()
        if not path.parent.is_dir():
            raise DatabaseError(
                f"There is no folder '{path.parent}' for the database '{address}'. Make it, or "
                "name another file."
            )
        return str(path), str(path)
    try:
        parts = urlsplit(address)
        is_server = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # a number that is none
    except ValueError:
        is_server = False
    if not is_server:
        named = "What is named" if "@" in address else f"'{address[:60]}'"
        raise DatabaseError(
            f"{named} is no address of a Milvus. Give a file that ends in {FILE_ENDING}, or "
            "http://host:port."
        )
    host = parts.netloc.rpartition("@")[2]
    return address, f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
