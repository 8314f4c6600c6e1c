"""Grounds of the evaluation's own: a wall, a wooden floor and a bedspread.

They share no code with the grounds that training uses, so that an encoder is judged on grounds
that it has not learnt.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

WALLS = ("#f3efe6", "#e4d9c4", "#d5dde0", "#cfd8c8", "#e8d3c6", "#c9c5bd", "#b9c4cf", "#efe3b8")
WOODS = ("#b98a57", "#8c5f3a", "#d2ae7d", "#6b4a32", "#a9753f", "#c79a6b")
CLOTHS = (
    ("#e9e2d4", "#b04a4a", "#5a7a55"),
    ("#2f4466", "#d8d2bf", "#c28a3c"),
    ("#c9a9b4", "#6d3b52", "#f1e9e4"),
    ("#8fa99b", "#f2ead8", "#37524a"),
    ("#d9c48f", "#7c3f2a", "#fbf5e4"),
    ("#b7c3d6", "#f5f2ee", "#7b6aa0"),
)
FINE = 4
"""Motifs are drawn so many times larger and reduced, for smooth edges."""


def wall(size: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """A plain wall in the soft light of a lamp or a window, with the grain of its plaster.

    Args:
        size: Width and height in pixels.
        generator: Decides on colour, light and grain.

    Returns:
        ``(height, width, 3)`` uint8.
    """
    width, height = size
    plaster = ndimage.gaussian_filter(generator.normal(size=(height, width)), 1.2)
    down, across = np.mgrid[0:height, 0:width] / max(size)
    lamp = generator.uniform(-0.3, 1.3, 2)
    distance = (down - lamp[0]) ** 2 + (across - lamp[1]) ** 2
    lit = 1.05 - generator.uniform(0.1, 0.3) * distance
    colour = _rgb(WALLS[generator.integers(len(WALLS))]) * generator.uniform(0.8, 1.02)
    return _as_bytes(colour * lit[..., None] + 8 * plaster[..., None])


def wood(size: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """Planks beside each other, each with its own tone and grain; see `wall` for the arguments."""
    width, height = size
    boards = _planks(max(size), max(size), generator)
    if generator.random() < 0.5:
        boards = boards.transpose(1, 0, 2)
    return boards[:height, :width]


def bedspread(size: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """A patterned cloth with its weave and folds; see `wall` for the arguments."""
    width, height = size
    motif = (_flowers, _diamonds, _tartan)[generator.integers(3)]
    tile = motif(CLOTHS[generator.integers(len(CLOTHS))], generator)
    side = int(max(size) * generator.uniform(0.12, 0.3))
    small = np.asarray(tile.resize((side, side), Image.Resampling.LANCZOS), dtype=np.float64)
    repeats = (-(-height // side), -(-width // side), 1)
    cloth = np.tile(small, repeats)[:height, :width]
    threads = np.where(np.add.outer(np.arange(height), np.arange(width)) % 2, 1.02, 0.98)
    folds = 1 + generator.uniform(0.04, 0.1) * _smooth((height, width), (7, 5), generator)
    return _as_bytes(cloth * (threads * folds)[..., None])


def _planks(length: int, across: int, generator: np.random.Generator) -> np.ndarray:
    """Planks that run down, ``(length, across, 3)`` uint8."""
    colour = _rgb(WOODS[generator.integers(len(WOODS))])
    boards = np.zeros((length, across, 3))
    broad = int(across * generator.uniform(0.12, 0.3))
    for left in range(0, across, broad):
        part = boards[:, left : left + broad]
        tone = colour * generator.uniform(0.82, 1.12)
        fine = _smooth(part.shape[:2], (6, part.shape[1]), generator)
        wander = _smooth(part.shape[:2], (5, 4), generator)
        grain = 1 + 0.05 * fine + 0.05 * np.sin(np.arange(part.shape[1]) * 0.45 + 3 * wander)
        part[:] = tone * grain[..., None]
        part[:, :1] *= 0.45
        part[generator.integers(length)] *= 0.45  # where one plank ends and the next begins
    return _as_bytes(boards)


def _flowers(colours: tuple[str, ...], generator: np.random.Generator) -> Image.Image:
    """Two flowers and a leaf, so that the repeats stand in staggered rows."""
    side = 64 * FINE
    tile = Image.new("RGB", (side, side), colours[0])
    draw = ImageDraw.Draw(tile)
    petals = int(generator.integers(5, 9))
    for centre in ((side * 0.27, side * 0.27), (side * 0.73, side * 0.73)):
        radius = side * generator.uniform(0.1, 0.15)
        for angle in np.arange(petals) * 2 * np.pi / petals:
            middle = (centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle))
            draw.circle(middle, radius * 0.55, fill=colours[1])
        draw.circle(centre, radius * 0.5, fill=colours[2])
    draw.ellipse((side * 0.66, side * 0.14, side * 0.9, side * 0.28), fill=colours[2])
    return tile


def _diamonds(colours: tuple[str, ...], generator: np.random.Generator) -> Image.Image:
    """Argyle: a diamond crossed by thin lines."""
    side = 64 * FINE
    tile = Image.new("RGB", (side, side), colours[0])
    draw = ImageDraw.Draw(tile)
    draw.polygon(
        [(side / 2, 0), (side, side / 2), (side / 2, side), (0, side / 2)], fill=colours[1]
    )
    line = int(generator.integers(1, 4)) * FINE
    draw.line((0, 0, side, side), fill=colours[2], width=line)
    draw.line((0, side, side, 0), fill=colours[2], width=line)
    return tile


def _tartan(colours: tuple[str, ...], generator: np.random.Generator) -> Image.Image:
    """Bands that cross, half seen through each other."""
    side = 64 * FINE
    bands = np.tile(_rgb(colours[0]), (side, 1))
    for colour in (colours[1], colours[2], colours[1]):
        start = int(generator.uniform(0, 0.8) * side)
        bands[start : start + int(generator.uniform(0.05, 0.3) * side)] = _rgb(colour)
    return Image.fromarray(_as_bytes((bands[:, None] + bands[None]) / 2))


def _smooth(
    shape: tuple[int, ...], knots: tuple[int, int], generator: np.random.Generator
) -> np.ndarray:
    """Chance values at so many knots down and across, drawn out to a surface of deviation one."""
    coarse = Image.fromarray(generator.normal(size=knots).astype(np.float32))
    drawn_out = coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    surface = np.asarray(drawn_out, dtype=np.float64)
    surface /= surface.std()
    return surface


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    as_bytes: np.ndarray = np.clip(pixels, 0, 255).astype(np.uint8)
    return as_bytes
