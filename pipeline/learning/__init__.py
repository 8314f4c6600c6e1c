"""Learning: take events, give what they tell of items, kept beside a built catalogue."""

from pipeline.learning.blending import NEW_EVERY, Parts, Weights, log_scores, picture_scores
from pipeline.learning.carrying import carry_learnt, publish_learnt, restore_learnt
from pipeline.learning.choosing import Chosen, choose_blend, new_items
from pipeline.learning.counting import (
    MOST_NEIGHBOURS,
    WEEK,
    count_popularity,
    find_neighbours,
    people_matrix,
)
from pipeline.learning.learn import learn_alone, learn_beside
from pipeline.learning.learnt import LEARNT, Learnt, open_learnt
from pipeline.learning.measures import (
    DEPTH,
    MAP,
    NDCG,
    NDCG_DEPTH,
    RECALL,
    best_items,
    measure_lists,
)
from pipeline.learning.splitting import MAX_PEOPLE, Split, split_events, unit_rows

__all__ = [
    "DEPTH",
    "LEARNT",
    "MAP",
    "MAX_PEOPLE",
    "MOST_NEIGHBOURS",
    "NDCG",
    "NDCG_DEPTH",
    "NEW_EVERY",
    "RECALL",
    "WEEK",
    "Chosen",
    "Learnt",
    "Parts",
    "Split",
    "Weights",
    "best_items",
    "carry_learnt",
    "choose_blend",
    "count_popularity",
    "find_neighbours",
    "learn_alone",
    "learn_beside",
    "log_scores",
    "measure_lists",
    "new_items",
    "open_learnt",
    "people_matrix",
    "picture_scores",
    "publish_learnt",
    "restore_learnt",
    "split_events",
    "unit_rows",
]
