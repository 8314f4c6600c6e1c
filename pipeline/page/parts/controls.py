"""The controls: which of them a catalogue can serve, and the values to choose from."""

from __future__ import annotations

from typing import Any

from pipeline.recommender import Query, Recommender, can_steer, has_words

Json = dict[str, Any]


def controls(recommender: Recommender) -> Json:
    """Which controls the page shows, in JSON values."""
    return {
        "facets": facet_records(recommender, None),
        "words": has_words(recommender.built),
        "colour": recommender.info()["colour_weight"],
    }


def facet_records(recommender: Recommender, query: Query | None) -> list[Json]:
    """The facets that are worth a choice, in JSON values."""
    return [facet.record() for facet in recommender.facets(query) if can_steer(facet)]
