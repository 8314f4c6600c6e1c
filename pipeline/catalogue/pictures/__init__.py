"""Pictures: takes files or bytes, hostile until decoded, gives upright RGB in little memory."""

from pipeline.catalogue.pictures.limits import MAX_BYTES, MAX_PIXELS, MIN_SIDE
from pipeline.catalogue.pictures.opening import FORMAT_NAMES, FORMATS, Picture, open_picture
from pipeline.catalogue.pictures.pixels import shows_as_srgb
from pipeline.catalogue.pictures.tags import orientation_in

__all__ = [
    "FORMATS",
    "FORMAT_NAMES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "Picture",
    "open_picture",
    "orientation_in",
    "shows_as_srgb",
]
