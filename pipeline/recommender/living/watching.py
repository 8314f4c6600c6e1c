"""Watching: looks again and again whether something changed, and has it take its place."""

from __future__ import annotations

import logging
import math
import threading
import time

from pipeline.errors import LookalikeError
from pipeline.recommender.living.live import LiveRecommender
from pipeline.recommender.living.reopening import stamp
from pipeline.settings import Settings

log = logging.getLogger(__name__)

SECONDS = 1.0
"""From one look to the next."""
SHARE = 0.05
"""Of the time, at most, that is spent on looking; more than ten thousand files take longer."""
AGAIN = 60.0
"""Seconds until what could not be taken over is tried again."""


class Watcher:
    """Follows what a recommender answers from, in a thread of its own, for as long as a context.

    It looks instead of being told by the system, which network disks and containers do not do.
    What changes is taken over once two looks in a row find the same.

    Args:
        live: What answers.
        settings: What it was opened from.
    """

    def __init__(self, live: LiveRecommender, settings: Settings) -> None:
        self._live = live
        self._settings = settings
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(timeout=SECONDS)

    def _watch(self) -> None:
        # Nothing is known at first: something may have changed since it was opened.
        taken, last, pause, again = "", "", 0.0, math.inf
        while not self._ended.wait(pause):
            started = time.monotonic()
            looked = stamp(self._live.current, self._settings)
            pause = max(SECONDS, (time.monotonic() - started) / SHARE)
            is_new = looked not in (taken, "") or time.monotonic() > again
            if is_new and looked == last:
                again = math.inf if self._take_over() else time.monotonic() + AGAIN
                taken = looked
            last = looked

    def _take_over(self) -> bool:
        try:
            self._live.reload()
            return True
        except LookalikeError as error:
            log.warning("What changed is not taken over: %s", error)
        except Exception:
            # Whatever it is, the page goes on with what it has.
            log.exception("What changed is not taken over")
        return False
