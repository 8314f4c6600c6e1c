"""The colours of the drawn garments, by the names the product set uses."""

from __future__ import annotations

import colorsys
import random

COLOURS: dict[str, str] = {
    "Black": "#232326",
    "White": "#f4f4f2",
    "Grey": "#94979b",
    "Navy Blue": "#232d52",
    "Blue": "#3c6fb8",
    "Red": "#c8242f",
    "Maroon": "#6d1b2b",
    "Pink": "#e77fa8",
    "Purple": "#6f4596",
    "Green": "#3f8f4f",
    "Yellow": "#f0c838",
    "Orange": "#ec7a2a",
    "Brown": "#6e4629",
    "Beige": "#d9c4a1",
}
"""As the photos show them: a garment photographed is never the pure colour of its name."""

ACCENTS: dict[str, tuple[str, ...]] = {
    "Black": ("#e8e8e6", "#8d8f93", "#c3303a"),
    "White": ("#2b3a67", "#9aa0a8", "#c2404a"),
    "Grey": ("#f1f1ef", "#3a3c41", "#27345e"),
    "Navy Blue": ("#f2f2f0", "#b9c4dc", "#c2404a"),
    "Blue": ("#f2f4f8", "#1f2f57", "#a9c3e6"),
    "Red": ("#f6f0ee", "#40141a", "#f0c9a0"),
    "Maroon": ("#efe3d6", "#c79a6a", "#2c1016"),
    "Pink": ("#fdf3f6", "#8c2f56", "#f7c6d7"),
    "Purple": ("#f0eaf6", "#2f1b47", "#b795d6"),
    "Green": ("#f1f5ec", "#1c4227", "#a8d19b"),
    "Yellow": ("#fffbe8", "#7a5a12", "#3a3c41"),
    "Orange": ("#fff3e8", "#7c3410", "#3a2a22"),
    "Brown": ("#f0e4d4", "#2f1c10", "#b58a5e"),
    "Beige": ("#fffdf7", "#7a5f3d", "#a3452f"),
}
"""The second colour of stripes, checks, dots and prints."""


def vary(colour: str, rng: random.Random) -> str:
    """A neighbour of a colour: the same name, another dye."""
    hue, light, saturation = colorsys.rgb_to_hls(*rgb(colour))
    hue += rng.uniform(-0.012, 0.012)
    light = min(0.97, max(0.08, light + rng.uniform(-0.035, 0.035)))
    saturation = min(1.0, saturation * rng.uniform(0.88, 1.1))
    return to_hex(colorsys.hls_to_rgb(hue % 1, light, saturation))


def shade(colour: str, amount: float) -> str:
    """Darker for a negative amount, lighter for a positive one, from -1 to 1."""
    target = 1.0 if amount > 0 else 0.0
    return to_hex(tuple(part + (target - part) * abs(amount) for part in rgb(colour)))


def luminance(colour: str) -> float:
    """Relative brightness between 0 and 1 (the weights of Rec. 709)."""
    red, green, blue = rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(colour: str) -> tuple[float, float, float]:
    """The parts of ``#rrggbb``, each between 0 and 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def to_hex(parts: tuple[float, ...]) -> str:
    """Write parts as ``#rrggbb``; those outside of 0 to 1 are clipped."""
    return "#" + "".join(f"{round(min(1, max(0, part)) * 255):02x}" for part in parts)
