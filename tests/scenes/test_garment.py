"""The garment in a picture: told from its ground, or else plainly not told."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.scenes import garment_mask

SURE = 0.6
SHIRT = ((20, 8), (38, 0), (62, 0), (80, 8), (100, 30), (86, 42), (78, 32), (78, 100), (22, 100),
         (22, 32), (14, 42), (0, 30))  # fmt: skip


def draw_shirt(ground: Image.Image, left: int, top: int, width: int, colour: str) -> np.ndarray:
    """A shirt drawn on a ground, in place; gives which pixels are its own."""
    own = Image.new("1", ground.size)
    corners = [(left + x * width / 100, top + y * width / 100) for x, y in SHIRT]
    ImageDraw.Draw(own).polygon(corners, fill=1)
    ground.paste(colour, mask=own)
    return np.asarray(own)


def wall(light: float = 0.0) -> Image.Image:
    """A plain wall with a camera's noise, as much darker at the far side as said."""
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    shade = 1 - light * np.linspace(0, 1, 240)[None, :, None]
    pixels = np.array([214, 205, 190]) * shade + noise
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("light", [0.0, 0.4])
@pytest.mark.parametrize("place", [(60, 60), (20, 90), (110, 30)])
def test_a_navy_shirt_at_half_the_width_is_found_on_a_wall(
    light: float, place: tuple[int, int]
) -> None:
    picture = wall(light)
    own = draw_shirt(picture, *place, width=120, colour="#1b2a4a")
    mask, confidence = garment_mask(np.asarray(picture))
    assert overlap(mask, own) > 0.8
    assert confidence > SURE


def test_a_pale_garment_in_the_corner_of_a_wall_lit_by_a_lamp_is_found() -> None:
    across, down = np.meshgrid(np.linspace(-1, 1, 240), np.linspace(-1, 1, 240))
    lamp = 1 - 0.15 * (across**2 + down**2)[..., None]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    picture = Image.fromarray((np.array([214, 205, 190]) * lamp + noise).astype(np.uint8))
    own = draw_shirt(picture, 130, 10, width=100, colour="#c9a9b8")
    mask, confidence = garment_mask(np.asarray(picture))
    assert overlap(mask, own) > 0.8
    assert confidence > SURE


def test_letters_on_a_shirt_that_fills_the_picture_are_not_taken_for_a_garment() -> None:
    folds = 12 * np.sin(np.linspace(0, 9, 240))[:, None, None]
    noise = np.random.default_rng(0).normal(0, 3, (240, 240, 1))
    picture = Image.fromarray((np.array([40, 70, 140]) + folds + noise).astype(np.uint8))
    ImageDraw.Draw(picture).text((60, 100), "SUMMER", fill="white", font_size=36)
    _, confidence = garment_mask(np.asarray(picture))
    assert confidence < SURE


def test_a_studio_photos_white_ground_is_told_from_the_garment() -> None:
    picture = Image.new("RGB", (200, 260), "white")
    own = draw_shirt(picture, 30, 60, width=140, colour="#7a1f2b")
    mask, confidence = garment_mask(np.asarray(picture))
    assert mask.shape == (260, 200)
    assert overlap(mask, own) > 0.8
    assert confidence > SURE


def test_a_picture_that_is_all_garment_is_not_cut_with_confidence() -> None:
    generator = np.random.default_rng(1)
    stripes = (np.arange(200) // 12 % 2)[:, None, None] * np.array([60, 10, -40])
    cloth = np.clip(130 + stripes + generator.normal(0, 6, (200, 200, 3)), 0, 255)
    assert garment_mask(cloth.astype(np.uint8))[1] < SURE


def test_a_busy_ground_gives_low_confidence() -> None:
    generator = np.random.default_rng(2)
    blots = Image.fromarray(generator.integers(0, 255, (16, 16, 3), np.uint8))
    picture = blots.resize((240, 240), Image.Resampling.BICUBIC)
    draw_shirt(picture, 60, 60, width=120, colour="#5d6470")
    picture = picture.filter(ImageFilter.GaussianBlur(1))
    assert garment_mask(np.asarray(picture))[1] < SURE


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
@pytest.mark.parametrize("size", [(12, 12), (12, 120), (300, 40)])
def test_a_picture_of_one_colour_keeps_the_whole(colour: str, size: tuple[int, int]) -> None:
    mask, confidence = garment_mask(np.asarray(Image.new("RGB", size, colour)))
    assert mask.shape == size[::-1]
    assert mask.any()
    assert confidence < SURE
