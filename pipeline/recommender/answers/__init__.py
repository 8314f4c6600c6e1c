"""The answers: what is said about the items that a search has found."""

from pipeline.recommender.answers.choosing import MAX_POOL, Chosen, choose, fold
from pipeline.recommender.answers.explaining import Explained, Explanation, explain_score
from pipeline.recommender.answers.facets import Facet, FacetValue, can_steer, count_values
from pipeline.recommender.answers.mapping import CatalogueMap, map_of
from pipeline.recommender.answers.match import (
    Answer,
    Comparison,
    Example,
    Item,
    Match,
    Suggestion,
    name_of,
)
from pipeline.recommender.answers.telling import match_facts, tell

__all__ = [
    "MAX_POOL",
    "Answer",
    "CatalogueMap",
    "Chosen",
    "Comparison",
    "Example",
    "Explained",
    "Explanation",
    "Facet",
    "FacetValue",
    "Item",
    "Match",
    "Suggestion",
    "can_steer",
    "choose",
    "count_values",
    "explain_score",
    "fold",
    "map_of",
    "match_facts",
    "name_of",
    "tell",
]
