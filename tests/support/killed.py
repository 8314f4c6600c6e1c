"""Updates in a process of their own, killed at a chosen moment.

Run as a program it loads an encoder once and is forked for every update, so that each begins at
once and is killed in the middle of its work and not of its imports.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 60


class Updates:
    """The process; use it as a context.

    Args:
        encoder: The folder of the encoder.
    """

    def __init__(self, encoder: Path) -> None:
        # One thread: several would not all be there after a fork.
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killed", str(encoder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Updates:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LONGEST_SECONDS)

    def run(self, folder: Path, source: Path, kill_after: float | None) -> tuple[bool, float]:
        """Update a built catalogue, and kill that after so many seconds.

        Returns:
            Whether it came to its end first, and how long it was given.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"folder": str(folder), "source": str(source), "kill_after": kill_after}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert told["status"] in {0, -signal.SIGKILL}, told
        return told["status"] == 0, told["seconds"]


def main() -> None:
    """Load the encoder, then do what each line of standard input says."""
    import torch

    from pipeline.building import changing, update
    from pipeline.catalogue import open_catalogue
    from pipeline.encoder import load_encoder

    torch.set_num_threads(1)
    changing.taking_place.DRIFT = 100  # to measure closeness takes far longer than all else
    encoder = load_encoder(sys.argv[1], precision="fp32")
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                update(Path(asked["folder"]), open_catalogue(asked["source"]), encoder)
                status = 0
            finally:
                os._exit(status)
        status = _wait(child, asked["kill_after"] or LONGEST_SECONDS)
        told = {"status": status, "seconds": time.monotonic() - started}
        print(json.dumps(told), flush=True)


def _wait(child: int, seconds: float) -> int:
    """Wait for a process, and kill it once the time is over; gives what it ended with."""
    handle = os.pidfd_open(child)
    try:
        if not select.select([handle], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
