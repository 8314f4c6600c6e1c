"""The box of a query: guessed where that is safe, replaced by a person's own, or refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.errors import QueryError
from pipeline.recommender import Query, Recommender
from tests.scenes.test_apart import fits, outfit
from tests.scenes.test_garment import draw_shirt, wall

WHOLE = (0, 0, 1, 1)


def scattered(shop: Path) -> Image.Image:
    """A red disc at the left and a black square at the right of one picture."""
    picture = Image.new("RGB", (256, 128), "white")
    for left, name in ((0, "red-disc"), (128, "black-square")):
        picture.paste(Image.open(shop / f"{name}.png").resize((128, 128)), (left, 0))
    return picture


def test_a_shirt_on_a_wall_gets_a_box_around_it(recommender: Recommender) -> None:
    picture = wall()
    draw_shirt(picture, 60, 80, width=120, colour="#1b2a4a")
    matches = recommender.recommend(picture, box="auto")
    assert len({match.box for match in matches}) == 1
    assert matches[0].box == pytest.approx((60 / 240, 80 / 240, 180 / 240, 200 / 240), abs=0.05)
    assert matches[0].box_confidence is not None
    assert matches[0].box_confidence > 0.6


def test_a_studio_photo_stays_whole(recommender: Recommender, shop_folder: Path) -> None:
    best = recommender.recommend(shop_folder / "blue-disc.png")[0]
    assert best.box == WHOLE
    assert best.score == pytest.approx(1, abs=1e-3)


def test_whole_switches_the_trimming_off(recommender: Recommender) -> None:
    picture = wall()
    draw_shirt(picture, 60, 80, width=120, colour="#1b2a4a")
    match = recommender.recommend(picture, box="whole")[0]
    assert match.box == WHOLE
    assert match.box_confidence is None


def test_a_flat_lay_offers_each_of_its_garments(recommender: Recommender) -> None:
    picture, true = outfit(wall())
    asked = recommender.recommend(picture)
    boxes = asked[0].boxes
    assert [any(fits(box, one) for box in boxes) for one in true] == [True] * 3
    assert {match.boxes for match in asked} == {boxes}
    assert recommender.ask(Query(pictures=[picture])).records()[0]["boxes"] == boxes
    # What is asked about is chosen as ever, and each of them can be asked about in its turn.
    assert all(asked[0].box != box for box in boxes)
    assert recommender.recommend(picture, box=boxes[1])[0].box == boxes[1]
    for box in ("whole", boxes[1]):
        assert recommender.recommend(picture, box=box)[0].boxes == ()


@pytest.mark.parametrize("side", [30, 50, 70, 1200])
def test_whatever_is_offered_can_be_asked_about(recommender: Recommender, side: int) -> None:
    picture = outfit(wall())[0].resize((side, side))
    boxes = recommender.recommend(picture)[0].boxes
    assert len(boxes) == (3 if side > 60 else 0)
    for box in boxes:
        assert recommender.recommend(picture, box=box)[0].box == box


@pytest.mark.parametrize("size", [(8, 8), (20, 8), (13, 13)])
def test_a_garment_of_a_few_pixels_leaves_its_picture_whole(
    recommender: Recommender, size: tuple[int, int]
) -> None:
    picture = Image.new("RGB", (48, 48), (205, 200, 190))
    picture.paste("navy", (14, 16, 14 + size[0], 16 + size[1]))
    best = recommender.recommend(picture)[0]
    assert (best.box == WHOLE) == (min(size) < 12)
    assert recommender.recommend(picture, box=best.box)[0].score == best.score


def large_photo(path: Path, side: int) -> Path:
    """A shirt, a third of the photo's width."""
    photo = wall().resize((side, side * 4 // 3))
    draw_shirt(photo, side // 3, side // 2, width=side // 3, colour="#1b2a4a")
    photo.save(path, quality=92)
    return path


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png"])
@pytest.mark.parametrize("side", [600, 1800, 3000])
def test_a_guessed_box_keeps_the_detail_that_it_has_where_it_is_said(
    recommender: Recommender, tmp_path: Path, side: int, name: str
) -> None:
    photo = large_photo(tmp_path / name, side)
    guessed = recommender.recommend(photo)
    assert guessed[0].box != WHOLE
    said = recommender.recommend(photo, box=guessed[0].box)
    assert [(match.id, match.score) for match in guessed] == [(one.id, one.score) for one in said]


def test_a_pil_image_is_left_as_it_is_and_answers_are_the_same_in_any_order(
    recommender: Recommender, tmp_path: Path
) -> None:
    path = large_photo(tmp_path / "photo.jpg", 3000)
    corner = (0.48, 0.48, 0.5, 0.5)
    wanted = [recommender.recommend(path, box=box)[0].score for box in (None, corner)]
    with Image.open(path) as photo:
        for box, score in ((None, wanted[0]), (corner, wanted[1]), (None, wanted[0])):
            assert recommender.recommend(photo, box=box)[0].score == score
            assert photo.size == (3000, 4000)


def test_a_photo_of_one_garment_offers_no_other(recommender: Recommender) -> None:
    picture = wall()
    draw_shirt(picture, 60, 80, width=120, colour="#1b2a4a")
    match = recommender.recommend(picture)[0]
    assert match.boxes == ()
    assert match.box != WHOLE
    assert recommender.similar(match.id)[0].boxes == ()


@pytest.mark.parametrize("give", [tuple, list, np.array, lambda box: ",".join(map(str, box))])
def test_a_persons_own_box_is_what_is_asked_about(
    recommender: Recommender, shop_folder: Path, give: Any
) -> None:
    picture = scattered(shop_folder)
    left = recommender.recommend(picture, box=give([0.0, 0.0, 0.5, 1.0]))
    right = recommender.recommend(picture, box=give([0.5, 0.0, 1.0, 1.0]))
    assert (left[0].id, right[0].id) == ("sku-0-disc", "sku-3-square")
    assert right[0].box == (0.5, 0, 1, 1)


def test_a_box_is_of_the_upright_picture(recommender: Recommender, shop_folder: Path) -> None:
    upright = scattered(shop_folder)
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise when it is shown
    path = shop_folder.parent / "turned.png"
    turned.save(path, exif=exif)
    assert recommender.recommend(path, box=(0.5, 0, 1, 1))[0].id == "sku-3-square"


def test_a_box_in_a_large_photo_keeps_the_detail(
    recommender: Recommender, shop_folder: Path, tmp_path: Path
) -> None:
    """A photo is decoded at a fraction of its size, but not below what its box needs."""
    photo = Image.new("RGB", (4000, 3000), "white")
    ImageDraw.Draw(photo).rectangle((0, 0, 4000, 3000), fill="#888888")
    photo.paste(Image.open(shop_folder / "blue-disc.png"), (2000, 1500))
    photo.save(tmp_path / "large.jpg", quality=95)
    box = (2000 / 4000, 1500 / 3000, 2064 / 4000, 1564 / 3000)
    best = recommender.recommend(tmp_path / "large.jpg", box=box)[0]
    assert best.id == "sku-2-disc"
    assert best.score > 0.99


BAD: dict[str, tuple[Any, str]] = {
    "outside": ((0.5, 0.5, 1.2, 1), "reaches outside the picture"),
    "pixels": ((10, 20, 200, 220), "reaches outside the picture"),
    "negative": ((-0.1, 0, 1, 1), "reaches outside the picture"),
    "no width": ((0.5, 0, 0.5, 1), "has no size"),
    "no height": ("0,0.3,1,0.3", "has no size"),
    "another order": ((0.9, 0.1, 0.2, 0.8), "has no size"),
    "bottom first": ((0.1, 0.8, 0.9, 0.2), "has no size"),
    "a sliver": ((0.5, 0, 0.51, 1), "covers 1 x 64 pixels"),
    "NaN": ((float("nan"), 0, 1, 1), "is not four numbers"),
    "infinity": ((0, 0, float("inf"), 1), "is not four numbers"),
    "NaN as text": ("nan,0,1,1", "is not four numbers"),
    "too great": ((0, 0, 10**400, 1), "is not four numbers"),
    "of thousands of digits": (10**5000, "a number of thousands of digits is not four numbers"),
    "three": ((0, 0, 1), "is not four numbers"),
    "five": ([0, 0, 1, 1, 1], "is not four numbers"),
    "none": ((), "is not four numbers"),
    "an empty text": ("", "is not four numbers"),
    "a word": ("garment", "is not four numbers"),
    "texts": (("0", "0", "1", "1"), "is not four numbers"),
    "truths": ((False, False, True, True), "is not four numbers"),
    "a table": (np.zeros((4, 4)), "is not four numbers"),
    "a map": ({"left": 0}, "is not four numbers"),
    "a number": (1, "is not four numbers"),
    "unknowns": ((None, 0, 1, 1), "is not four numbers"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_box_gets_one_sentence(
    recommender: Recommender, shop_folder: Path, kind: str
) -> None:
    box, sentence = BAD[kind]
    with pytest.raises(QueryError, match=sentence) as caught:
        recommender.recommend(shop_folder / "red-disc.png", box=box)
    assert "\n" not in str(caught.value)


def test_any_kind_of_number_will_do(recommender: Recommender, shop_folder: Path) -> None:
    box = (0, np.float32(0.25), Fraction(1, 2), 1)
    assert recommender.recommend(shop_folder / "red-disc.png", box=box)[0].box == (0, 0.25, 0.5, 1)
