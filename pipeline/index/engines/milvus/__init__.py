"""Milvus: takes embeddings into a database at an address, gives the rows nearest to a query."""

from pipeline.index.engines.milvus.contents import keys_of_built, new_collection
from pipeline.index.engines.milvus.database import Database
from pipeline.index.engines.milvus.holding import check_held
from pipeline.index.engines.milvus.loading import load
from pipeline.index.engines.milvus.searching import MilvusIndex

__all__ = [
    "Database",
    "MilvusIndex",
    "check_held",
    "keys_of_built",
    "load",
    "new_collection",
]
