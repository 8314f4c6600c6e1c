"""Preprocessing: from a decoded picture to the pixels that a network takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import torch

Preparer = Callable[[Image.Image], np.ndarray]
"""Takes an RGB picture, gives ``(3, side, side)`` float32."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
WARPED_FROM = 384
"""From this size on, transformers' ConvNext processor warps pictures and crops none."""
REDUCING_GAP = 3.0
"""Large pictures are first shrunk by whole pixels to at least so many times the final size,
where Pillow's documentation calls the result indistinguishable from one resize."""


@dataclass(frozen=True)
class Preprocessing:
    """What transformers' ConvNext processor does, in two passes less over the pixels.

    Attributes:
        shortest: What the shorter side is resized to, in pixels.
        crop: The side of the square that is cut from the centre.
        resample: Pillow's number of the filter.
        scale: What pixel values from 0 to 255 are multiplied by, one a channel.
        shift: What is added then.
    """

    shortest: int
    crop: int
    resample: int
    scale: tuple[float, ...]
    shift: tuple[float, ...]

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Preprocessing | None:
        """Read the settings of a processor; None for one that does something else."""
        usual = {"do_resize": True, "do_rescale": True, "do_normalize": True}
        switches = {key: on for key, on in settings.items() if key.startswith("do_") and on}
        side = (settings.get("size") or {}).get("shortest_edge")
        is_known = str(settings.get("type")).startswith("ConvNextImageProcessor")
        # `do_convert_rgb` changes nothing here: every picture is RGB already.
        switches.pop("do_convert_rgb", None)
        if not is_known or switches != usual or not side or side >= WARPED_FROM:
            return None
        deviation, mean = settings["image_std"], settings["image_mean"]
        return cls(
            shortest=int(side / settings["crop_pct"]),
            crop=side,
            resample=settings["resample"],
            scale=tuple(settings["rescale_factor"] / part for part in deviation),
            shift=tuple(-part / spread for part, spread in zip(mean, deviation, strict=True)),
        )

    def __call__(self, image: Image.Image) -> np.ndarray:
        """Prepare an RGB picture.

        Returns:
            ``(3, crop, crop)`` float32.
        """
        width, height = image.size
        shorter, longer = min(width, height), max(width, height)
        other = int(self.shortest * longer / shorter)
        size = (self.shortest, other) if width <= height else (other, self.shortest)
        resized = image.resize(size, Image.Resampling(self.resample), reducing_gap=REDUCING_GAP)
        left, top = (size[0] - self.crop) // 2, (size[1] - self.crop) // 2
        cut = resized.crop((left, top, left + self.crop, top + self.crop))
        # Channels apart while they are bytes, a quarter of what they are as floats.
        pixels = np.ascontiguousarray(np.asarray(cut).transpose(2, 0, 1)).astype(np.float32)
        pixels *= np.asarray(self.scale, np.float32)[:, None, None]
        pixels += np.asarray(self.shift, np.float32)[:, None, None]
        return pixels


def seen(prepared: np.ndarray) -> np.ndarray:
    """What a network sees, as a picture again.

    Args:
        prepared: What it takes, ``(3, side, side)`` float32, normalised as ImageNet's pictures.

    Returns:
        ``(side, side, 3)`` uint8.
    """
    shares = prepared.transpose(1, 2, 0) * np.asarray(IMAGENET_STD) + np.asarray(IMAGENET_MEAN)
    return np.asarray(np.rint(shares.clip(0, 1) * 255), np.uint8)


def resize(pixels: torch.Tensor, side: int) -> torch.Tensor:
    """Scale ``(n, 3, h, w)`` uint8 to ``(n, 3, side, side)`` float32 between 0 and 1."""
    from torch.nn import functional  # a start that needs no torch must not import it

    scaled = pixels.float() / 255
    if scaled.shape[-1] == side:
        return scaled
    return functional.interpolate(
        scaled, size=(side, side), mode="bicubic", antialias=True, align_corners=False
    ).clamp_(0, 1)


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """Subtract the mean and divide by the deviation of ImageNet, channel by channel."""
    mean = pixels.new_tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    std = pixels.new_tensor(IMAGENET_STD).view(1, 3, 1, 1)
    return (pixels - mean) / std
