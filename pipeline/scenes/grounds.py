"""Grounds to set garments on: borders of phone photos, and drawn textures, gradients and noise."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

BORDER = (0.2, 0.35)
"""The share of a photo's side that is taken as its border: seldom more than the garment leaves."""


def border_ground(photo: np.ndarray, side: int, generator: np.random.Generator) -> np.ndarray:
    """A corner of a photo, mirrored to and fro until it fills ``(side, side, 3)`` uint8."""
    height, width = photo.shape[:2]
    part = int(min(height, width) * generator.uniform(*BORDER))
    # A strip along the border: longer than it is deep.
    deep, long = part, int(part * generator.uniform(1, 2))
    if generator.random() < 0.5:
        deep, long = long, deep
    top = 0 if generator.random() < 0.5 else height - deep
    left = 0 if generator.random() < 0.5 else width - long
    patch = photo[top : top + deep, left : left + long]
    scale = generator.uniform(0.5, 1.0) * side / max(deep, long)
    size = (max(8, round(long * scale)), max(8, round(deep * scale)))
    patch = np.asarray(Image.fromarray(patch).resize(size, Image.Resampling.BICUBIC))
    pad = ((0, max(0, side - patch.shape[0])), (0, max(0, side - patch.shape[1])), (0, 0))
    return np.pad(patch, pad, mode="symmetric")[:side, :side]


def drawn_ground(side: int, generator: np.random.Generator) -> np.ndarray:
    """A flat, shaded, noisy, striped, tiled or mottled ground, ``(side, side, 3)`` uint8."""
    base = _colour(generator)
    kind = generator.integers(5)
    down, across = np.mgrid[0:side, 0:side].astype(np.float32) / side
    angle = generator.uniform(0, np.pi)
    along = down * np.sin(angle) + across * np.cos(angle)
    if kind == 0:
        amount = np.zeros((side, side), np.float32)
    elif kind == 1:
        amount = np.clip(along, 0, 1)
    elif kind == 2:
        amount = (np.sin(along * generator.uniform(10, 90)) > generator.uniform(-0.8, 0.8)) * 1.0
    elif kind == 3:
        count = generator.uniform(3, 20)
        amount = ((down * count).astype(int) + (across * count).astype(int)) % 2
    else:
        small = generator.random((int(generator.integers(3, 60)),) * 2).astype(np.float32)
        amount = np.asarray(Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC))
    other = base + generator.normal(0, 40, 3) if generator.random() < 0.7 else _colour(generator)
    ground = base + (other - base) * np.clip(amount, 0, 1)[..., None]
    ground = ground + generator.normal(0, generator.uniform(0, 14), (side, side, 1))
    if generator.random() < 0.5:
        ground = ndimage.gaussian_filter(ground, (1, 1, 0))
    drawn: np.ndarray = np.clip(ground, 0, 255).astype(np.uint8)
    return drawn


def _colour(generator: np.random.Generator) -> np.ndarray:
    """Mostly walls and floors: light or muted, now and then anything."""
    if generator.random() < 0.25:
        return generator.uniform(0, 255, 3)
    grey = generator.uniform(40, 245)
    warmth = generator.normal(8, 14)
    return np.array([grey + warmth, grey + warmth / 3, grey - warmth])
