"""Writing: what visitors of a page were shown, opened and kept, as a log that can be read."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import EventsError
from pipeline.events.columns import ITEM, KIND, TIME, USER

SHOWN, OPENED, KEPT = "shown", "opened", "kept"
"""The kinds of a page's events; to be shown something is no choice, see `KIND_WEIGHTS`."""
HEADER = ",".join((USER, ITEM, TIME, KIND)).encode()
MOST_BYTES = 2**30
"""Of a log: ten million events and more. Then it is to be learnt from and begun anew."""


class EventLog:
    """A log that many requests write to at once, a batch of events each.

    Args:
        path: The file: made where there is none, gone on with where it is such a log.

    Raises:
        EventsError: If it is another file, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser()
        self._turn = threading.Lock()
        if self._path.is_file() and not self._may_go_on():
            raise EventsError(
                f"'{path}' is no log of a page: its first line is not '{HEADER.decode()}'. "
                "Name another file with --log-events."
            )
        self._write(b"")

    def append(self, user: str, events: Sequence[tuple[str, str]]) -> None:
        """Add what somebody did just now, all of it or nothing.

        Args:
            user: Who did it.
            events: The kind and the item's id of each.

        Raises:
            EventsError: If the log cannot be written, or is full.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = io.StringIO()
        csv.writer(rows, lineterminator="\n").writerows(
            (user, item, now, kind) for kind, item in events
        )
        self._write(rows.getvalue().encode())

    def _may_go_on(self) -> bool:
        try:
            with self._path.open("rb") as stream:
                first = stream.readline(len(HEADER) + 2)
        except OSError:
            return True  # to write it tells what is wrong
        return first == b"" or first.rstrip(b"\r\n") == HEADER

    def _write(self, rows: bytes) -> None:
        """Opened each time, so that whoever runs the page may move the file away."""
        try:
            with self._turn, self._path.open("ab+", buffering=0) as stream:
                end = stream.seek(0, os.SEEK_END)
                if end > MOST_BYTES:
                    raise EventsError(
                        f"The log '{self._path}' is full. Learn from it, then move it away."
                    )
                text = _start(stream, end) + rows
                try:
                    is_whole = stream.write(text) == len(text)
                except OSError:
                    stream.truncate(end)
                    raise
                if not is_whole:
                    stream.truncate(end)
                    raise OSError("no space left")
        except OSError as error:
            raise EventsError(
                f"The log '{self._path}' cannot be written ({error.strerror or error}). Allow it, "
                "free some space, or name another file with --log-events."
            ) from error


def _start(stream: io.FileIO, end: int) -> bytes:
    """What comes before new rows: the header of a new log, the end of a line that was cut off."""
    if end == 0:
        return HEADER + b"\n"
    stream.seek(-1, os.SEEK_END)
    return b"" if stream.read(1) == b"\n" else b"\n"
