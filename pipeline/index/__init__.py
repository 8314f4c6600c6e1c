"""The index: takes embeddings, gives the rows nearest to a query under a metric."""

from pipeline.index.carrying import carry_index
from pipeline.index.colour import ColourQuery, Colours, parse_weight
from pipeline.index.engines.ranking import rank
from pipeline.index.index import TIE, Index, Metric
from pipeline.index.search import index_embeddings, open_index

__all__ = [
    "TIE",
    "ColourQuery",
    "Colours",
    "Index",
    "Metric",
    "carry_index",
    "index_embeddings",
    "open_index",
    "parse_weight",
    "rank",
]
