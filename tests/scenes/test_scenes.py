"""Garments cut out of white ground and set on other grounds keep what they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from pipeline.catalogue import open_catalogue
from pipeline.scenes import border_ground, cut_out, drawn_ground
from pipeline.scenes.composing import compose, light, place

RED = (190, 30, 40)


@pytest.fixture(autouse=True)
def _same_chance() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        yield


def studio_photo(garment: tuple[int, int, int] = RED, ground: str = "white") -> np.ndarray:
    image = Image.new("RGB", (96, 120), ground)
    ImageDraw.Draw(image).rectangle((24, 30, 71, 89), fill=garment)
    return np.asarray(image)


def layers(count: int) -> torch.Tensor:
    """A red square with its opacity, ``(count, 4, 96, 96)``."""
    cut = torch.zeros(count, 4, 96, 96)
    cut[:, :3] = torch.tensor(RED).view(1, 3, 1, 1) / 255
    cut[:, 3, 16:80, 16:80] = 1
    return cut


def test_the_garment_is_opaque_and_the_ground_is_not() -> None:
    opacity = cut_out(studio_photo())
    assert opacity is not None
    assert opacity.shape == (120, 96)
    assert opacity.dtype == np.uint8
    assert (opacity[34:86, 28:68] == 255).all()
    assert (opacity[:28] == 0).all()
    assert (opacity[:, :22] == 0).all()


def test_white_inside_the_garment_stays_garment() -> None:
    photo = studio_photo().copy()
    photo[50:70, 40:56] = 255
    opacity = cut_out(photo)
    assert opacity is not None
    assert (opacity[50:70, 40:56] == 255).all()


def test_a_ground_with_the_noise_of_jpeg_is_white_still() -> None:
    noise = np.random.default_rng(0).integers(0, 12, (120, 96, 3))
    noisy = np.clip(studio_photo().astype(int) - noise, 0, 255).astype(np.uint8)
    assert cut_out(noisy) is not None


@pytest.mark.parametrize(
    "photo",
    [
        studio_photo(ground="#8a7f72"),
        studio_photo(ground="black"),
        np.full((80, 80, 3), 255, np.uint8),
        np.full((80, 80, 3), RED, np.uint8),
        studio_photo(garment=(250, 250, 250)),
        np.pad(np.full((4, 4, 3), 20, np.uint8), ((60, 60), (60, 60), (0, 0)), constant_values=255),
    ],
    ids=["grey ground", "black ground", "only white", "fills the frame", "white", "a speck"],
)
def test_a_picture_that_cannot_be_cut_gives_none(photo: np.ndarray) -> None:
    assert cut_out(photo) is None


def test_product_photos_can_be_cut_and_photos_taken_at_home_cannot(
    products: str, clothing_photos: str
) -> None:
    share = {}
    for source in (products, clothing_photos):
        catalogue = open_catalogue(source)
        rows = range(0, len(catalogue), len(catalogue) // 40)
        cuts = [cut_out(np.asarray(catalogue.read_picture(row))) is not None for row in rows]
        share[source] = np.mean(cuts)
    assert share[products] > 0.9
    assert share[clothing_photos] < 0.2


def test_a_garment_cut_out_and_set_on_a_ground_keeps_its_colours() -> None:
    photo = studio_photo()
    opacity = cut_out(photo)
    assert opacity is not None
    cut = torch.from_numpy(np.dstack([photo, opacity])).permute(2, 0, 1)[None].float() / 255
    green = torch.tensor([0.1, 0.5, 0.2]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    scene = compose(cut, green.contiguous(), 128)
    assert scene.shape == (1, 3, 128, 128)
    assert 0 <= float(scene.min()) <= float(scene.max()) <= 1
    distance = (scene - torch.tensor(RED).view(1, 3, 1, 1) / 255).abs().amax(dim=1)
    assert float((distance < 0.02).float().mean()) > 0.02
    # Between garment and green there is no white line left of the studio's ground.
    assert not bool((scene.amin(dim=1) > 0.8).any())


def test_a_garment_is_as_wide_as_it_is_asked_to_be() -> None:
    _, opacity = place(layers(16), 128, torch.full((16,), 0.5))
    area = opacity.mean(dim=(1, 2, 3))
    whole = (64 / 96) ** 2 * 0.5**2
    assert float(area.max()) < whole * 1.2
    assert float(area.median()) > whole * 0.7


def test_two_scenes_of_one_garment_differ() -> None:
    grounds = torch.rand(2, 3, 32, 32)
    first, second = compose(layers(2), grounds, 96), compose(layers(2), grounds, 96)
    assert float((first - second).abs().mean()) > 0.01


def test_light_stays_within_a_picture_and_changes_it() -> None:
    scene = torch.full((8, 3, 64, 64), 0.5)
    lit = light(scene.clone())
    assert lit.shape == scene.shape
    assert 0 <= float(lit.min()) <= float(lit.max()) <= 1
    brightness = lit.mean(dim=(1, 2, 3))
    assert float(brightness.std()) > 0.02
    # Warm and cold, but small enough for a grey to stay a grey.
    assert float((lit.mean(dim=(2, 3)).amax(dim=1) - lit.mean(dim=(2, 3)).amin(dim=1)).max()) < 0.2


@pytest.mark.parametrize("size", [(40, 60), (300, 200), (64, 64)])
def test_the_border_of_a_photo_fills_a_ground_and_its_middle_does_not(
    size: tuple[int, int],
) -> None:
    photo = np.zeros((*size, 3), np.uint8)
    photo[:] = (40, 120, 60)
    height, width = size
    # What stands in the very middle, where the garment is, belongs to no ground.
    photo[int(height * 0.45) : int(height * 0.55), int(width * 0.45) : int(width * 0.55)] = RED
    generator = np.random.default_rng(0)
    for _ in range(12):
        ground = border_ground(photo, 72, generator)
        assert ground.shape == (72, 72, 3)
        assert ground.dtype == np.uint8
        assert (ground == (40, 120, 60)).all()


def test_drawn_grounds_differ_and_come_again_by_their_seed() -> None:
    first, again, other = (drawn_ground(64, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (64, 64, 3)
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != other).any()
