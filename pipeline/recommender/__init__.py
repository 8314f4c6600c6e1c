"""The recommender: takes settings and a photo, gives the items that look most like it."""

from pipeline.recommender.answers import (
    Answer,
    CatalogueMap,
    Comparison,
    Example,
    Facet,
    Item,
    Match,
    Suggestion,
    can_steer,
    map_of,
)
from pipeline.recommender.building import build_catalogue
from pipeline.recommender.explaining import Explanation
from pipeline.recommender.framing import AUTO
from pipeline.recommender.living import (
    LiveRecommender,
    add_items,
    load_catalogue,
    open_live,
    remove_items,
    update_catalogue,
)
from pipeline.recommender.opening import (
    NO_ADDRESS,
    open_catalogue_built,
    open_recommender,
)
from pipeline.recommender.person import MAX_KEPT
from pipeline.recommender.products import Originals, Product, product_of
from pipeline.recommender.query import (
    MAX_K,
    NOTHING_ASKED,
    Query,
    Range,
    is_left_out,
    read_id,
    read_ids,
    shown,
)
from pipeline.recommender.recommender import Recommender
from pipeline.words import has_words

__all__ = [
    "AUTO",
    "MAX_K",
    "MAX_KEPT",
    "NOTHING_ASKED",
    "NO_ADDRESS",
    "Answer",
    "CatalogueMap",
    "Comparison",
    "Example",
    "Explanation",
    "Facet",
    "Item",
    "LiveRecommender",
    "Match",
    "Originals",
    "Product",
    "Query",
    "Range",
    "Recommender",
    "Suggestion",
    "add_items",
    "build_catalogue",
    "can_steer",
    "has_words",
    "is_left_out",
    "load_catalogue",
    "map_of",
    "open_catalogue_built",
    "open_live",
    "open_recommender",
    "product_of",
    "read_id",
    "read_ids",
    "remove_items",
    "shown",
    "update_catalogue",
]
