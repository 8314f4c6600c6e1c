"""Nonsense: pictures that show no garment, for which nothing should be called alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from pipeline.scenes import drawn_ground

SIDE = 224
Drawing = Callable[[np.random.Generator], Image.Image]


def draw_nonsense(count: int, seed: int = 0) -> dict[str, list[Image.Image]]:
    """Draw pictures that show no garment, the same ones for the same seed.

    Args:
        count: How many of each sort.
        seed: Another seed gives others.

    Returns:
        By sort, RGB pictures of 224 pixels square.
    """
    generator = np.random.default_rng(seed)
    return {name: [draw(generator) for _ in range(count)] for name, draw in SORTS.items()}


def noise(generator: np.random.Generator) -> Image.Image:
    """Grains of any size, grey or in colour."""
    grains = int(generator.choice([24, 56, SIDE]))
    return _enlarged(generator, grains, Image.Resampling.NEAREST)


def texture(generator: np.random.Generator) -> Image.Image:
    """Smooth blots, as of clouds or of marble."""
    return _enlarged(generator, int(generator.integers(4, 40)), Image.Resampling.BICUBIC)


def plain(generator: np.random.Generator) -> Image.Image:
    """One colour, or one that passes into another."""
    one, other = generator.uniform(0, 255, (2, 3))
    other = one if generator.random() < 0.5 else other
    angle = generator.uniform(0, 2 * np.pi)
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    share = np.clip(0.5 + down * np.sin(angle) + across * np.cos(angle), 0, 1)[..., None]
    return Image.fromarray((one + (other - one) * share).astype(np.uint8))


def scene(generator: np.random.Generator) -> Image.Image:
    """A ground on which nothing lies."""
    return Image.fromarray(drawn_ground(SIDE, generator))


def digit(generator: np.random.Generator) -> Image.Image:
    """A handwritten digit of the UCI set that scikit-learn carries, enlarged."""
    digits = load_digits().images
    ink = digits[generator.integers(len(digits))] * (255 / 16)
    grey = Image.fromarray((255 - ink if generator.random() < 0.5 else ink).astype(np.uint8))
    return grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")


SORTS: dict[str, Drawing] = {
    "noise": noise,
    "textures": texture,
    "plain and shaded": plain,
    "empty scenes": scene,
    "digits": digit,
}


def _enlarged(
    generator: np.random.Generator, grains: int, resampling: Image.Resampling
) -> Image.Image:
    channels = 3 if generator.random() < 0.6 else 1
    values = generator.normal(128, generator.uniform(20, 90), (grains, grains, channels))
    pixels = np.broadcast_to(np.clip(values, 0, 255), (grains, grains, 3)).astype(np.uint8)
    return Image.fromarray(pixels).resize((SIDE, SIDE), resampling)
