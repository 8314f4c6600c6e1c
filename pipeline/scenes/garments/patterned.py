"""Telling a garment from a ground with a pattern, by where colours lie."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.cluster.vq import kmeans, vq

from pipeline.scenes.garments.filters import SIDE, blur, filtered
from pipeline.scenes.garments.ground import TERMS, WEIGHTS
from pipeline.scenes.masks import grown, opened, shrunk

RING = 4
"""How many pixels deep the border is."""
UNLIT = 8.0
"""A border within so many units of CIELAB of one smooth light (median) shows that light."""
COLOURS, SOME = 12, 6
"""Classes of colours, told on one pixel in so many."""
START = np.random.default_rng(0).choice(len(range(0, SIDE**2, SOME)), COLOURS, replace=False)
"""Of those pixels, whose colours the classes begin with: given, the answer is always the same."""
ROUNDS = 5
SMOOTH, SOFT, STEEP = blur(0.7), blur(0.8), blur(0.8, order=1)
VOTED = blur(1.6)
"""Over which colours vote together: several threads of a texture."""
STEPS = 6.0
"""Of a watershed, for a slope of one unit of CIELAB a pixel."""
VOTE, PLACE, DOUBT = 1.5, 0.15, 0.7
"""Log odds of a pixel: those of the colours around it, those of its place, and what it takes
to be garment. Chosen on garments of studio photos set on grounds."""


def garment_on_pattern(lab: np.ndarray) -> tuple[np.ndarray, float]:
    """Tell a garment from any ground.

    The light's falling off is taken out of the ground, the colours are put in a few classes, and
    each class is given to garment or ground by where its pixels lie, over and over, as GrabCut
    does with colour models (Rother et al., *GrabCut*, 2004) but with votes of the neighbourhood
    for its graph cut; the outline then moves to the nearest edges by a watershed.

    Args:
        lab: ``(SIDE, SIDE, 3)`` float32, CIELAB.

    Returns:
        ``(SIDE, SIDE)`` bool, true on the garment, and the log of how much steeper its outline
        is than the ground: 0 where nothing is garment.
    """
    lab = _evenly_lit(lab)
    slope = _slope(lab)
    garment = _outlined(slope, _likely(lab))
    return garment, _steeper(slope, garment) if garment.any() else 0.0


LIGHT = TERMS[:, :4]
"""``(SIDE², 4)``: without its squares, what a light is made of that falls off evenly."""
IS_BORDER = np.ones((SIDE, SIDE), bool)
IS_BORDER[RING:-RING, RING:-RING] = False
BORDER = np.flatnonzero(IS_BORDER)


def _evenly_lit(lab: np.ndarray) -> np.ndarray:
    """Without the light's falling off, where the border shows one; ``(SIDE, SIDE, 3)``."""
    colours = lab.reshape(-1, 3)
    seen, border = LIGHT[BORDER], colours[BORDER]
    weights = np.ones(len(seen), np.float32)
    for _ in range(3):
        # Each time, what lies far from the light of the rest counts less: a sleeve, an edge.
        weighed = seen * (weights**2)[:, None]
        light = np.linalg.solve(weighed.T @ seen, weighed.T @ border)
        off = np.linalg.norm(border - seen @ light, axis=1)
        weights = 1 / (1 + (off / UNLIT) ** 2)
    if np.median(off) > UNLIT:
        return lab
    even: np.ndarray = (colours - LIGHT[:, 1:] @ light[1:]).reshape(lab.shape)
    return even


def _slope(lab: np.ndarray) -> np.ndarray:
    """How steeply the colours change, summed over channels, ``(SIDE, SIDE)``."""
    down, across = filtered(lab, STEEP, SOFT), filtered(lab, SOFT, STEEP)
    slope: np.ndarray = np.hypot(down, across).sum(axis=2)
    return slope


def _place() -> np.ndarray:
    """From 0.03 at the border to 0.85 in the middle, ``(SIDE, SIDE)``."""
    along = (np.arange(SIDE) + 0.5) / SIDE
    inward = np.minimum(along, 1 - along)
    place = 0.03 + 0.82 * (1 - np.exp(-((np.minimum.outer(inward, inward) / 0.18) ** 1.5)))
    likely: np.ndarray = place.astype(np.float32)
    return likely


LIKELY = _place()


def _likely(lab: np.ndarray) -> np.ndarray:
    """How likely each pixel is the garment's, ``(SIDE, SIDE)`` in 0..1."""
    colours = (filtered(lab, SMOOTH, SMOOTH) * WEIGHTS).reshape(-1, 3)
    some = colours[::SOME]
    centres, _ = kmeans(some, some[START], thresh=0.1)
    classes, _ = vq(colours, centres)
    everywhere = np.bincount(classes, minlength=len(centres))
    likely = LIKELY
    place = np.log(LIKELY / (1 - LIKELY)) * PLACE - DOUBT
    for _ in range(ROUNDS):
        on_garment = np.bincount(classes, likely.ravel(), len(centres))
        on_ground = everywhere - on_garment
        shares = (part / part.sum() + 2e-4 for part in (on_garment, on_ground))
        votes = VOTE * np.subtract(*map(np.log, shares)).astype(np.float32)
        odds = filtered(votes[classes].reshape(SIDE, SIDE), VOTED, VOTED) + place
        likely = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    found: np.ndarray = likely
    return found


def _outlined(slope: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """The likely garment with its outline moved to the nearest edges, ``(SIDE, SIDE)`` bool."""
    rough: np.ndarray = opened(likely > 0.5)
    ground = ~grown(rough)
    ground[[0, -1]] = ground[:, [0, -1]] = True
    core = shrunk(rough, 3) & ~ground
    if not core.any():
        return rough
    heights = np.clip(slope * STEPS, 0, 255).astype(np.uint8)
    seeds = np.where(core, 1, np.where(ground, 2, 0)).astype(np.int16)
    outlined: np.ndarray = ndimage.watershed_ift(heights, seeds) == 1
    return outlined


def _steeper(slope: np.ndarray, garment: np.ndarray) -> float:
    outline = np.median(slope[garment ^ shrunk(garment)])
    far = ~grown(garment, 2)
    ground = np.percentile(slope[far], 75) if far.any() else outline
    return float(np.log(np.clip(outline / (ground + 0.5), 0.05, 50)))
