"""The arriving: takes the body of an upload, gives its parts within limits, or gives it up."""

from pipeline.page.guards.arriving.body import (
    CUT_OFF,
    FULL,
    MAX_FILES,
    MAX_PARTS,
    MAX_REQUEST,
    MB,
    STATUS,
    TOO_LARGE,
    TOO_MANY,
    TOO_MANY_PARTS,
    TOO_SLOW,
    UPLOAD_SECONDS,
    Body,
)

__all__ = [
    "CUT_OFF",
    "FULL",
    "MAX_FILES",
    "MAX_PARTS",
    "MAX_REQUEST",
    "MB",
    "STATUS",
    "TOO_LARGE",
    "TOO_MANY",
    "TOO_MANY_PARTS",
    "TOO_SLOW",
    "UPLOAD_SECONDS",
    "Body",
]
