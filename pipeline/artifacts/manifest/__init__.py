"""The manifest: what a built catalogue holds, what made it, and how to check it."""

from pipeline.artifacts.manifest.manifest import (
    COLOURS,
    EMBEDDINGS,
    FLOAT32_BYTES,
    FORMAT_VERSION,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    REBUILD,
    VIEW_COLOURS,
    VIEWS,
    Manifest,
)
from pipeline.artifacts.manifest.records import (
    ClosenessRecord,
    FileRecord,
    LearntRecord,
    LogModel,
    PlaneRecord,
    RuntimeRecord,
    SearchRecord,
    SkippedItem,
    ViewRecord,
    WordsRecord,
)

__all__ = [
    "COLOURS",
    "EMBEDDINGS",
    "FLOAT32_BYTES",
    "FORMAT_VERSION",
    "MANIFEST",
    "MAX_MANIFEST_BYTES",
    "REBUILD",
    "VIEWS",
    "VIEW_COLOURS",
    "ClosenessRecord",
    "FileRecord",
    "LearntRecord",
    "LogModel",
    "Manifest",
    "PlaneRecord",
    "RuntimeRecord",
    "SearchRecord",
    "SkippedItem",
    "ViewRecord",
    "WordsRecord",
]
