"""Composing a batch: garments moved, turned and set on grounds, in the light of a home."""

from __future__ import annotations

import io
import math

import numpy as np
import torch
from PIL import Image
from torch.nn import functional


def compose(cut: torch.Tensor, grounds: torch.Tensor, side: int) -> torch.Tensor:
    """Set garments on grounds.

    Args:
        cut: ``(n, 4, h, w)`` float32 in 0..1, colour and opacity of each garment.
        grounds: ``(n, 3, s, s)`` float32 in 0..1.
        side: The side of the result in pixels.

    Returns:
        ``(n, 3, side, side)`` float32 in 0..1.
    """
    n = len(cut)
    colour, opacity = place(cut, side, uniform(n, 0.35, 1.0))
    grounds = functional.interpolate(grounds, size=(side, side), mode="bilinear")
    grounds = torch.where(torch.rand(n, 1, 1, 1) < 0.5, grounds, grounds.flip(3))
    grounds = torch.where(torch.rand(n, 1, 1, 1) < 0.5, grounds, grounds.transpose(2, 3))
    scene = grounds * (1 - _shadow(opacity) * uniform(n, 0, 0.5).view(n, 1, 1, 1))
    scene = scene * (1 - opacity) + colour
    return _with_neighbours(scene, cut, side)


def place(
    cut: torch.Tensor, side: int, width: torch.Tensor, far: float = 0.7
) -> tuple[torch.Tensor, torch.Tensor]:
    """Move garments into a frame at these shares of its width, turned by up to 30 degrees.

    Returns:
        Colour ``(n, 3, side, side)``, already multiplied with the opacity ``(n, 1, side, side)``.
    """
    n = len(cut)
    angle = uniform(n, -math.pi / 6, math.pi / 6)
    quarter = torch.randint(1, 4, (n,)) * (torch.rand(n) < 0.15)
    angle = angle + quarter * (math.pi / 2)
    room = (1 - width).clamp(min=0.1)
    shift = (torch.rand(n, 2) * 2 - 1) * (room * far)[:, None] / width[:, None]
    stretch = uniform(n, 0.88, 1.14)
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) / width, torch.sin(angle) / width
    rows = torch.stack(
        [
            torch.stack([cosine * mirror * stretch, -sine * mirror, shift[:, 0]], dim=1),
            torch.stack([sine * stretch, cosine, shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    layers = torch.cat([cut[:, :3] * cut[:, 3:], cut[:, 3:]], dim=1)
    grid = functional.affine_grid(rows, [n, 4, side, side], align_corners=False)
    small = functional.avg_pool2d(layers, 2)
    shrunk = width * layers.shape[-1] / side
    placed = torch.empty(n, 4, side, side)
    for source, chosen in ((layers, shrunk < 1.5), (small, shrunk >= 1.5)):
        if chosen.any():
            placed[chosen] = functional.grid_sample(
                source[chosen], grid[chosen], padding_mode="zeros", align_corners=False
            )
    return placed[:, :3], placed[:, 3:]


def light(scene: torch.Tensor) -> torch.Tensor:
    """Exposure 0.5 to 1.3, warm or cold light, a falling off, blur, noise and JPEG."""
    n, _, side, _ = scene.shape
    exposure = torch.exp(uniform(n, math.log(0.5), math.log(1.3))).view(n, 1, 1, 1)
    exposure = torch.where(torch.rand(n, 1, 1, 1) < 0.3, torch.ones(n, 1, 1, 1), exposure)
    warmth = (torch.randn(n) * 0.06).clamp(-0.14, 0.14)
    gains = torch.stack([1 + warmth, torch.ones(n), 1 - warmth], dim=1).view(n, 3, 1, 1)
    line = torch.linspace(-1, 1, side)
    slope = torch.randn(2, n, 1, 1, 1) * 0.12
    falling = 1 + slope[0] * line.view(1, 1, 1, side) + slope[1] * line.view(1, 1, side, 1)
    gamma = torch.exp(torch.randn(n, 1, 1, 1) * 0.12)
    lit = (scene * exposure * gains * falling).clamp(0, 1).clamp(min=1e-4) ** gamma
    for picture in lit:
        chance = torch.rand(())
        if chance < 0.12:
            picture.copy_(_blurred(picture))
        elif chance < 0.3:
            picture.copy_(_as_jpeg(picture))
    noise = torch.randn_like(lit) * uniform(n, 0, 0.03).view(n, 1, 1, 1)
    return (lit + noise).clamp_(0, 1)


def uniform(n: int, low: float, high: float) -> torch.Tensor:
    """``(n,)`` float32, evenly between two bounds."""
    return torch.empty(n).uniform_(low, high)


def _shadow(opacity: torch.Tensor) -> torch.Tensor:
    """The garment's outline, moved and blurred."""
    side = opacity.shape[-1]
    moved = opacity.roll(tuple(torch.randint(-side // 16, side // 16 + 1, (2,)).tolist()), (2, 3))
    size = 2 * (side // 28) + 1
    return functional.avg_pool2d(moved, size, stride=1, padding=size // 2)


def _with_neighbours(scene: torch.Tensor, cut: torch.Tensor, side: int) -> torch.Tensor:
    """A quarter of the scenes get another garment or a hand at the edge."""
    n = len(scene)
    chosen = torch.rand(n) < 0.25
    if n < 2 or not chosen.any():
        return scene
    others = cut.roll(1, 0)[chosen]
    colour, opacity = place(others, side, uniform(len(others), 0.4, 0.8), far=0.0)
    if torch.rand(()) < 0.3:
        skin = torch.tensor([0.85, 0.65, 0.52]).view(1, 3, 1, 1) * uniform(1, 0.4, 1.1)
        colour = opacity * skin
    distance = int(side * uniform(1, 0.5, 0.62).item())
    axis, sign = (2, 3)[int(torch.rand(()) < 0.5)], (-1, 1)[int(torch.rand(()) < 0.5)]
    colour, opacity = (_shifted(layer, sign * distance, axis) for layer in (colour, opacity))
    scene[chosen] = scene[chosen] * (1 - opacity) + colour
    return scene


def _shifted(layer: torch.Tensor, distance: int, axis: int) -> torch.Tensor:
    moved = torch.zeros_like(layer)
    length = layer.shape[axis] - abs(distance)
    start = max(distance, 0)
    moved.narrow(axis, start, length).copy_(layer.narrow(axis, max(-distance, 0), length))
    return moved


def _blurred(picture: torch.Tensor) -> torch.Tensor:
    size = (3, 5)[int(torch.rand(()) < 0.4)]
    return functional.avg_pool2d(
        functional.pad(picture[None], (size // 2,) * 4, mode="reflect"), size, stride=1
    )[0]


def _as_jpeg(picture: torch.Tensor) -> torch.Tensor:
    array = (picture.permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "JPEG", quality=int(uniform(1, 25, 75).item()))
    decoded = np.asarray(Image.open(stream), dtype=np.float32) / 255
    return torch.from_numpy(decoded).permute(2, 0, 1)
