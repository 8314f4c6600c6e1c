"""Object storage: takes an address such as ``s3://bucket/photos``, gives what lies there."""

from pipeline.store.address import is_stored, shown
from pipeline.store.opening import Store, StoredFile, open_store

__all__ = ["Store", "StoredFile", "is_stored", "open_store", "shown"]
