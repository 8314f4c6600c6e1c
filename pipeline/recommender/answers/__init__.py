"""The answers: what is said about the items that a search has found."""

from pipeline.recommender.answers.choosing import MAX_POOL, Chosen, choose, fold
from pipeline.recommender.answers.facets import (
    Facet,
    FacetValue,
    can_steer,
    count_facets,
    count_values,
)
from pipeline.recommender.answers.loaded import tell_loaded
from pipeline.recommender.answers.mapping import CatalogueMap, map_of
from pipeline.recommender.answers.match import (
    Answer,
    Comparison,
    Example,
    Item,
    Match,
    Suggestion,
    name_of,
    nothing_alike,
)
from pipeline.recommender.answers.telling import match_facts, tell

__all__ = [
    "MAX_POOL",
    "Answer",
    "CatalogueMap",
    "Chosen",
    "Comparison",
    "Example",
    "Facet",
    "FacetValue",
    "Item",
    "Match",
    "Suggestion",
    "can_steer",
    "choose",
    "count_facets",
    "count_values",
    "fold",
    "map_of",
    "match_facts",
    "name_of",
    "nothing_alike",
    "tell",
    "tell_loaded",
]
