"""The index: takes embeddings, gives the rows nearest to a query under a metric."""

from pipeline.index.index import TIE, Index, Metric
from pipeline.index.search import index_embeddings, open_index

__all__ = ["TIE", "Index", "Metric", "index_embeddings", "open_index"]
