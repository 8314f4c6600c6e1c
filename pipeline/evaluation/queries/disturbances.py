"""Disturbances: queries as people take them, composed from studio photos."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter
from tqdm import tqdm

from pipeline.catalogue import Catalogue
from pipeline.errors import CatalogueError
from pipeline.evaluation.queries.grounds import bedspread, wall, wood
from pipeline.evaluation.queries.pictures import picture_of
from pipeline.scenes import cut_out

SIZE = (288, 384)
"""Width and height of a composed query: a phone held upright, scaled down."""
LARGEST = 384
"""Longer sides are reduced to this before a garment is cut out: it is pasted smaller anyway."""
SHARES, TILT = (0.5, 0.9), 20.0
"""The garment's longer side as a share of the width, and how far it is turned, in degrees."""
SMALL = 1 / 3
DARK = (0.5, 0.8)
"""What the pixel values are multiplied by."""
QUALITY = 92

Disturbance = Callable[[Image.Image, np.random.Generator], Image.Image | None]
"""Takes a picture, gives it disturbed; None where its garment cannot be cut out."""
Ground = Callable[[tuple[int, int], np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Disturbed:
    """Queries under one disturbance.

    Attributes:
        queries: The items that could be disturbed, with their new pictures.
        rows: Their rows among the queries, ascending.
        left_out: The ids of those whose garment could not be cut out of its ground.
    """

    queries: Catalogue
    rows: list[int]
    left_out: list[str]


def disturb(queries: Catalogue, name: str, seed: int = 0) -> Disturbed:
    """Disturb every query; the same picture comes out in every run and every selection.

    Args:
        queries: Items with studio photos on white ground, for what needs cutting.
        name: One of `DISTURBANCES`.
        seed: Another seed gives other grounds and places.

    Raises:
        CatalogueError: If a picture cannot be read, or no garment can be cut out.
    """
    pictures, rows, left_out = [], [], []
    for row in tqdm(range(len(queries)), desc=f"Queries, {name}", unit="query", leave=False):
        generator = np.random.default_rng(
            [seed, zlib.crc32(name.encode()), zlib.crc32(queries.ids[row].encode())]
        )
        picture = DISTURBANCES[name](picture_of(queries, row), generator)
        if picture is None:
            left_out.append(queries.ids[row])
        else:
            rows.append(row)
            pictures.append(_as_jpeg(picture))
    if not rows:
        raise CatalogueError(
            f"None of the {len(queries)} queries from '{queries.source}' stands on a white ground "
            f"that its garment could be cut out of, as '{name}' needs. Disturb studio photos, or "
            "only by 'turn' and 'dark'."
        )
    return Disturbed(queries.select(rows).with_pictures(pictures, name), rows, left_out)


def on_ground(ground: Ground) -> Disturbance:
    """The garment on a ground, at 50 to 90 % of the width, turned by up to 20 degrees."""

    def disturbed(picture: Image.Image, generator: np.random.Generator) -> Image.Image | None:
        garment = _cut(picture)
        if garment is None:
            return None
        garment = _scaled(garment, generator.uniform(*SHARES))
        garment = garment.rotate(
            generator.uniform(-TILT, TILT), Image.Resampling.BICUBIC, expand=True
        )
        scene = Image.fromarray(ground(SIZE, generator))
        return _set_down(garment, scene, generator, shadow=generator.uniform(0.15, 0.4))

    return disturbed


def small(picture: Image.Image, generator: np.random.Generator) -> Image.Image | None:
    """The garment at a third of the width on white."""
    garment = _cut(picture)
    if garment is None:
        return None
    white = Image.new("RGB", SIZE, "white")
    return _set_down(_scaled(garment, SMALL), white, generator, shadow=0)


def turn(picture: Image.Image, generator: np.random.Generator) -> Image.Image:
    """The picture turned by one, two or three quarters."""
    return picture.rotate(90 * int(generator.integers(1, 4)), expand=True)


def dark(picture: Image.Image, generator: np.random.Generator) -> Image.Image:
    """The picture underexposed."""
    factor = generator.uniform(*DARK)
    return picture.point(lambda value: round(value * factor))


DISTURBANCES: dict[str, Disturbance] = {
    "wall": on_ground(wall),
    "wood": on_ground(wood),
    "bedspread": on_ground(bedspread),
    "turn": turn,
    "dark": dark,
    "small": small,
}


def _cut(picture: Image.Image) -> Image.Image | None:
    """The garment alone, RGBA, as large as its bounding box."""
    picture = picture.copy()
    picture.thumbnail((LARGEST, LARGEST))
    opacity = cut_out(np.asarray(picture))
    if opacity is None:
        return None
    layer = Image.fromarray(opacity)
    picture.putalpha(layer)
    return picture.crop(layer.getbbox())


def _scaled(garment: Image.Image, share: float) -> Image.Image:
    """Its longer side at this share of the width of the scene."""
    scale = share * SIZE[0] / max(garment.size)
    size = (max(1, round(garment.width * scale)), max(1, round(garment.height * scale)))
    return garment.resize(size, Image.Resampling.LANCZOS)


def _set_down(
    garment: Image.Image, scene: Image.Image, generator: np.random.Generator, shadow: float
) -> Image.Image:
    """Near the middle, never over the edge where it fits, with a soft shadow beneath."""
    place = []
    for room, most in zip(
        (scene.width - garment.width, scene.height - garment.height), SIZE, strict=True
    ):
        reach = min(max(room / 2, 0), 0.12 * most)
        place.append(round(room / 2 + generator.uniform(-reach, reach)))
    at = (place[0], place[1])
    layer = Image.new("L", scene.size)
    layer.paste(garment.getchannel("A").point(lambda value: round(value * shadow)), at)
    fallen = layer.transform(layer.size, Image.Transform.AFFINE, (1, 0, -4, 0, 1, -6))
    black = Image.new("RGB", scene.size)
    scene.paste(black, mask=fallen.filter(ImageFilter.GaussianBlur(5)))
    scene.paste(garment, at, garment)
    return scene


def _as_jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()
