"""The plane: takes a built catalogue, gives each item a place, those that look alike together."""

from pipeline.plane.keeping import PLANE, carry_plane, keep_plane, open_plane
from pipeline.plane.laying import lay_out

__all__ = ["PLANE", "carry_plane", "keep_plane", "lay_out", "open_plane"]
