"""Augmentation that keeps colour true, a whole batch at a time."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from pipeline.encoder.preprocessing import normalise, resize


class Augmentation:
    """Flip, turn, zoom, shift, light and erase; hue and saturation stay as they are.

    Call it with samples of `MixedSamples`; it collates them to ``pixels`` ``(n, 3, side, side)``
    float32, normalised as ImageNet encoders expect, with their labels.
    """

    def __init__(self, side: int) -> None:
        self.side = side

    def __call__(self, samples: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Give ``pixels``, ``labels`` ``(n, attributes)`` and ``teacher`` ``(n, dimension)``."""
        pixels = torch.stack([self._to_side(sample["pixels"]) for sample in samples])
        batch = {
            "pixels": normalise(self._erase(self._light(self._warp(pixels)))),
            "labels": torch.stack([sample["labels"] for sample in samples]),
            "teacher": torch.stack([sample["teacher"] for sample in samples]),
        }
        return batch

    def _to_side(self, picture: torch.Tensor) -> torch.Tensor:
        return resize(picture[None], self.side)[0]

    def _warp(self, pixels: torch.Tensor) -> torch.Tensor:
        n = len(pixels)
        angle = (torch.rand(n) - 0.5) * math.radians(24)
        zoom = torch.empty(n).uniform_(0.75, 1.15)
        stretch = torch.empty(n).uniform_(0.9, 1.1)
        mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
        shift = (torch.rand(n, 2) - 0.5) * 0.24
        cosine, sine = torch.cos(angle) * zoom, torch.sin(angle) * zoom
        rows = torch.stack(
            [
                torch.stack([cosine * mirror * stretch, -sine, shift[:, 0]], dim=1),
                torch.stack([sine * mirror * stretch, cosine, shift[:, 1]], dim=1),
            ],
            dim=1,
        )
        grid = functional.affine_grid(rows, list(pixels.shape), align_corners=False)
        return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)

    def _light(self, pixels: torch.Tensor) -> torch.Tensor:
        """Exposure and contrast of a camera, the same in all three channels."""
        n = len(pixels)
        gain = torch.empty(n, 1, 1, 1).uniform_(0.9, 1.08)
        noise = torch.randn_like(pixels) * torch.empty(n, 1, 1, 1).uniform_(0, 0.02)
        return (pixels * gain + noise).clamp_(0, 1)

    def _erase(self, pixels: torch.Tensor) -> torch.Tensor:
        for picture in pixels:
            if torch.rand(()) < 0.25:
                size = int(self.side * (0.1 + 0.25 * torch.rand(()).item()))
                top, left = torch.randint(0, self.side - size, (2,)).tolist()
                picture[:, top : top + size, left : left + size] = torch.rand(3, 1, 1)
        return pixels
