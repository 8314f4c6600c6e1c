"""Cutting a garment out of the white ground of a studio photo."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from pipeline.scenes.masks import opened, shrunk

WHITE = 238
"""The ground of a studio photo is at least so bright in every channel, JPEG noise included."""
LEAST, MOST = 0.04, 0.93
"""Shares of a picture that a garment fills; outside of these the cut is not trusted."""
WHITE_BORDER = 0.5
"""The share of the border that must be white for the ground to be a studio's."""


def has_white_ground(picture: np.ndarray) -> bool:
    """Whether the border is white enough for a studio's ground.

    Args:
        picture: ``(height, width, 3)`` uint8.
    """
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return bool(np.all(border >= WHITE, axis=1).mean() >= WHITE_BORDER)


def cut_out(picture: np.ndarray) -> np.ndarray | None:
    """What of a studio photo is garment.

    White that hangs together with the border is ground; white inside the garment is not.

    Args:
        picture: ``(height, width, 3)`` uint8.

    Returns:
        ``(height, width)`` uint8, 255 on the garment and 0 on the ground, one pixel of soft
        edge; None where the picture has no white ground or the cut cannot be trusted.
    """
    if not has_white_ground(picture):
        return None
    red, green, blue = np.moveaxis(picture >= WHITE, 2, 0)
    white = red & green & blue
    regions, _ = ndimage.label(white)
    edge = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    ground = np.isin(regions, np.unique(edge[edge > 0]))
    garment = opened(~ground)
    if not LEAST <= garment.mean() <= MOST:
        return None
    # The outermost pixel is half ground: it would leave a white line around the garment.
    inner = shrunk(garment)
    soft: np.ndarray = ndimage.uniform_filter(inner.astype(np.float32), 3)
    return (soft * 255).astype(np.uint8)
