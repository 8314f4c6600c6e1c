"""The controls: which of them a catalogue can serve, and the values to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.recommender import Facet, Recommender, can_steer, has_words

Json = dict[str, Any]


def controls(recommender: Recommender) -> Json:
    """Which controls the page shows, in JSON values."""
    return {
        "facets": steering_records(recommender.facets()),
        "words": has_words(recommender.built),
        "colour": recommender.info()["colour_weight"],
    }


def steering_records(facets: Iterable[Facet]) -> list[Json]:
    """The facets that are worth a choice, in JSON values."""
    return [facet.record() for facet in facets if can_steer(facet)]
