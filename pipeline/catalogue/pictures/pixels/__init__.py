"""Pixels: takes those of any mode, depth and colour profile, gives RGB as people see it."""

from pipeline.catalogue.pictures.pixels.converting import to_rgb
from pipeline.catalogue.pictures.pixels.depths import from_numbers
from pipeline.catalogue.pictures.pixels.profiles import profile_of, shows_as_srgb

__all__ = ["from_numbers", "profile_of", "shows_as_srgb", "to_rgb"]
