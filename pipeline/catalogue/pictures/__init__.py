"""Pictures: takes files or bytes, hostile until decoded, gives upright RGB in little memory."""

from pipeline.catalogue.pictures.limits import MAX_BYTES, MAX_PIXELS
from pipeline.catalogue.pictures.opening import Picture, open_picture

__all__ = ["MAX_BYTES", "MAX_PIXELS", "Picture", "open_picture"]
