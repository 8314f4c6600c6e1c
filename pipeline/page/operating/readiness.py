"""Whether the page can answer: it asks itself about a picture of its own."""

from __future__ import annotations

import logging
import threading

from pipeline.errors import LookalikeError
from pipeline.recommender import LiveRecommender

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60
"""From a question that was answered to the next one."""
RETRY_SECONDS = 5
"""From one that was not."""


class Readiness:
    """Asks about a picture of the catalogue, at the start and again while the page is served.

    Args:
        recommender: What is asked.
    """

    def __init__(self, recommender: LiveRecommender) -> None:
        self._recommender = recommender
        self._ended = threading.Event()
        self.is_ready = False

    def start(self) -> None:
        """Begin to ask, in a thread of its own."""
        threading.Thread(target=self._ask_on, name="readiness", daemon=True).start()

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()
        self.is_ready = False

    def _ask_on(self) -> None:
        while not self._ended.is_set():
            was_ready, answered = self.is_ready, self._ask()
            # Not once it has ended: a question under way then may still be answered.
            self.is_ready = answered and not self._ended.is_set()
            if answered and not was_ready:
                log.debug("The page is ready.")
            self._ended.wait(AGAIN_SECONDS if answered else RETRY_SECONDS)

    def _ask(self) -> bool:
        try:
            example = self._recommender.examples(1)[0]
            return bool(self._recommender.recommend(example.thumbnail))
        except LookalikeError as error:
            log.warning("The page is not ready: %s", error)
            return False
        except Exception:
            log.exception("The page is not ready: it could not answer a picture of its own")
            return False
