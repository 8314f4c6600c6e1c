"""Colour: takes a picture, gives a small descriptor of the colours of its garment.

`pixels` tells the garment's pixels from the ground, `counting` counts their colours in a
perceptual space, `names` reads colour names out of the counts.
"""

from pipeline.colour.names import DESCRIPTOR, DIMENSION, describe_colour

__all__ = ["DESCRIPTOR", "DIMENSION", "describe_colour"]
