"""Counting: who chose what, which items the same people chose, which were chosen of late."""

from pipeline.learning.counting.factors import has_few_items
from pipeline.learning.counting.matrix import people_matrix
from pipeline.learning.counting.neighbours import MOST_NEIGHBOURS, find_neighbours
from pipeline.learning.counting.popularity import WEEK, WINDOWS, count_popularity

__all__ = [
    "MOST_NEIGHBOURS",
    "WEEK",
    "WINDOWS",
    "count_popularity",
    "find_neighbours",
    "has_few_items",
    "people_matrix",
]
