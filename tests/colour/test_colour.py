"""The descriptor tells the garment's colours, whatever it lies on and however large it is."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.colour import DIMENSION, describe_colour

RED, DARK_RED, BLUE, GREEN = (200, 30, 35), (170, 20, 30), (30, 60, 190), (40, 150, 60)
Colour = tuple[int, int, int]


def garment(colour: Colour, ground: Colour = (255, 255, 255), share: float = 0.6) -> Image.Image:
    picture = Image.new("RGB", (300, 240), ground)
    width, height = share * 300, share * 240
    box = (150 - width / 2, 120 - height / 2, 150 + width / 2, 120 + height / 2)
    ImageDraw.Draw(picture).ellipse(box, fill=colour)
    return picture


def likeness(one: Image.Image, other: Image.Image) -> float:
    return float(describe_colour(one) @ describe_colour(other))


def test_a_descriptor_has_length_1_and_a_picture_is_like_itself() -> None:
    descriptor = describe_colour(garment(RED))
    assert descriptor.shape == (DIMENSION,)
    assert descriptor.dtype == np.float32
    assert (descriptor >= 0).all()
    assert likeness(garment(RED), garment(RED)) == pytest.approx(1, abs=1e-6)


def test_shades_of_one_name_are_more_alike_than_other_colours() -> None:
    same = likeness(garment(RED), garment(DARK_RED))
    for other in (BLUE, GREEN, (10, 10, 10), (128, 128, 128), (255, 250, 120)):
        assert likeness(garment(RED), garment(other)) < same - 0.2


@pytest.mark.parametrize("ground", [(255, 255, 255), (215, 205, 190), (120, 130, 140)])
@pytest.mark.parametrize("colour", [RED, BLUE, GREEN])
def test_the_ground_is_left_out(colour: Colour, ground: Colour) -> None:
    whole = garment(colour, share=0.9)
    assert likeness(garment(colour, ground, 0.5), whole) > 0.9
    others = {RED, BLUE, GREEN} - {colour}
    assert max(likeness(garment(colour, ground, 0.5), garment(other)) for other in others) < 0.7


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (128, 128, 128), (255, 0, 0)])
@pytest.mark.parametrize("size", [(12, 12), (12, 120), (900, 100)])
def test_a_picture_of_one_colour_is_described_as_a_whole(
    colour: Colour, size: tuple[int, int]
) -> None:
    descriptor = describe_colour(Image.new("RGB", size, colour))
    assert np.isfinite(descriptor).all()
    assert np.linalg.norm(descriptor) == pytest.approx(1, abs=1e-6)
