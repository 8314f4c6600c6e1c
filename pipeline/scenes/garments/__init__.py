"""Garments: takes any picture, gives where its garments are.

`seen` is the picture as it is looked at and `ground` what its border shows of the ground; `mask`
tells one garment from that, with `patterned` where the ground has a pattern, and `apart` several.
"""

from pipeline.scenes.garments.apart import garments_apart
from pipeline.scenes.garments.mask import garment_mask
from pipeline.scenes.garments.seen import Seen

__all__ = ["Seen", "garment_mask", "garments_apart"]
