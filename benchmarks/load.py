"""Load: many callers for long, and very many at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from benchmarks.serving import memory, running

CALLERS = 32
SETTLED_SECONDS = 30.0
"""After so long every thread and buffer that serving needs is there."""
CROWD = 200
ROUTE = "/api/search"


@dataclass(frozen=True)
class Load:
    """How a page bears up.

    Attributes:
        seconds: How long the callers kept on.
        answers: How many answers they got.
        errors: What else they got, by its text.
        median: Of the seconds of an answer, half are below.
        most: Of the seconds of an answer, 99 % are below.
        settled: Bytes that the server held once it had settled, resident.
        ended: Bytes that it held at the end.
        crowd: What the crowd got: ``answered``, or the sentence that refused it.
        longest: Seconds until the last of the crowd had its answer or refusal.
    """

    seconds: float
    answers: int
    errors: Counter[str]
    median: float
    most: float
    settled: int
    ended: int
    crowd: Counter[str]
    longest: float


def bear(command: Sequence[str], url: str, picture: Path, seconds: float) -> Load:
    """Start a page, put it under load, stop it.

    Args:
        command: What starts it; it prints a line with "is at" once it listens.
        url: Where it listens.
        picture: What to ask with.
        seconds: How long the callers keep on.
    """
    with running(command) as process:
        photo = picture.read_bytes()
        ended = threading.Event()
        with ThreadPoolExecutor(CALLERS) as pool:
            callers = [pool.submit(_keep_on, url, photo, ended) for _ in range(CALLERS)]
            time.sleep(min(SETTLED_SECONDS, seconds / 2))
            settled = memory(process.pid, "VmRSS")
            time.sleep(seconds - min(SETTLED_SECONDS, seconds / 2))
            held = memory(process.pid, "VmRSS")
            ended.set()
            told = [caller.result() for caller in callers]
        taken = np.array([time for times, _ in told for time in times])
        errors = sum((errors for _, errors in told), Counter[str]())
        started = time.perf_counter()
        with ThreadPoolExecutor(CROWD) as pool:
            crowd = Counter(pool.map(lambda _: _ask_once(url, photo), range(CROWD)))
        longest = time.perf_counter() - started
        median, most = (float(part) for part in np.quantile(taken, [0.5, 0.99]))
        return Load(seconds, len(taken), errors, median, most, settled, held, crowd, longest)


def _keep_on(url: str, photo: bytes, ended: threading.Event) -> tuple[list[float], Counter[str]]:
    """One caller, on a connection that stays open: its seconds an answer, and what went wrong."""
    times: list[float] = []
    errors: Counter[str] = Counter()
    with httpx.Client(base_url=url, timeout=120) as http:
        while not ended.is_set():
            started = time.perf_counter()
            got = _ask(http, photo)
            if got == "answered":
                times.append(time.perf_counter() - started)
            else:
                errors[got] += 1
    return times, errors


def _ask_once(url: str, photo: bytes) -> str:
    with httpx.Client(base_url=url, timeout=120) as http:
        return _ask(http, photo)


def _ask(http: httpx.Client, photo: bytes) -> str:
    try:
        answer = http.post(ROUTE, files={"file": ("photo.jpg", photo)})
    except httpx.HTTPError as error:
        return type(error).__name__
    if answer.is_success and len(answer.json()["matches"]) == 5:
        return "answered"
    return f"{answer.status_code}: {answer.json()['detail']}"
