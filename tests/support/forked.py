"""Commands in processes of their own, forked from one that has imported the slow libraries.

Most of what a command or a server of its own costs is importing torch and Gradio. Some of that
reads variables when it is imported: it is imported anew by a process that has others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "tests.support.preloaded"])


class Forked:
    """A function in a process of its own that goes on, to be signalled and waited for.

    Args:
        function: What to call; what it gives is the exit status.
        arguments: What to call it with.
        environment: All of the variables of the process.
        output: The file or pipe that takes what it prints.
        errors: The one that takes its errors; None for the same.
    """

    def __init__(
        self,
        function: Callable[..., int | None],
        *arguments: Any,
        environment: Mapping[str, str],
        output: Path,
        errors: Path | None = None,
    ) -> None:
        self._name = function.__name__
        told = (function, arguments, dict(environment), [output, errors or output])
        self._process = FORKS.Process(target=_call, args=told)
        self._process.start()

    def send_signal(self, by: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, by)

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; `subprocess.TimeoutExpired` if it has not ended by then."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._name, timeout or 0)
        return self._process.exitcode


def run_forked(
    function: Callable[..., int | None],
    *arguments: Any,
    environment: Mapping[str, str],
    seconds: float = 180,
) -> subprocess.CompletedProcess[str]:
    """Call a function in a process of its own.

    Args:
        function: What to call; what it gives is the exit status.
        arguments: What to call it with.
        environment: All of the variables of the process.
        seconds: How long it may take.
    """
    with TemporaryDirectory() as folder:
        output, errors = outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        process = Forked(
            function, *arguments, environment=environment, output=output, errors=errors
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        out, err = (path.read_text(encoding="utf-8") for path in outputs)
        return subprocess.CompletedProcess(arguments, status, out, err)


def command(arguments: list[str]) -> int:
    """What ``python -m pipeline`` does."""
    from pipeline.cli import main

    return main(arguments)


def page(arguments: list[str]) -> int:
    """What ``python app.py`` does."""
    from app import main

    return main(arguments)


def run_page(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Call ``python app.py`` with what ends it at once."""
    return run_forked(page, [str(argument) for argument in arguments], environment=os.environ)


def _call(
    function: Callable[..., int | None],
    arguments: tuple[Any, ...],
    environment: Mapping[str, str],
    outputs: list[Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    from tests.support.preloaded import forget_what_read_other_variables

    forget_what_read_other_variables()
    files = {path: path.open("ab", buffering=0) for path in dict.fromkeys(outputs)}
    for number, path in zip((1, 2), outputs, strict=True):
        os.dup2(files[path].fileno(), number)
    for file in files.values():
        file.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    status = function(*arguments)
    sys.stdout.flush()
    sys.exit(status)
