"""Catalogues in object storage: takes an address, gives items whose pictures are fetched late."""

from pipeline.catalogue.stores.reading import read_store

__all__ = ["read_store"]
