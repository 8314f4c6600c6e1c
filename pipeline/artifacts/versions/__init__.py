"""Versions: those of a built catalogue, one current, earlier ones kept to go back to."""

from pipeline.artifacts.versions.history import (
    has_versions,
    is_current,
    keep_version,
    kept_folders,
    next_folder,
    publish_version,
    roll_back,
    settled,
    stamp_version,
    versions_of,
)
from pipeline.artifacts.versions.version import Version

__all__ = [
    "Version",
    "has_versions",
    "is_current",
    "keep_version",
    "kept_folders",
    "next_folder",
    "publish_version",
    "roll_back",
    "settled",
    "stamp_version",
    "versions_of",
]
