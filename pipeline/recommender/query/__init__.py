"""The query: takes what an interface was sent, gives what is asked, checked, or one sentence."""

from pipeline.recommender.query.conditions import (
    Condition,
    OneOf,
    Range,
    currency_of,
    read_amount,
)
from pipeline.recommender.query.filters import Column, Filters
from pipeline.recommender.query.plainly import PlainError
from pipeline.recommender.query.query import NOTHING_ASKED, Query
from pipeline.recommender.query.reading import MAX_K, is_left_out, read_id, read_ids
from pipeline.recommender.saying import shown

__all__ = [
    "MAX_K",
    "NOTHING_ASKED",
    "Column",
    "Condition",
    "Filters",
    "OneOf",
    "PlainError",
    "Query",
    "Range",
    "currency_of",
    "is_left_out",
    "read_amount",
    "read_id",
    "read_ids",
    "shown",
]
