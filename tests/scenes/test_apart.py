"""Several garments on one ground: each gets a box, and one garment gets no second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.scenes import Seen, garments_apart
from tests.scenes.test_garment import draw_shirt, wall

TROUSERS = ((10, 0), (90, 0), (100, 100), (62, 100), (50, 25), (38, 100), (0, 100))
SHOE = ((0, 60), (10, 20), (40, 0), (70, 5), (90, 40), (100, 85), (80, 100), (20, 95))
Box = tuple[float, float, float, float]


def draw(ground: Image.Image, shape: tuple, place: Box, colour: str) -> Box:
    """A garment in a place, in pixels; gives the place as shares of the picture."""
    left, top, right, bottom = place
    corners = [(left + x * (right - left) / 100, top + y * (bottom - top) / 100) for x, y in shape]
    ImageDraw.Draw(ground).polygon(corners, fill=colour)
    width, height = ground.size
    return left / width, top / height, right / width, bottom / height


def found(picture: Image.Image) -> list[Box]:
    return garments_apart(Seen.of(np.asarray(picture.convert("RGB"))))


def fits(box: Box, true: Box) -> bool:
    """An intersection over union of at least a half."""
    across = min(box[2], true[2]) - max(box[0], true[0])
    down = min(box[3], true[3]) - max(box[1], true[1])
    both = max(0.0, across) * max(0.0, down)
    areas = [(one[2] - one[0]) * (one[3] - one[1]) for one in (box, true)]
    return both / (sum(areas) - both) >= 0.5


def outfit(ground: Image.Image) -> tuple[Image.Image, list[Box]]:
    """A shirt beside trousers beside a pair of shoes; the largest first."""
    draw_shirt(ground, 10, 20, width=95, colour="#1b2a4a")
    trousers = draw(ground, TROUSERS, (120, 15, 175, 140), "#5b3a24")
    for left in (180, 206):
        draw(ground, SHOE, (left, 160, left + 22, 215), "#7a1f2b")
    shirt = (10 / 240, 20 / 240, 105 / 240, 115 / 240)
    return ground, [shirt, trousers, (180 / 240, 160 / 240, 228 / 240, 215 / 240)]


@pytest.mark.parametrize("light", [0.0, 0.35])
def test_a_shirt_trousers_and_a_pair_of_shoes_are_three(light: float) -> None:
    picture, true = outfit(wall(light))
    boxes = found(picture)
    assert len(boxes) == 3
    assert all(any(fits(box, one) for box in boxes) for one in true)
    # The largest first; of a pair, one box is around both.
    areas = [np.prod(np.subtract(box[2:], box[:2])) for box in boxes[:2]]
    assert min(areas) > 0.06
    assert fits(boxes[2], true[2])
    assert found(picture) == boxes


def test_they_are_told_on_a_studios_white_ground_too() -> None:
    picture, true = outfit(Image.new("RGB", (240, 240), "white"))
    assert [any(fits(box, one) for box in found(picture)) for one in true] == [True] * 3


def test_a_shirt_and_trousers_of_one_cloth_are_two() -> None:
    picture = wall()
    draw_shirt(picture, 10, 60, width=95, colour="#1b2a4a")
    draw(picture, TROUSERS, (150, 40, 205, 180), "#1b2a4a")
    assert len(found(picture)) == 2


def test_of_many_the_five_largest_are_given() -> None:
    picture = Image.new("RGB", (300, 200), "#d8d2c4")
    colours = ("#1b2a4a", "#7a1f2b", "#245c2e", "#5b3a24", "#111111", "#d98a1f", "#6a3d8f")
    for number, colour in enumerate(colours):
        left, top, side = 20 + number % 4 * 70, 15 + number // 4 * 95, 56 - 3 * number
        ImageDraw.Draw(picture).rectangle((left, top, left + side, top + side), fill=colour)
    boxes = found(picture)
    assert len(boxes) == 5
    widths = [box[2] - box[0] for box in boxes]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == pytest.approx(57 / 300, abs=0.02)


def one_shirt() -> Image.Image:
    picture = wall()
    draw_shirt(picture, 60, 60, width=120, colour="#1b2a4a")
    return picture


def with_a_shadow() -> Image.Image:
    shadow = Image.new("L", (240, 240))
    ImageDraw.Draw(shadow).ellipse((150, 150, 230, 225), fill=45)
    picture = wall()
    picture.paste(Image.new("RGB", picture.size), mask=shadow.filter(ImageFilter.GaussianBlur(9)))
    draw_shirt(picture, 30, 30, width=110, colour="#1b2a4a")
    return picture


def with_a_print() -> Image.Image:
    picture = one_shirt()
    for top in (100, 130):
        ImageDraw.Draw(picture).rectangle((95, top, 145, top + 18), fill="#e9c46a")
    return picture


def with_stripes_like_the_ground() -> Image.Image:
    picture = one_shirt()
    for top in range(95, 180, 24):
        ImageDraw.Draw(picture).rectangle((50, top, 190, top + 9), fill="#d6cdbe")
    return picture


def a_pair_of_shoes() -> Image.Image:
    picture = wall()
    draw(picture, SHOE, (30, 60, 100, 190), "#7a1f2b")
    mirrored = tuple((100 - x, y) for x, y in SHOE)
    draw(picture, mirrored, (140, 55, 212, 188), "#7a1f2b")
    return picture


def white_on_white() -> Image.Image:
    """Of a white shirt on a white ground, only the face and the jeans stand out."""
    picture = Image.new("RGB", (240, 240), "white")
    draw_shirt(picture, 60, 60, width=120, colour="#f4f4f5")
    ImageDraw.Draw(picture).ellipse((98, 10, 142, 70), fill="#c68f6d")
    ImageDraw.Draw(picture).rectangle((85, 178, 155, 239), fill="#2b3d63")
    return picture


def before_a_door() -> Image.Image:
    picture = one_shirt()
    ImageDraw.Draw(picture).rectangle((0, 0, 24, 239), fill="#4a2f1d")
    return picture


def flowers() -> Image.Image:
    picture = Image.new("RGB", (240, 240), "#e9e2d4")
    for left in range(5, 240, 48):
        for top in range(5, 240, 48):
            ImageDraw.Draw(picture).ellipse((left, top, left + 26, top + 26), fill="#b04a4a")
    return picture


def noise() -> Image.Image:
    values = np.random.default_rng(3).integers(0, 255, (60, 60, 3), np.uint8)
    return Image.fromarray(values).resize((240, 240), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    "picture",
    [
        one_shirt, with_a_shadow, with_a_print, with_stripes_like_the_ground, a_pair_of_shoes,
        white_on_white, before_a_door, flowers, noise,
        lambda: Image.new("RGB", (240, 240), "white"),
        lambda: Image.new("RGB", (1, 400), "black"),
    ],
    ids=lambda draws: draws.__name__,
)  # fmt: skip
def test_one_garment_gets_no_second_box(picture: Callable[[], Image.Image]) -> None:
    assert found(picture()) == []
