"""Commands in processes of their own, forked from one that has imported the slow libraries.

Most of what a command of its own costs is importing torch; none of what is imported beforehand
reads the settings of the hub, so each command still has its own environment and caches.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SLOW = (
    "faiss",
    "openvino",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "torch._dynamo",
    "torch.distributed.tensor",
    "torch.fx.experimental.symbolic_shapes",
)
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, *SLOW])


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
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        process = FORKS.Process(target=_call, args=(function, arguments, environment, outputs))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(function.__name__, seconds)
        out, err = (path.read_text(encoding="utf-8") for path in outputs)
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def command(arguments: list[str]) -> int:
    """What ``python -m pipeline`` does."""
    from pipeline.cli import main

    return main(arguments)


def _call(
    function: Callable[..., int | None],
    arguments: tuple[Any, ...],
    environment: Mapping[str, str],
    outputs: list[Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in zip((1, 2), outputs, strict=True):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    status = function(*arguments)
    sys.stdout.flush()
    sys.exit(status)
