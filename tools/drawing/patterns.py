"""Fabric patterns as SVG, drawn over the ground colour of a garment."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

PatternDrawer = Callable[[random.Random, str, str], str]
"""Takes a generator, the accent and a second accent; gives the shapes of one tile or more."""


def stripes(rng: random.Random, accent: str, _: str) -> str:
    """Vertical, horizontal or diagonal bands."""
    step = rng.choice((9, 13, 18, 24))
    width = step * rng.choice((0.18, 0.35, 0.5))
    angle = rng.choice((0, 0, 90, 90, 90, 45))
    bar = f'<rect x="0" y="0" width="{width:.1f}" height="{step}" fill="{accent}"/>'
    return _tile(step, bar, angle)


def checks(rng: random.Random, accent: str, second: str) -> str:
    """Crossing translucent bands, as woven."""
    step = rng.choice((16, 22, 30))
    wide, thin = step * 0.42, max(1.2, step * 0.07)
    bands = (
        f'<g fill="{accent}" fill-opacity="0.5"><rect width="{wide:.1f}" height="{step}"/>'
        f'<rect width="{step}" height="{wide:.1f}"/></g>'
        f'<g fill="{second}" fill-opacity="0.7">'
        f'<rect x="{step * 0.7:.1f}" width="{thin:.1f}" height="{step}"/>'
        f'<rect y="{step * 0.7:.1f}" width="{step}" height="{thin:.1f}"/></g>'
    )
    return _tile(step, bands, rng.choice((0, 0, 0, 45)))


def dots(rng: random.Random, accent: str, _: str) -> str:
    """Offset rows of dots."""
    step = rng.choice((11, 15, 20))
    radius = step * rng.uniform(0.15, 0.24)
    quarter = step / 4
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{accent}"/>'
        for x, y in ((quarter, quarter), (3 * quarter, 3 * quarter))
    )
    return _tile(step, circles, 0)


def floral(rng: random.Random, accent: str, second: str) -> str:
    """Scattered five-petalled flowers with leaves."""
    step = 52
    flowers = "".join(
        _flower(x + rng.uniform(-3, 3), y + rng.uniform(-3, 3), size, rng.uniform(0, 72), colours)
        for x, y, size, colours in (
            (13, 14, rng.uniform(7, 9), (accent, second)),
            (39, 40, rng.uniform(6, 8), (accent, second)),
            (38, 12, rng.uniform(4, 5), (second, accent)),
            (12, 41, rng.uniform(4, 5), (second, accent)),
        )
    )
    return _tile(step, flowers, rng.choice((0, 20, -20)))


def motif(rng: random.Random, accent: str, second: str) -> str:
    """One large print on the chest: rings, a sun, mountains, waves, a star or letters."""
    draw = rng.choice((_rings, _sun, _mountains, _bars, _star, _blocks))
    return (
        f'<g transform="translate(128 {rng.uniform(112, 122):.1f})">{draw(rng, accent, second)}</g>'
    )


PATTERNS: dict[str, PatternDrawer] = {
    "Striped": stripes,
    "Checked": checks,
    "Polka Dot": dots,
    "Floral": floral,
    "Printed": motif,
}
"""By the word the display names use; a garment without one is plain."""


def _tile(step: float, shapes: str, angle: float) -> str:
    return (
        f'<pattern id="weave" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({angle})">{shapes}</pattern>'
        '<rect x="-40" y="-40" width="336" height="336" fill="url(#weave)"/>'
    )


def _flower(x: float, y: float, size: float, turn: float, colours: tuple[str, str]) -> str:
    petal, heart = colours
    petals = "".join(
        f'<ellipse cx="{x + size * 0.5 * math.cos(a):.1f}" cy="{y + size * 0.5 * math.sin(a):.1f}" '
        f'rx="{size * 0.45:.1f}" ry="{size * 0.3:.1f}" '
        f'transform="rotate({math.degrees(a):.0f} {x + size * 0.5 * math.cos(a):.1f} '
        f'{y + size * 0.5 * math.sin(a):.1f})"/>'
        for a in (math.radians(turn + 72 * number) for number in range(5))
    )
    leaf = (
        f'<path d="M{x:.1f} {y + size * 0.6:.1f}q{size * 0.6:.1f} {size * 0.1:.1f} '
        f'{size * 0.7:.1f} {size * 0.7:.1f}q{-size * 0.6:.1f} 0 {-size * 0.7:.1f} {-size * 0.7:.1f}z" '
        'fill="#5d8a4e" fill-opacity="0.8"/>'
    )
    return (
        f'{leaf}<g fill="{petal}">{petals}</g>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.2:.1f}" fill="{heart}"/>'
    )


def _rings(rng: random.Random, accent: str, second: str) -> str:
    radii = range(8, rng.choice((27, 33)), 6)
    return "".join(
        f'<circle r="{radius}" fill="none" stroke="{(accent, second)[i % 2]}" stroke-width="3"/>'
        for i, radius in enumerate(radii)
    )


def _sun(_: random.Random, accent: str, second: str) -> str:
    bands = "".join(
        f'<rect x="-30" y="{y}" width="60" height="{h}" fill="{second}"/>'
        for y, h in ((4, 2), (11, 3), (18, 4))
    )
    return f'<circle r="24" fill="{accent}"/>{bands}'


def _mountains(_: random.Random, accent: str, second: str) -> str:
    return (
        f'<circle cx="10" cy="-14" r="8" fill="{second}"/>'
        f'<path d="M-32 20L-12 -16L2 6L12 -8L32 20z" fill="{accent}"/>'
    )


def _bars(rng: random.Random, accent: str, second: str) -> str:
    heights = [rng.uniform(8, 34) for _ in range(6)]
    return "".join(
        f'<rect x="{-30 + 10 * i}" y="{18 - height:.1f}" width="7" height="{height:.1f}" '
        f'fill="{(accent, second)[i % 2]}"/>'
        for i, height in enumerate(heights)
    )


def _star(_: random.Random, accent: str, second: str) -> str:
    points = " ".join(
        f"{radius * math.sin(angle):.1f},{-radius * math.cos(angle):.1f}"
        for radius, angle in ((28 if i % 2 == 0 else 12, math.pi * i / 5) for i in range(10))
    )
    return f'<polygon points="{points}" fill="{accent}" stroke="{second}" stroke-width="2"/>'


def _blocks(rng: random.Random, accent: str, second: str) -> str:
    """Rows of blocks that read as lettering from afar."""
    rows = []
    for y, colour in ((-18, accent), (-2, second), (14, accent)):
        x = -30.0
        while x < 26:
            width = rng.uniform(5, 12)
            rows.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="11" rx="1.5" fill="{colour}"/>'
            )
            x += width + 3
    return "".join(rows)
