"""The artifacts: take embeddings and items, give a folder that opens again, checked."""

from pipeline.artifacts.balance import Balance
from pipeline.artifacts.built import BuiltCatalogue, open_built
from pipeline.artifacts.checking import check_file
from pipeline.artifacts.files import (
    ITEMS,
    PICTURE_TYPE,
    map_embeddings,
    write_embeddings,
    write_items,
)
from pipeline.artifacts.manifest import (
    COLOURS,
    EMBEDDINGS,
    FLOAT32_BYTES,
    FORMAT_VERSION,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    ClosenessRecord,
    FileRecord,
    Manifest,
    RuntimeRecord,
    SearchRecord,
    SkippedItem,
)

__all__ = [
    "COLOURS",
    "EMBEDDINGS",
    "FLOAT32_BYTES",
    "FORMAT_VERSION",
    "ITEMS",
    "MANIFEST",
    "MAX_MANIFEST_BYTES",
    "PICTURE_TYPE",
    "Balance",
    "BuiltCatalogue",
    "ClosenessRecord",
    "FileRecord",
    "Manifest",
    "RuntimeRecord",
    "SearchRecord",
    "SkippedItem",
    "check_file",
    "map_embeddings",
    "open_built",
    "write_embeddings",
    "write_items",
]
