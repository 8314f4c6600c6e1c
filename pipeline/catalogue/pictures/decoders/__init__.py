"""Decoders: what reads the pictures that Pillow alone does not, or not in little memory."""

from pipeline.catalogue.pictures.decoders.containers import (
    first_picture,
    is_boxed,
    is_webp,
    only_main_item,
)
from pipeline.catalogue.pictures.decoders.heif import Heif, is_heif
from pipeline.catalogue.pictures.decoders.streaming import (
    LOADERS,
    Stream,
    UnreadableError,
    format_of,
)
from pipeline.catalogue.pictures.decoders.tiled import TiledHeif, heif_of

__all__ = [
    "LOADERS",
    "Heif",
    "Stream",
    "TiledHeif",
    "UnreadableError",
    "first_picture",
    "format_of",
    "heif_of",
    "is_boxed",
    "is_heif",
    "is_webp",
    "only_main_item",
]
