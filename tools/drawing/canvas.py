"""A drawing in progress: shapes with cloth shading, put together to one SVG."""

from __future__ import annotations

import random

from tools.drawing.palette import luminance, shade

SIDE = 256
Point = tuple[float, float]


class Canvas:
    """Collects the shapes of one garment, later ones on top.

    Args:
        rng: The source of every variation.
        colour: The ground colour, ``#rrggbb``.
        weave: SVG of a pattern over the ground, or an empty string for plain cloth.
    """

    def __init__(self, rng: random.Random, colour: str, weave: str = "") -> None:
        self.rng = rng
        self.colour = colour
        self._weave = weave
        self._shapes: list[str] = []
        self._clips = 0

    def cloth(
        self, path: str, tone: float = 0.0, folds: int = 0, woven: bool = True, round: float = 0.2
    ) -> None:
        """A piece of fabric: ground, pattern, roundness from side to side, folds, a soft edge.

        Args:
            path: The outline, SVG path data.
            tone: Lighter or darker than the ground, from -1 to 1.
            folds: How many soft creases fall over it.
            woven: Whether the pattern lies on it.
            round: How dark the sides get.
        """
        ground = shade(self.colour, tone) if tone else self.colour
        clip = self._clip(path)
        weave = self._weave if woven else ""
        light = 0.1 if luminance(ground) < 0.75 else 0.0
        self._shapes.append(
            f'<g clip-path="url(#{clip})"><path d="{path}" fill="{ground}"/>{weave}'
            f'<g opacity="{round * 2.2:.2f}"><path d="{path}" fill="url(#sides)"/></g>'
            f'<path d="{path}" fill="url(#fall)"/>{self._folds(folds)}'
            f'<path d="{path}" fill="url(#gleam)" opacity="{light * 4:.2f}"/></g>'
            f'<path d="{path}" fill="none" stroke="{self._edge(ground)}" stroke-width="1.1" '
            'stroke-opacity="0.55" stroke-linejoin="round"/>'
        )

    def solid(self, path: str, colour: str, opacity: float = 1.0) -> None:
        """A flat piece: metal, sole, label, glass."""
        self._shapes.append(
            f'<path d="{path}" fill="{colour}" fill-opacity="{opacity}" '
            f'stroke="{self._edge(colour)}" stroke-width="0.8" stroke-opacity="{0.5 * opacity}"/>'
        )

    def shaded(self, path: str, colour: str) -> None:
        """A piece of another colour with the roundness of an object."""
        self.solid(path, colour)
        self._shapes.append(f'<path d="{path}" fill="url(#sides)" opacity="0.4"/>')
        self._shapes.append(f'<path d="{path}" fill="url(#fall)"/>')

    def line(
        self, path: str, tone: float = -0.35, width: float = 1.2, dash: str = "", blur: bool = False
    ) -> None:
        """A seam, a stitch or a crease in the ground's own colour."""
        if luminance(self.colour) < 0.16 and tone < 0:
            tone = 0.22
        self.stroke(path, shade(self.colour, tone), width, dash, blur)

    def stroke(
        self, path: str, colour: str, width: float, dash: str = "", blur: bool = False
    ) -> None:
        """A line of any colour."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        soft = ' filter="url(#soft)"' if blur else ""
        self._shapes.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linecap="round" stroke-linejoin="round"{dashes}{soft}/>'
        )

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A filled circle with a thin edge."""
        self._shapes.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" '
            f'stroke="{self._edge(colour)}" stroke-width="0.7" stroke-opacity="0.6"/>'
        )

    def ground_shadow(self, x: float, y: float, width: float) -> None:
        """What a standing thing throws on the floor."""
        self._shapes.append(
            f'<ellipse cx="{x}" cy="{y}" rx="{width / 2}" ry="5" fill="#000" fill-opacity="0.22" '
            'filter="url(#soft)"/>'
        )

    def svg(self) -> str:
        """The whole drawing, slightly moved, turned and scaled, on white."""
        rng = self.rng
        place = (
            f"translate({128 + rng.uniform(-4, 4):.1f} {128 + rng.uniform(-4, 4):.1f}) "
            f"rotate({rng.uniform(-2, 2):.2f}) scale({rng.uniform(0.93, 1.04):.3f}) "
            "translate(-128 -128)"
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
            f'height="{SIDE}"><defs>{_DEFINITIONS}</defs>'
            f'<rect width="{SIDE}" height="{SIDE}" fill="#fff"/>'
            f'<g transform="{place}">{"".join(self._shapes)}</g></svg>'
        )

    def _clip(self, path: str) -> str:
        self._clips += 1
        name = f"clip{self._clips}"
        self._shapes.append(f'<clipPath id="{name}"><path d="{path}"/></clipPath>')
        return name

    def _folds(self, count: int) -> str:
        folds = []
        for _ in range(count):
            x, y = self.rng.uniform(70, 186), self.rng.uniform(70, 190)
            dx, dy = self.rng.uniform(-14, 14), self.rng.uniform(25, 60)
            tone = self.rng.choice(("#000", "#000", "#fff"))
            folds.append(
                f'<path d="M{x:.0f} {y:.0f}q{dx:.0f} {dy / 2:.0f} {dx / 2:.0f} {dy:.0f}" fill="none" '
                f'stroke="{tone}" stroke-opacity="0.17" stroke-width="{self.rng.uniform(3, 7):.1f}" '
                'filter="url(#soft)"/>'
            )
        return "".join(folds)

    @staticmethod
    def _edge(colour: str) -> str:
        return shade(colour, 0.25) if luminance(colour) < 0.06 else shade(colour, -0.45)


_DEFINITIONS = (
    '<linearGradient id="sides"><stop offset="0" stop-color="#000" stop-opacity="0.55"/>'
    '<stop offset="0.22" stop-color="#000" stop-opacity="0.08"/>'
    '<stop offset="0.45" stop-color="#fff" stop-opacity="0.16"/>'
    '<stop offset="0.75" stop-color="#000" stop-opacity="0.1"/>'
    '<stop offset="1" stop-color="#000" stop-opacity="0.6"/></linearGradient>'
    '<linearGradient id="fall" x1="0" y1="0" x2="0" y2="1">'
    '<stop offset="0" stop-color="#fff" stop-opacity="0.1"/>'
    '<stop offset="1" stop-color="#000" stop-opacity="0.14"/></linearGradient>'
    '<radialGradient id="gleam" cx="0.4" cy="0.3" r="0.5">'
    '<stop offset="0" stop-color="#fff" stop-opacity="0.35"/>'
    '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
    '<filter id="soft" x="-50%" y="-50%" width="200%" height="200%">'
    '<feGaussianBlur stdDeviation="2.2"/></filter>'
)


def mirrored(*points: Point | tuple[Point, Point]) -> str:
    """A symmetric outline from its right half, top to bottom, x measured from the middle.

    A plain point is reached by a straight line; a pair ``(control, point)`` by a curve.
    """
    right = [_split(point) for point in points]
    (_, first), *rest = right
    path = f"M{128 + first[0]:.1f} {first[1]:.1f}"
    for control, point in rest:
        path += _segment(control, point, 1)
    path += f"L{128 - right[-1][1][0]:.1f} {right[-1][1][1]:.1f}"
    for (control, _), (_, previous) in zip(reversed(right[1:]), reversed(right[:-1]), strict=True):
        path += _segment(control, previous, -1)
    return path + "z"


def _split(point: Point | tuple[Point, Point]) -> tuple[Point | None, Point]:
    if isinstance(point[0], tuple):
        control, end = point
        return control, end
    return None, point


def _segment(control: Point | None, point: Point, side: int) -> str:
    end = f"{128 + side * point[0]:.1f} {point[1]:.1f}"
    if control is None:
        return f"L{end}"
    return f"Q{128 + side * control[0]:.1f} {control[1]:.1f} {end}"
