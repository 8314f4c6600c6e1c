"""The index: takes embeddings, gives the rows nearest to a query under a metric."""

from pipeline.index.carrying import carry_index
from pipeline.index.colour import ColourQuery, Colours
from pipeline.index.engines.milvus import Database, load, new_collection
from pipeline.index.engines.ranking import rank
from pipeline.index.feedback import FED_BACK, between, rocchio, rocchio_colours
from pipeline.index.index import TIE, Index, Metric
from pipeline.index.search import index_embeddings, open_held, open_index

__all__ = [
    "FED_BACK",
    "TIE",
    "ColourQuery",
    "Colours",
    "Database",
    "Index",
    "Metric",
    "between",
    "carry_index",
    "index_embeddings",
    "load",
    "new_collection",
    "open_held",
    "open_index",
    "rank",
    "rocchio",
    "rocchio_colours",
]
