"""Scenes: takes studio photos, gives their garments cut out and set on other grounds.

`cutting` tells garment from white ground, `grounds` draws what garments are set on, and
`composing` sets a whole batch of them, in the light of a home (it needs torch, so it is imported
by its own name).
"""

from pipeline.scenes.cutting import cut_out
from pipeline.scenes.grounds import border_ground, drawn_ground

__all__ = ["border_ground", "cut_out", "drawn_ground"]
