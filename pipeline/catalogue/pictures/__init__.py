"""Pictures: takes files or bytes, hostile until decoded, gives upright RGB in little memory."""

from pipeline.catalogue.pictures.limits import MAX_BYTES, MAX_PIXELS, MIN_SIDE
from pipeline.catalogue.pictures.opening import FORMATS, Picture, open_picture
from pipeline.catalogue.pictures.pixels import shows_as_srgb

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "Picture",
    "open_picture",
    "shows_as_srgb",
]
