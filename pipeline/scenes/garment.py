"""Telling the garment in any picture from the ground that it lies on or hangs before."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage
from scipy.cluster.vq import kmeans, vq

from pipeline.scenes.cutting import cut_out
from pipeline.scenes.lab import SIDE, Seen

RING = 4
"""How many of those pixels deep the border is."""
UNLIT = 8.0
"""A border within so many units of CIELAB of one smooth light (median) is a plain ground."""
COLOURS = 12
LIGHTNESS, CHROMA = 0.7, 1.2
"""Weights of CIELAB's channels: shadows change the lightness of one and the same cloth."""
ROUNDS = 5
BLUR = 1.6
"""The deviation, in pixels, over which colours vote together: several threads of a texture."""
VOTE, PLACE, DOUBT = 1.5, 0.15, 0.7
"""Log odds of a pixel: those of the colours around it, those of its place, and what it takes
to be garment. Chosen on garments of studio photos set on grounds."""
SIDE_PIECE = 0.15
"""Pieces from so much of the largest's area are garment too: the other shoe of a pair."""
CONFIDENCE = (2.4, -8.6, 1.1)
"""A logistic regression's constant and its weights of `_evidence`: whether the box around the
mask overlaps the true one by 0.8 (intersection over union). Fitted on garments of 160 studio
photos set on walls, wood, bedspreads and borders of phone photos, and on pictures that the same
garments fill; 0.90 area under the curve in five folds."""


def garment_mask(picture: np.ndarray | Seen) -> tuple[np.ndarray, float]:
    """Tell a garment's own pixels from its ground.

    A studio photo's white ground is cut away as `cut_out` does. Elsewhere, the light's falling
    off is taken out of the ground, the colours are put in a few classes, and each class is
    given to garment or ground by where its pixels lie, over and over, as GrabCut does with
    colour models (Rother et al., *GrabCut*, 2004) but with votes of the neighbourhood for its
    graph cut; the outline then moves to the nearest edges by a watershed.

    Args:
        picture: ``(height, width, 3)`` uint8, upright, or such a picture as it is seen.

    Returns:
        ``(height, width)`` bool, true on the garment, never all false; and how sure that is,
        0..1: the chance that a box around it fits the garment. A picture that nothing can be
        told of gives a mask all true and 0.
    """
    seen = picture if isinstance(picture, Seen) else Seen.of(picture)
    lab = _evenly_lit(seen.lab)
    cut = cut_out(seen.pixels)
    garment = _large_pieces(cut > 0 if cut is not None else _outlined(lab, _likely(lab)))
    if not garment.any() or garment.all():
        return np.ones(seen.size[::-1], bool), 0.0
    constant, *weights = CONFIDENCE
    odds = constant + float(np.dot(weights, _evidence(lab, garment)))
    whole = Image.fromarray(garment).resize(seen.size, Image.Resampling.NEAREST)
    return np.asarray(whole), float(1 / (1 + np.exp(-odds)))


def _evenly_lit(lab: np.ndarray) -> np.ndarray:
    """Without the light's falling off, where the border shows one; ``(SIDE, SIDE, 3)``."""
    across, down = np.meshgrid(np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE))
    terms = np.stack([np.ones_like(across), across, down, across * down], axis=-1)
    is_border = np.ones((SIDE, SIDE), bool)
    is_border[RING:-RING, RING:-RING] = False
    seen, border = terms[is_border], lab[is_border]
    weights = np.ones(len(seen))
    for _ in range(3):
        # Each time, what lies far from the light of the rest counts less: a sleeve, an edge.
        light = np.linalg.lstsq(seen * weights[:, None], border * weights[:, None], rcond=None)[0]
        off = np.linalg.norm(border - seen @ light, axis=1)
        weights = 1 / (1 + (off / UNLIT) ** 2)
    if np.median(off) > UNLIT:
        return lab
    even: np.ndarray = lab - terms[..., 1:] @ light[1:]
    return even


def _likely(lab: np.ndarray) -> np.ndarray:
    """How likely each pixel is the garment's, ``(SIDE, SIDE)`` in 0..1."""
    smooth = ndimage.gaussian_filter(lab, (0.7, 0.7, 0)) * (LIGHTNESS, CHROMA, CHROMA)
    colours = smooth.reshape(-1, 3)
    some = colours[::6]
    # Given where to start, it gives the same answer each time, and leaves empty classes out.
    start = np.random.default_rng(0).choice(some, COLOURS, replace=False)
    centres, _ = kmeans(some, start, thresh=0.1)
    classes, _ = vq(colours, centres)
    everywhere = np.bincount(classes, minlength=len(centres))
    likely = _likely_place()
    place = np.log(likely / (1 - likely))
    for _ in range(ROUNDS):
        on_garment = np.bincount(classes, likely.ravel(), len(centres))
        on_ground = everywhere - on_garment
        shares = (part / part.sum() + 2e-4 for part in (on_garment, on_ground))
        votes = np.subtract(*map(np.log, shares))[classes].reshape(SIDE, SIDE)
        odds = VOTE * ndimage.gaussian_filter(votes, BLUR) + PLACE * place - DOUBT
        likely = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    found: np.ndarray = likely
    return found


def _likely_place() -> np.ndarray:
    """From 0.03 at the border to 0.85 in the middle, ``(SIDE, SIDE)``."""
    along = (np.arange(SIDE) + 0.5) / SIDE
    inward = np.minimum(along, 1 - along)
    place: np.ndarray = 0.03 + 0.82 * (
        1 - np.exp(-((np.minimum.outer(inward, inward) / 0.18) ** 1.5))
    )
    return place


def _outlined(lab: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """The likely garment with its outline moved to the nearest edges, ``(SIDE, SIDE)`` bool."""
    rough: np.ndarray = ndimage.binary_opening(likely > 0.5)
    ground = ~ndimage.binary_dilation(rough)
    ground[[0, -1]] = ground[:, [0, -1]] = True
    core = ndimage.binary_erosion(rough, iterations=3) & ~ground
    if not core.any():
        return rough
    smooth = ndimage.gaussian_filter(lab, (0.7, 0.7, 0))
    slope = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1))
    heights = np.clip(np.linalg.norm(slope, axis=2) / 4, 0, 255).astype(np.uint8)
    seeds = np.where(core, 1, np.where(ground, 2, 0)).astype(np.int16)
    outlined: np.ndarray = ndimage.watershed_ift(heights, seeds) == 1
    return outlined


def _large_pieces(garment: np.ndarray) -> np.ndarray:
    """Without crumbs; a pair of shoes stays a pair."""
    pieces, count = ndimage.label(garment)
    if count < 2:
        return garment
    areas = np.bincount(pieces.ravel())[1:]
    return np.isin(pieces, 1 + np.flatnonzero(areas >= SIDE_PIECE * areas.max()))


def _evidence(lab: np.ndarray, garment: np.ndarray) -> tuple[float, float]:
    """What a mask is trusted by.

    Returns:
        The overlap of the two sides' colours (Bhattacharyya coefficient, 0..1), and the log of
        how much steeper the outline is than the ground.
    """
    cells = np.floor(lab / 8).astype(np.int64) @ (10_000, 100, 1)
    _, kinds = np.unique(cells, return_inverse=True)
    kinds = kinds.reshape(garment.shape)
    sides = [np.bincount(kinds[part], minlength=kinds.max() + 1) for part in (garment, ~garment)]
    overlap = np.sqrt(sides[0] / sides[0].sum() * (sides[1] / sides[1].sum())).sum()
    slope = sum(ndimage.gaussian_gradient_magnitude(lab[..., c], 0.8) for c in range(3))
    outline = np.median(slope[garment ^ ndimage.binary_erosion(garment)])
    far = ~ndimage.binary_dilation(garment, iterations=2)
    ground = np.percentile(slope[far], 75) if far.any() else outline
    steeper = np.clip(outline / (ground + 0.5), 0.05, 50)
    return float(overlap), float(np.log(steeper))
