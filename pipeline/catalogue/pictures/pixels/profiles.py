"""Profiles: the numbers of a picture whose file says what colours they mean, turned to sRGB's."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms

MAX_PROFILE = 4 * 2**20
"""Bytes of a colour profile; those of the largest presses have 3 MB."""
SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The mode of Pillow for each kind of colours that a profile is of (ICC.1:2022, 7.2.6)."""
KEPT_PROFILES = 4
"""The pictures of one camera or one shop have the same profile; making its transform takes long."""
STEPS = 6
"""Of each channel, to see whether a profile changes anything."""
SEEN = 2
"""A change of a channel up to which colours look the same."""
LIGHT = 200
"""What a sound profile makes of white is lighter, in every channel."""


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB with the colours that a profile says, as viewers show them.

    Args:
        image: An image of mode ``L``, ``RGB`` or ``CMYK``.
        profile: An ICC profile. None, one that is broken, one of another kind of picture, and one
            that changes nothing cost nothing.
    """
    transform = _transform(profile, image.mode) if profile else None
    return image.convert("RGB") if transform is None else transform.apply(image)


def profile_of(image: Image.Image) -> bytes | None:
    """The ICC profile that an image came with, if any; a file may have anything in its place."""
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else None


def shows_as_srgb(image: Image.Image) -> bool:
    """Whether an image looks the same where its colour profile is not heeded."""
    profile = profile_of(image)
    mode = image.mode if image.mode in SPACES.values() else "RGB"
    return not profile or _transform(profile, mode) is None


@functools.lru_cache(KEPT_PROFILES)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From what a profile says of images of a mode to sRGB; None where that is nothing to heed.

    Threads may share it: lcms keeps nothing of one call for the next.
    """
    if len(profile) > MAX_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if SPACES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        transform = ImageCms.ImageCmsTransform(source, _srgb(), mode, "RGB")
        samples = _samples(mode)
        seen = np.asarray(transform.apply(samples), np.int16)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # Of a profile that is broken: the picture is not.
        return None
    plain = np.asarray(samples.convert("RGB"), np.int16)
    is_broken = seen[0, plain.sum(axis=2).argmax()].min() < LIGHT
    changes = np.abs(seen - plain).max() > SEEN
    return transform if changes and not is_broken else None


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _samples(mode: str) -> Image.Image:
    """Colours from all over a mode, in one row."""
    steps = np.linspace(0, 255, STEPS).astype(np.uint8)
    channels = Image.getmodebands(mode)
    colours = np.stack(np.meshgrid(*[steps] * channels), axis=-1).reshape(1, -1, channels)
    return Image.fromarray(colours[:, :, 0] if mode == "L" else colours, mode)
