"""Whether work grows with what it is given, whatever the machine's speed."""

from __future__ import annotations

import time
from collections.abc import Callable

FACTOR = 8


def grows_in_step(work: Callable[[int], object], size: int) -> bool:
    """Whether eight times the size takes about eight times the processor's time.

    Work that grows with the square of its size takes 64 times as long; the line is drawn between
    the two, since the first run of a pair also pays for what is loaded once.
    """
    work(size)
    seconds = []
    for at in (size, FACTOR * size):
        started = time.process_time()
        work(at)
        seconds.append(time.process_time() - started)
    return seconds[1] < 3 * FACTOR * seconds[0]
