"""Augmentation: a studio photo as it is and in a scene, other photos in other light."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from pipeline.encoder.preprocessing import normalise
from pipeline.scenes.composing import compose, light, uniform

SCENES = 0.45
"""The share of studio photos that are shown in a scene besides."""
HIDDEN = 0.1
"""The share of views of which a patch is hidden."""
WHITE_GROUNDS = 0.1
"""The share of scenes on white: a garment may also stand small or turned in a studio."""


class Augmentation:
    """Collates samples of `MixedSamples` to a batch of views, with what they teach.

    Studio photos are moved and lit a little, so that colours stay true; of those whose garment
    can be cut out some give a second view, in a scene. Other photos are moved, turned and lit
    more.

    Args:
        side: The side of the views in pixels.
        grounds: ``(n, s, s, 3)`` uint8, what garments are set on; None for no scenes.
    """

    def __init__(self, side: int, grounds: np.ndarray | None = None) -> None:
        self.side = side
        self.grounds = grounds

    def __call__(self, samples: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Collate.

        Returns:
            ``pixels`` ``(m, 3, side, side)`` float32, normalised as ImageNet encoders expect;
            ``labels``, ``words`` and ``teacher`` of each view; ``item`` ``(m,)`` int64, equal for
            the views of one item.
        """
        stacked = {name: _stack([s[name] for s in samples]) for name in samples[0]}
        pixels = stacked["pixels"].float() / 255
        views = torch.empty(len(samples), 3, self.side, self.side)
        for is_studio in (True, False):
            chosen = stacked["is_studio"] == is_studio
            if chosen.any():
                views[chosen] = (
                    self._studio(pixels[chosen]) if is_studio else self._home(pixels[chosen])
                )
        rows = torch.arange(len(samples))
        can = (stacked["cut"].flatten(1) > 0).any(dim=1) & (torch.rand(len(samples)) < SCENES)
        if self.grounds is not None and can.any():
            cut = torch.cat([pixels[can], stacked["cut"][can].float() / 255], dim=1)
            views = torch.cat([views, light(compose(cut, self._grounds(len(cut)), self.side))])
            rows = torch.cat([rows, rows[can]])
        return {
            "pixels": normalise(self._erase(views)),
            "labels": stacked["labels"][rows],
            "words": stacked["words"][rows],
            "teacher": stacked["teacher"][rows],
            "item": rows,
        }

    def _studio(self, pixels: torch.Tensor) -> torch.Tensor:
        if not len(pixels):
            return pixels.new_empty(0, 3, self.side, self.side)
        moved = self._moved(pixels, degrees=12, zoom=(0.75, 1.15), stretch=1.1, quarters=0.0)
        gain = uniform(len(pixels), 0.9, 1.08).view(-1, 1, 1, 1)
        noise = torch.randn_like(moved) * uniform(len(pixels), 0, 0.02).view(-1, 1, 1, 1)
        return (moved * gain + noise).clamp_(0, 1)

    def _home(self, pixels: torch.Tensor) -> torch.Tensor:
        if not len(pixels):
            return pixels.new_empty(0, 3, self.side, self.side)
        return light(self._moved(pixels, degrees=20, zoom=(0.7, 1.1), stretch=1.15, quarters=0.05))

    def _grounds(self, count: int) -> torch.Tensor:
        assert self.grounds is not None
        chosen = np.random.randint(len(self.grounds), size=count)
        grounds = torch.from_numpy(self.grounds[chosen]).permute(0, 3, 1, 2).float() / 255
        grounds[torch.rand(count) < WHITE_GROUNDS] = 1.0
        return grounds

    def _moved(
        self,
        pixels: torch.Tensor,
        degrees: float,
        zoom: tuple[float, float],
        stretch: float,
        quarters: float,
    ) -> torch.Tensor:
        """Mirror, turn, scale, stretch and shift, each picture its own way."""
        n = len(pixels)
        angle = uniform(n, -math.radians(degrees), math.radians(degrees))
        angle += torch.randint(1, 4, (n,)) * (torch.rand(n) < quarters) * (math.pi / 2)
        scale = uniform(n, *zoom)
        wide = torch.exp(uniform(n, -math.log(stretch), math.log(stretch)))
        mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
        shift = uniform(2 * n, -0.12, 0.12).view(n, 2)
        cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
        rows = torch.stack(
            [
                torch.stack([cosine * mirror * wide, -sine, shift[:, 0]], dim=1),
                torch.stack([sine * mirror * wide, cosine, shift[:, 1]], dim=1),
            ],
            dim=1,
        )
        grid = functional.affine_grid(rows, [n, 3, self.side, self.side], align_corners=False)
        return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)

    def _erase(self, pixels: torch.Tensor) -> torch.Tensor:
        """A patch of some views is hidden (Zhong et al. 2020, arXiv:1708.04896)."""
        for picture in pixels:
            if torch.rand(()) < HIDDEN:
                size = int(self.side * (0.1 + 0.25 * torch.rand(()).item()))
                top, left = torch.randint(0, self.side - size, (2,)).tolist()
                picture[:, top : top + size, left : left + size] = torch.rand(3, 1, 1)
        return pixels


def _stack(tensors: list[torch.Tensor]) -> torch.Tensor:
    """Stack; pictures of small catalogues are scaled up to the largest of the batch."""
    largest = max(tensor.shape[-1] if tensor.ndim == 3 else 0 for tensor in tensors)
    return torch.stack(
        [
            functional.interpolate(tensor[None], size=largest, mode="bilinear")[0]
            if tensor.ndim == 3 and tensor.shape[-1] < largest
            else tensor
            for tensor in tensors
        ]
    )
