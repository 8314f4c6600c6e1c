"""The law of pictures: any bytes give an upright RGB picture or a `PictureError`, nothing else."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.catalogue.pictures import FORMATS, MAX_PIXELS, MIN_SIDE
from pipeline.errors import PictureError
from tests.support.fuzzing import corpus, tries

# Pillow's own on what it mends or finds large; numpy's, which would be ours, stay errors.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]
SIDE = 24
HEAD = 400
"""Where most formats keep what they say of themselves: half of the damage is done there."""


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def _pictures() -> dict[str, bytes]:
    """A picture of each format, and of the ways of each that another decoder reads."""
    noise = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 4), dtype=np.uint8)
    rgba = Image.fromarray(noise)
    rgb, grey, palette = rgba.convert("RGB"), rgba.convert("L"), rgba.convert("P")
    floats = Image.fromarray(noise[..., 0].astype(np.float32))
    deep = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    exif = Image.Exif()
    exif[274] = 6
    moving: dict[str, Any] = {"save_all": True, "append_images": [rgb.rotate(90)]}
    return {
        "JPEG": encoded(rgb, "JPEG", exif=exif),
        "progressive JPEG": encoded(rgb, "JPEG", progressive=True),
        "CMYK JPEG": encoded(rgb.convert("CMYK"), "JPEG"),
        "PNG": encoded(rgba, "PNG", exif=exif),
        "palette PNG": encoded(palette, "PNG", transparency=b"\0\x80"),
        "16-bit PNG": encoded(deep, "PNG"),
        "WEBP": encoded(rgb, "WEBP", exif=exif),
        "moving WEBP": encoded(rgba, "WEBP", lossless=True, **moving),
        "GIF": encoded(palette, "GIF", transparency=3),
        "moving GIF": encoded(rgb, "GIF", **moving),
        "BMP": encoded(rgb, "BMP"),
        "grey BMP": encoded(grey, "BMP"),
        "TIFF": encoded(rgb, "TIFF", exif=exif),
        "float TIFF": encoded(floats, "TIFF"),
        "LZW TIFF": encoded(rgb, "TIFF", compression="tiff_lzw"),
        "JPEG TIFF": encoded(rgb, "TIFF", compression="jpeg"),
        "fax TIFF": encoded(rgb.convert("1"), "TIFF", compression="group4"),
        "AVIF": encoded(rgb, "AVIF", exif=exif),
    }


PICTURES = _pictures()
Damage = tuple[str, float, bytes]
DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["overwrite", "insert", "delete", "cut", "repeat"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=8),
    ),
    max_size=6,
)


def damaged(whole: bytes, damages: list[Damage], in_head: bool) -> bytes:
    """Do every damage at its share of the file, or of its head."""
    data = whole
    for kind, share, new in damages:
        at = int(share * (min(HEAD, len(data)) if in_head and kind != "cut" else len(data)))
        data = {
            "overwrite": data[:at] + new + data[at + len(new) :],
            "insert": data[:at] + new + data[at:],
            "delete": data[:at] + data[at + len(new) :],
            "cut": data[:at],
            "repeat": data[:at] + data[at // 2 :],
        }[kind]
    return data


def check(data: bytes, side: int | None) -> None:
    with contextlib.suppress(PictureError):
        opened = open_picture(data, side)
        assert opened.mode == "RGB"
        assert min(opened.size) >= MIN_SIDE
        assert opened.width * opened.height <= MAX_PIXELS
        assert np.asarray(opened).shape == (opened.height, opened.width, 3)


def test_pictures_of_every_format_are_tried_and_whole_ones_open() -> None:
    assert {Image.open(io.BytesIO(data)).format for data in PICTURES.values()} == set(FORMATS)
    for data in PICTURES.values():
        assert open_picture(data).size == (SIDE, SIDE)


@pytest.mark.parametrize("name", PICTURES)
@tries(60)
@given(damages=DAMAGES, in_head=st.booleans(), side=st.sampled_from([None, 12]))
def test_however_a_picture_is_damaged_it_opens_or_is_refused(
    name: str, damages: list[Damage], in_head: bool, side: int | None
) -> None:
    check(damaged(PICTURES[name], damages, in_head), side)


@pytest.mark.parametrize("path", corpus("pictures"), ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    for side in (None, 12):
        check(path.read_bytes(), side)


@given(start=st.sampled_from([b"", *(data[:16] for data in PICTURES.values())]), rest=st.binary())
@example(start=b"", rest=b"")
@example(start=b"\xff\xd8\xff", rest=b"")
@example(start=b"RIFF\x00\x00\x00\x00WEBP", rest=b"VP8X")
def test_any_bytes_open_or_are_refused(start: bytes, rest: bytes) -> None:
    check(start + rest, None)


NUMBERS = st.floats(width=32) | st.sampled_from([0.0, 1.0, -3e38, 3e38, float("nan"), float("inf")])


@pytest.mark.filterwarnings("error::RuntimeWarning")
@given(numbers=st.lists(NUMBERS, min_size=4, max_size=4))
@example(numbers=[float("nan"), 0.0, 0.5, 1.0])
@example(numbers=[float("inf"), float("-inf"), 0.5, 1.0])
@example(numbers=[-3e38, 0.0, 0.5, 1.0])
def test_a_float_picture_of_any_numbers_opens(numbers: list[float]) -> None:
    """Also of what is no number or too great for float32 to multiply, which numpy warns of."""
    pixels = np.resize(np.array(numbers, dtype=np.float32), (SIDE, SIDE))
    opened = open_picture(encoded(Image.fromarray(pixels), "TIFF"))
    assert opened.mode == "RGB"
