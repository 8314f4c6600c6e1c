"""A live server: what `python app.py` does, in a process of its own."""

from __future__ import annotations

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO, cast

from tests.support.forked import Forked, page

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300


class LiveApp:
    """The page on a free port; use it as a context.

    Attributes:
        url: The address that it printed.
        seconds: How long it took to print it.
    """

    def __init__(self, *arguments: object, **environment: str) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.output: list[str] = []
        started = time.monotonic()
        told = ["--port", str(free_port()), *map(str, arguments)]
        self._process, printed = self.start(told, os.environ | environment)
        threading.Thread(target=self._read, args=[printed], daemon=True).start()
        self.url = self.wait_for(r"Lookalike is at (http://\S+?)/?$")
        self.seconds = time.monotonic() - started

    def start(
        self, arguments: list[str], environment: dict[str, str]
    ) -> tuple[Forked | subprocess.Popen[str], TextIO]:
        """Start the process, and give it and what it prints."""
        with TemporaryDirectory() as folder:
            pipe = Path(folder) / "output"
            os.mkfifo(pipe)
            process = Forked(page, arguments, environment=environment, output=pipe)
            return process, pipe.open(encoding="utf-8")

    def __enter__(self) -> LiveApp:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, pattern: str) -> str:
        """Read the output up to a line that matches, and give the match's first group."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=1)
            except queue.Empty:
                continue
            if line is None:
                break
            self.output.append(line)
            if found := re.search(pattern, line):
                return found.group(1)
        raise AssertionError(f"No line like '{pattern}' in: {''.join(self.output)}")

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Interrupt it as Ctrl-C does, or as a service is ended, and give its exit code."""
        self._process.send_signal(by)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _read(self, printed: TextIO) -> None:
        with printed as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)


class StartedApp(LiveApp):
    """The same from its beginning, as a person starts it.

    Attributes:
        command: What is run, and in which folder.
    """

    command: Sequence[str] = (sys.executable, "app.py")
    folder: Path = ROOT

    def start(
        self, arguments: list[str], environment: dict[str, str]
    ) -> tuple[Forked | subprocess.Popen[str], TextIO]:
        process = subprocess.Popen(
            [*self.command, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        return process, cast(TextIO, process.stdout)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
