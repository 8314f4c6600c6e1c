"""A query is whatever a program holds a picture in, or is told what it may be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.errors import QueryError
from pipeline.recommender import Query
from pipeline.recommender.query.asked import as_picture
from tests.conftest import draw_garment

RGB = np.zeros((30, 40, 3), np.uint8) + np.array([200, 10, 60], np.uint8)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    draw_garment(tmp_path / "photo.png", "red", "disc")
    return tmp_path / "photo.png"


def test_paths_bytes_and_open_files_are_the_same_picture(photo: Path) -> None:
    data = photo.read_bytes()
    wanted = open_picture(photo).tobytes()
    used = io.BytesIO(data)
    used.read()
    with photo.open("rb") as file:
        kinds = [photo, str(photo), data, bytearray(data), memoryview(data), file, used]
        for kind in kinds:
            (picture,) = Query(pictures=kind).pictures  # type: ignore[arg-type]
            assert open_picture(picture).tobytes() == wanted


@pytest.mark.parametrize(
    "array",
    [
        RGB,
        RGB.astype(np.float32) / 255,
        np.moveaxis(RGB, 2, 0),
        np.dstack([RGB, np.full((30, 40), 255, np.uint8)]),
    ],
)
def test_an_array_is_the_picture_that_it_shows(array: np.ndarray) -> None:
    picture = open_picture(as_picture(array))
    assert (picture.size, picture.getpixel((5, 5))) == ((40, 30), (200, 10, 60))


@pytest.mark.parametrize("array", [RGB[..., 0], RGB[..., :1], RGB[..., 0] > 0])
def test_a_grey_array_is_a_picture_too(array: np.ndarray) -> None:
    assert open_picture(as_picture(array)).size == (40, 30)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("https://shop.example/a.jpg", "is an address"),
        ("data:image/png;base64,AAAA", "is an address"),
        ("prices.csv", r"--catalogue 'prices.csv'"),
        (".", "is a folder"),
        (7, "Give a file"),
        ({"path": "a.png"}, "Give a file"),
        (io.StringIO("text"), "in binary"),
        (np.zeros((3,)), "of shape"),
        (np.zeros((0, 4, 3), np.uint8), "of shape"),
        (RGB.astype(np.int64), "of int64"),
        (RGB.astype(np.float32), "from 0 to 1"),
        (np.array([["a"]]), "is no picture"),
    ],
)
def test_anything_else_is_told_what_a_picture_may_be(given: Any, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        Query(pictures=given)


def test_a_picture_of_pillow_stays_as_it_is() -> None:
    image = Image.new("RGB", (20, 20))
    assert as_picture(image) is image
