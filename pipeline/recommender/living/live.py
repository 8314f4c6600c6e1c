"""Answering at once while a large catalogue is still being built."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.building import Progress
from pipeline.catalogue import Picture
from pipeline.errors import LookalikeError
from pipeline.hub import find_hub
from pipeline.recommender.answers import Example, Match
from pipeline.recommender.choosing import choices, is_built
from pipeline.recommender.framing import BoxChoice
from pipeline.recommender.living.reopening import reopen, settle
from pipeline.recommender.opening import open_recommender
from pipeline.recommender.recommender import Recommender
from pipeline.settings import STARTER, Settings

log = logging.getLogger(__name__)

Opener = Callable[[Progress], Recommender]
Reopener = Callable[[Recommender], Recommender | None]
"""Gives what is to take a recommender's place, None where nothing changed."""


class LiveRecommender:
    """A recommender that another takes the place of, once that one is built.

    Args:
        now: What answers from the start.
        better: Opens what is to take its place, in a thread of its own; None if nothing is.
        reopen: Opens what has changed; None if nothing can.
    """

    def __init__(
        self, now: Recommender, better: Opener | None = None, reopen: Reopener | None = None
    ) -> None:
        self._current = now
        self._reopen = reopen
        self._reloading = threading.Lock()
        self._building = ""
        if better is not None:
            self._building = (
                "The hub's catalogue is being fetched; the starter set answers meanwhile."
            )
            threading.Thread(target=self._replace, args=(better,), daemon=True).start()

    def recommend(
        self,
        picture: Picture,
        metric: str = "cosine",
        k: int | None = None,
        leave_out: str | None = None,
        where: Mapping[str, Any] | None = None,
        *,
        colour_weight: float | None = None,
        box: BoxChoice = None,
    ) -> list[Match]:
        """See `Recommender.recommend`."""
        return self._current.recommend(
            picture, metric, k, leave_out, where, colour_weight=colour_weight, box=box
        )

    @property
    def current(self) -> Recommender:
        """What answers now; a caller that asks twice keeps to one of them."""
        return self._current

    def examples(self, count: int) -> list[Example]:
        """See `Recommender.examples`."""
        return self._current.examples(count)

    def info(self) -> dict[str, Any]:
        """See `Recommender.info`; the notice tells how far the build is."""
        info = self._current.info()
        return info | {"notice": self._building or info["notice"]}

    def reload(self) -> bool:
        """Open what has changed beside what answers, and have it answer from the next query on.

        Queries under way are answered by what they began with.

        Returns:
            Whether something had changed.

        Raises:
            CatalogueError, EncoderError, ArtifactError, HubError: If that cannot be had; what
                answered goes on.
        """
        with self._reloading:
            later = self._reopen(self._current) if self._reopen is not None else None
            if later is None:
                return False
            self._current = later
        log.info("Version %d of %s answers.", later.version.number, later.version.made)
        return True

    @property
    def is_building(self) -> bool:
        """Whether a better catalogue is being built while this one answers."""
        return bool(self._building)

    def _replace(self, better: Opener) -> None:
        try:
            self._current = better(self._tell)
            self._building = ""
            log.info("The hub's catalogue is built and answers from now on.")
        except Exception as error:
            # Whatever went wrong, the page goes on and says so; the stack goes to the log.
            log.warning("The starter set goes on answering.", exc_info=error)
            reason = str(error) if isinstance(error, LookalikeError) else "see the log."
            self._current.notice = f"The hub's catalogue could not be built: {reason}"
            self._building = ""

    def _tell(self, done: int, total: int) -> None:
        self._building = (
            f"The hub's catalogue is being built: {done:,} of {total:,} items. Until then the "
            "starter set answers."
        )


def open_live(settings: Settings) -> LiveRecommender:
    """Open what the settings name; if the default must be built first, start with the starter.

    Raises:
        CatalogueError, EncoderError, ArtifactError: If an explicit choice cannot be had.
    """
    first = choices(settings)[0]
    open_choice = settings.artifacts is None and settings.catalogue is None
    if not open_choice or is_built(first, settings.home) or not find_hub():
        now = settle(open_recommender(settings))
        return LiveRecommender(now, reopen=lambda current: reopen(current, settings))
    starter = open_recommender(replace(settings, catalogue=STARTER))
    return LiveRecommender(starter, lambda tell: open_recommender(settings, tell))
