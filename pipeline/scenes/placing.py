"""Setting one garment on a drawn ground, as a photo taken at home shows it, without torch."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pipeline.scenes.cutting import cut_out
from pipeline.scenes.grounds import drawn_ground

SIDE = 224
WIDTH, TILT = (0.5, 0.95), 20.0
"""The garment's share of the frame, and how far it is turned, in degrees."""
EXPOSURE, WARMTH, GRAIN = (0.6, 1.2), 0.05, 4.0
"""What pixel values are multiplied by; the deviation of the red and blue gains; that of noise."""
QUALITY = (40, 90)


def photographed(picture: Image.Image, generator: np.random.Generator) -> Image.Image:
    """A studio photo as a person at home might have taken it.

    The garment is cut out of its white ground, turned, made smaller and set on a drawn ground;
    the whole then gets other light, noise and the marks of JPEG. A picture that has no white
    ground keeps its own.

    Args:
        picture: RGB.
        generator: Decides on everything.

    Returns:
        RGB, 224 pixels square.
    """
    square = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    opacity = cut_out(np.asarray(square))
    if opacity is not None:
        square = _set_on_ground(square, Image.fromarray(opacity), generator)
    pixels = np.asarray(square, dtype=np.float32)
    warmth = generator.normal(0, WARMTH)
    pixels = pixels * generator.uniform(*EXPOSURE) * np.array([1 + warmth, 1, 1 - warmth])
    pixels = pixels + generator.normal(0, GRAIN, pixels.shape)
    stream = io.BytesIO()
    lit = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    lit.save(stream, "JPEG", quality=int(generator.integers(*QUALITY)))
    return Image.open(stream).convert("RGB")


def _set_on_ground(
    square: Image.Image, opacity: Image.Image, generator: np.random.Generator
) -> Image.Image:
    width = int(SIDE * generator.uniform(*WIDTH))
    angle = generator.uniform(-TILT, TILT)
    garment, mask = (
        layer.rotate(angle, Image.Resampling.BILINEAR).resize((width, width))
        for layer in (square, opacity)
    )
    left, top = generator.integers(0, SIDE - width + 1, 2).tolist()
    scene = Image.fromarray(drawn_ground(SIDE, generator))
    scene.paste(garment, (left, top), mask)
    return scene
