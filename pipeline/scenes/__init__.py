"""Scenes: takes studio photos, gives their garments cut out and set on other grounds.

`cutting` tells garment from white ground and `garments` from any, `grounds` draws what garments
are set on, `placing` sets one garment on a ground, and `composing` a whole batch of them, in the
light of a home (it needs torch, so it is imported by its own name).
"""

from pipeline.scenes.cutting import cut_out, has_white_ground
from pipeline.scenes.garments import Seen, garment_mask, garments_apart
from pipeline.scenes.grounds import border_ground, drawn_ground
from pipeline.scenes.lab import to_lab
from pipeline.scenes.placing import photographed

__all__ = [
    "Seen",
    "border_ground",
    "cut_out",
    "drawn_ground",
    "garment_mask",
    "garments_apart",
    "has_white_ground",
    "photographed",
    "to_lab",
]
